"""SIPp's XML for calls that each follow one of several scripts; the call's row in the CSV says which.

Row: the From address; the number dialled; the script's index. Counters: 1 answered, 2 ended by the centre,
3 given up before an answer, 4 refused.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from tests.support.sipp_sound import Keys, Step, seconds_of

ANSWERED, ENDED_BY_CENTRE, GIVEN_UP, REFUSED = 1, 2, 3, 4
REFUSALS = (400, 401, 403, 404, 408, 410, 480, 481, 484, 486, 488, 500, 503, 600, 603)

SDP = """v=0
o=- 1 1 IN IP4 [local_ip]
s=-
c=IN IP4 [media_ip]
t=0 0
m=audio [auto_media_port] RTP/AVP {payloads}
a=rtpmap:8 PCMA/8000
{events}a=ptime:20
a=sendrecv"""
OK = "SIP/2.0 200 OK\n[last_Via:]\n[last_From:]\n[last_To:]\n[last_Call-ID:]\n[last_CSeq:]\nContent-Length: 0"
EVENTS = "a=rtpmap:101 telephone-event/8000\na=fmtp:101 0-16\n"


@dataclass(frozen=True, slots=True)
class Script:
    """What a caller does after the answer, and then hangs up; or gives up ringing after some seconds."""

    steps: tuple[Step, ...] = ()
    give_up_ringing: float | None = None


def scenario(scripts: Sequence[Script], *, rfc4733: bool) -> str:
    """Return the XML; a script's sound is in `<index>.pcap`, or `<index>.al` with keys sent as SIP INFO."""
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>\n<scenario name="callers">',
        '<nop><action><assignstr assign_to="row" value="[field2]"/>'
        '<todouble assign_to="script" variable="row"/></action></nop>',
        *(_choose(index, "give_up") for index, one in enumerate(scripts) if one.give_up_ringing is not None),
        _invite(rfc4733=rfc4733),
        '<recv response="100" response_txn="invite" optional="true"/>',
        '<recv response="180" response_txn="invite" optional="true"/>',
        '<recv response="183" response_txn="invite" optional="true"/>',
        *(_refusal(code) for code in REFUSALS),
        f'<recv response="200" response_txn="invite" rrs="true" counter="{ANSWERED}"/>',
        _in_dialog("ACK", own_transaction=False),
        *(_choose(index, "talk") for index, one in enumerate(scripts) if one.give_up_ringing is None),
    ]
    for index, script in enumerate(scripts):
        parts += (
            _give_up(index, script, rfc4733)
            if script.give_up_ringing is not None
            else _talk(index, script, rfc4733)
        )
    parts += [
        '<label id="hang_up"/>',
        _in_dialog("BYE"),
        # Both sides may hang up at once.
        '<recv request="BYE" optional="true" next="ended"/>',
        *_late_answer_to_cancel(scripts),
        '<recv response="481" response_txn="bye" optional="true" next="done"/>',
        '<recv response="200" response_txn="bye" next="done"/>',
        '<label id="ended"/>',
        f'<nop counter="{ENDED_BY_CENTRE}"/>',
        _message(OK),
        '<nop next="done"/>',
        '<label id="refused"/>',
        _ack_refusal(REFUSED),
        '<label id="done"/>',
        "<nop/>\n</scenario>\n",
    ]
    return "\n".join(parts)


def _choose(index: int, label: str) -> str:
    return (
        f'<nop><action><test assign_to="is_{index}" variable="script" compare="equal" value="{index}"/>'
        f'</action></nop>\n<nop next="{label}_{index}" test="is_{index}"/>'
    )


def _talk(index: int, script: Script, rfc4733: bool) -> list[str]:
    parts = [f'<label id="talk_{index}"/>']
    if not script.steps:
        return [*parts, '<nop next="hang_up"/>']
    if rfc4733:
        parts.append(f'<nop><action><exec play_pcap_audio="{index}.pcap"/></action></nop>')
        parts += _stay(seconds_of(script.steps), "hang_up")
    else:
        parts.append(f'<nop><action><exec rtp_stream="{index}.al,1,8"/></action></nop>')
        places = (f"talk_{index}_{place}" for place in itertools.count())
        for step in script.steps:
            if isinstance(step, Keys):
                for key in step.keys:
                    body = f"Signal={key}\nDuration={round(step.press * 1000)}"
                    parts.append(_in_dialog("INFO", body, "application/dtmf-relay"))
                    parts.append('<recv request="BYE" optional="true" next="ended"/>\n<recv response="200"/>')
                    parts += _stay(step.press + step.gap, next(places))
            else:
                parts += _stay(step.seconds, next(places))
        parts.append('<nop next="hang_up"/>')
    return parts


def _stay(seconds: float, then: str) -> list[str]:
    """Stay in the call for some seconds, unless the centre ends it, and go on at a label."""
    stay = f'<recv request="BYE" timeout="{round(seconds * 1000)}" ontimeout="{then}" next="ended"/>'
    return [stay] if then == "hang_up" else [stay, f'<label id="{then}"/>']


