"""What a command line of Asterisk is answered."""

from server.embedded import answer_in

REMARK = "No ethernet interface found for seeding global EID. You will have to set it manually.\n"


def test_a_machine_without_a_network_card_gives_the_same_answer() -> None:
    answer = "0 active channels\n0 active calls\n"
    assert answer_in(REMARK + answer) == answer_in(answer) == answer
