"""What the bench reads out of packets."""

from bench.capture import Packet
from bench.clocks import free_to_ring, knock_to_answer, told_to_command

SIP, AMI, PHONE = 5060, 5038, 41000
TELEPHONES = ("PJSIP/101", "PJSIP/102")


def packet(at: float, source: int, target: int, payload: str) -> Packet:
    return Packet(at, ("127.0.0.1", source), ("127.0.0.1", target), payload.encode())


def state(telephone: str, state: str) -> str:
    return f"Event: DeviceStateChange\r\nDevice: {telephone}\r\nState: {state}\r\n\r\n"


def rings(telephone: str) -> str:
    return (
        f'Action: AGI\r\nChannel: PJSIP/102-7\r\nCommand: GOSUB talk s 1 "{telephone},20,m(default)"\r\n\r\n'
    )


def test_the_controllers_part_is_from_the_free_telephone_to_its_own_command() -> None:
    seen = told_to_command(
        [
            packet(1.000, AMI, 40000, state("PJSIP/101", "INUSE") + state("PJSIP/102", "NOT_INUSE")),
            packet(1.001, 40000, AMI, rings("PJSIP/101")),
            packet(1.250, AMI, 40000, state("PJSIP/101", "NOT_INUSE")),
            packet(1.252, 40000, AMI, 'Action: AGI\r\nCommand: EXEC Playback "PJSIP/101"\r\n\r\n'),
            packet(1.500, 40000, AMI, rings("PJSIP/101") + rings("PJSIP/102")),
            packet(1.600, 40000, AMI, rings("PJSIP/101")),
        ],
        AMI,
        TELEPHONES,
    )
    assert seen == [0.500, 0.250]  # in the order in which they became free


def test_a_request_beside_counts_to_its_first_answer() -> None:
    seen = knock_to_answer(
        [
            packet(2.0, 9999, SIP, "OPTIONS sip:2000@a SIP/2.0\r\nCall-ID: a\r\n\r\n"),
            packet(2.125, SIP, PHONE, "SIP/2.0 200 OK\r\nCall-ID: another\r\n\r\n"),
            packet(2.25, SIP, 9999, "SIP/2.0 200 OK\r\nCall-ID: a\r\n\r\n"),
            packet(2.5, SIP, 9999, "SIP/2.0 200 OK\r\nCall-ID: a\r\n\r\n"),
        ],
        SIP,
    )
    assert seen == [0.25]


def test_a_repeated_invite_is_no_second_ring() -> None:
    bye = "BYE sip:a SIP/2.0\r\nCall-ID: {}\r\n\r\n"
    invite = "INVITE sip:101@a SIP/2.0\r\nCall-ID: {}\r\n\r\n"
    seen = free_to_ring(
        [
            packet(1.0, PHONE, SIP, bye.format("first")),
            packet(1.5, SIP, PHONE, invite.format("second")),
            packet(3.0, PHONE, SIP, bye.format("second")),
            packet(3.1, SIP, PHONE, invite.format("second")),
            packet(3.25, SIP, PHONE, invite.format("third")),
        ],
        SIP,
        [PHONE],
    )
    assert seen == [0.5, 0.25]
