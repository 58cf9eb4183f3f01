"""Why a telephone was not answered: an agent's own word, or what a trunk says of a person outside."""

import pytest

from pbx.outcomes import BY_PERSON, why_missed
from routing.events import MissReason


@pytest.mark.parametrize("sip", [401, 403, 407, 500, 502, 503, 504, 513])
def test_a_trunk_that_fails_or_does_not_know_us_says_nothing_about_her(sip: int) -> None:
    assert why_missed("CHANUNAVAIL", sip, BY_PERSON) is MissReason.NO_TRUNK
    assert why_missed("", sip, BY_PERSON) is MissReason.NO_TRUNK


@pytest.mark.parametrize("sip", [404, 408, 480, 484, 488])
def test_a_telephone_that_cannot_be_reached_has_not_refused(sip: int) -> None:
    assert why_missed("CHANUNAVAIL", sip, BY_PERSON) is MissReason.UNREACHABLE


def test_an_agents_telephone_that_fails_is_looked_at_again() -> None:
    assert why_missed("", 503) is MissReason.UNREACHABLE


@pytest.mark.parametrize("sip", [603, 607, 608])
def test_only_her_own_no_is_a_refusal(sip: int) -> None:
    assert why_missed("CHANUNAVAIL", sip, BY_PERSON) is MissReason.REFUSED


@pytest.mark.parametrize("sip", [486, 600])
def test_a_busy_line_is_busy(sip: int) -> None:
    assert why_missed("BUSY", sip, BY_PERSON) is MissReason.BUSY


@pytest.mark.parametrize("sip", [403, 603])
def test_an_agent_who_rejects_the_call_has_refused(sip: int) -> None:
    assert why_missed("CHANUNAVAIL", sip) is MissReason.REFUSED


def test_a_trunk_that_says_busy_without_a_code_or_for_a_failure_is_believed_by_the_code() -> None:
    assert why_missed("BUSY", None, BY_PERSON) is MissReason.BUSY
    assert why_missed("BUSY", 503, BY_PERSON) is MissReason.NO_TRUNK