def _give_up(index: int, script: Script, rfc4733: bool) -> list[str]:
    assert script.give_up_ringing is not None
    cancel = (
        "CANCEL sip:[field1]@[remote_ip]:[remote_port] SIP/2.0\n[last_Via:]\n[last_From:]\n"
        "To: <sip:[field1]@[remote_ip]:[remote_port]>\n[last_Call-ID:]\nCSeq: 1 CANCEL\n"
        "Max-Forwards: 70\nContent-Length: 0"
    )
    ringing = (
        '<recv response="100" response_txn="invite" optional="true"/>\n'
        '<recv response="180" response_txn="invite" optional="true"/>\n'
        '<recv response="183" response_txn="invite" optional="true"/>'
    )
    if script.give_up_ringing == 0:
        wait = ['<recv response="100" response_txn="invite"/>']
    else:
        # SIPp takes the time-out of the message it has come to, so each possible one has it.
        patience = f' timeout="{round(script.give_up_ringing * 1000)}" ontimeout="cancel_{index}"'
        wait = [
            ringing.replace("/>", f"{patience}/>"),
            *(_refusal(code, patience) for code in REFUSALS),
            f'<recv response="200" response_txn="invite" rrs="true" next="answered_{index}"{patience}/>',
        ]
    return [
        f'<label id="give_up_{index}"/>',
        _invite(rfc4733=rfc4733),
        # Global: SIPp would mind an answer that comes just before its CANCEL.
        f'<recv response="200" response_txn="invite" optional="global" rrs="true" next="answered_{index}"/>',
        *wait,
        f'<label id="cancel_{index}"/>',
        _message(cancel, 'start_txn="cancel"'),
        # The centre may have answered before the CANCEL reached it.
        ringing,
        '<recv response="200" response_txn="cancel" optional="true"/>',
        f'<recv response="487" response_txn="invite" optional="true" next="gave_up_{index}"/>',
        '<recv response="200" response_txn="invite" rrs="true"/>',
        f'<label id="answered_{index}"/>',
        f'<nop counter="{ANSWERED}"/>',
        _in_dialog("ACK", own_transaction=False),
        '<nop next="hang_up"/>',
        f'<label id="gave_up_{index}"/>',
        _ack_refusal(GIVEN_UP),
        '<nop next="done"/>',
    ]


def _late_answer_to_cancel(scripts: Sequence[Script]) -> list[str]:
    if all(script.give_up_ringing is None for script in scripts):
        return []
    return [f'<recv response="{code}" response_txn="cancel" optional="true"/>' for code in (200, 481)]


def _refusal(code: int, attributes: str = "") -> str:
    return f'<recv response="{code}" response_txn="invite" optional="true" next="refused"{attributes}/>'


def _invite(*, rfc4733: bool) -> str:
    sdp = SDP.format(payloads="8 101" if rfc4733 else "8", events=EVENTS if rfc4733 else "")
    head = (
        "INVITE sip:[field1]@[remote_ip]:[remote_port] SIP/2.0\n"
        "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]\n"
        "From: [field0];tag=[pid]m[call_number]\n"
        "To: <sip:[field1]@[remote_ip]:[remote_port]>\n"
        "Call-ID: [call_id]\nCSeq: 1 INVITE\nContact: <sip:caller@[local_ip]:[local_port]>\n"
        "Max-Forwards: 70\nContent-Type: application/sdp\nContent-Length: [len]"
    )
    return _message(f"{head}\n\n{sdp}", 'start_txn="invite" retrans="500"')


def _in_dialog(method: str, body: str = "", kind: str = "", *, own_transaction: bool = True) -> str:
    number = "[cseq]" if own_transaction else "1"
    content = f"Content-Type: {kind}\nContent-Length: [len]\n\n{body}" if body else "Content-Length: 0"
    return _message(
        f"{method} [next_url] SIP/2.0\nVia: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]\n"
        "[routes]\nFrom: [field0];tag=[pid]m[call_number]\n[last_To:]\n"
        f"Call-ID: [call_id]\nCSeq: {number} {method}\nMax-Forwards: 70\n{content}",
        {"ACK": 'ack_txn="invite"', "BYE": 'start_txn="bye" retrans="500"'}.get(method, 'retrans="500"'),
    )


def _ack_refusal(counter: int) -> str:
    text = (
        "ACK sip:[field1]@[remote_ip]:[remote_port] SIP/2.0\n[last_Via:]\n"
        "From: [field0];tag=[pid]m[call_number]\n[last_To:]\nCall-ID: [call_id]\nCSeq: 1 ACK\n"
        "Max-Forwards: 70\nContent-Length: 0"
    )
    return _message(text, f'ack_txn="invite" counter="{counter}"')


def _message(text: str, attributes: str = "") -> str:
    return f"<send {attributes}><![CDATA[\n{text}\n\n]]></send>"
