"""To whom a caller may be passed."""

from dataclasses import replace

import pytest

from ivr.targets import Contact, target_of
from tests.support.house import AGENTS, FUNDING, LEGAL

WILAYA = Contact("801", "Wilaya", "+212537000001")
COLLEAGUES = {agent.id: agent for agent in AGENTS}


@pytest.mark.parametrize(
    ("keys", "whom"),
    [("103", AGENTS[2]), ("71", LEGAL), ("72", FUNDING), ("801", WILAYA)],
)
def test_colleagues_subjects_and_the_directory_are_known(keys, whom):
    assert target_of(keys, COLLEAGUES, (LEGAL, FUNDING), (WILAYA,), own=AGENTS[0].id) == whom


@pytest.mark.parametrize(
    "keys", ["", "101", "7", "70", "73", "2000", "0537000001", "*11", "80", "8011", "+212537000001"]
)
def test_nothing_else_leads_anywhere(keys):
    assert target_of(keys, COLLEAGUES, (LEGAL, FUNDING), (WILAYA,), own=AGENTS[0].id) is None


def test_a_colleague_comes_before_a_subject_with_the_same_digits():
    agents = {AGENTS[0].id: replace(AGENTS[0], extension="71")}
    assert target_of("71", agents, (LEGAL,), (), own=None) is agents[AGENTS[0].id]
