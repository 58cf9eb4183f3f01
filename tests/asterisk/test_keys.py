"""Who knows the menus keys ahead of them; and every menu has its ways out."""

from dataclasses import replace

import pytest

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(60)]


async def test_keys_ahead_of_every_prompt_lead_straight_into_the_line(centre):
    await centre.opens()
    caller = await centre.call("0612345701")
    await caller.call.send_keys("31", wait=False)
    joined = await caller.until("joined the line", language="fr", subject="legal")
    answered = centre.story.lines("answered", caller.id)[0]
    assert (joined.at - answered.at).total_seconds() < 1.0
    assert centre.story.lines("menu asked again", caller.id) == []
    assert [line.facts["key"] for line in centre.story.lines("menu answered", caller.id)] == ["3", "1"]
    await caller.hangs_up()
    await caller.until("ended", ending="abandoned")


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ("3#21", [("language", "3"), ("subject", "#"), ("language", "2"), ("subject", "1")]),
        ("391", [("language", "3"), ("subject", "9"), ("subject", "1")]),
        ("3*1", [("language", "3"), ("subject", "1")]),
        ("*31", [("language", "3"), ("subject", "1")]),
        ("30", [("language", "3"), ("subject", "0")]),
        ("931", [("language", "3"), ("subject", "1")]),
    ],
)
async def test_every_menu_has_its_ways_out(centre, keys, expected):
    await centre.opens()
    caller = await centre.call("0612345702")
    await caller.keys(keys)
    joined = await caller.until("joined the line")
    answered = [
        (line.facts["menu"], line.facts["key"]) for line in centre.story.lines("menu answered", caller.id)
    ]
    assert answered == expected
    assert joined.facts["language"] == ("zgh" if "#2" in keys else "fr")
    assert joined.facts["subject"] == ("other" if keys.endswith("0") else "legal")
    await caller.hangs_up()
    await caller.until("ended", ending="abandoned")


async def test_who_keys_only_wrong_keys_is_taken_to_a_person(centre):
    few = [*centre.settings.subjects[:5], "other"]
    await centre.opens(settings=replace(centre.settings, articles={}, subjects=few))  # key 7 is free
    caller = await centre.call("0612345703")
    await caller.keys("3")
    await caller.until("menu answered", menu="language")
    for wrong in range(1, 4):
        await caller.until("asked", language="fr", times=wrong)
        await caller.keys("7")
    await caller.until("menu given up", menu="subject")
    await caller.until("said", keys="menu.to_a_person")
    await caller.until("joined the line", subject="other", within=15)
    await caller.hangs_up()
    await caller.until("ended", ending="abandoned")


async def test_a_caller_is_known_by_her_language_and_may_change_it(centre):
    await centre.opens()
    first = await centre.call("0612345704")
    await first.keys("21")
    await first.until("joined the line", language="zgh")
    await first.hangs_up()
    await first.until("ended")
    again = await centre.calls_again(first.phone)
    await again.until("known caller", language="zgh")
    await again.keys("#31")
    await again.until("joined the line", language="fr", subject="legal")
    await again.hangs_up()
    await again.until("ended", ending="abandoned")


async def test_a_caller_who_keys_nothing_at_all_still_reaches_the_line(centre):
    await centre.opens()
    caller = await centre.call("0612345705")
    await caller.until("menu asked again", menu="language", within=25)
    await caller.keys("1")
    await caller.until("menu answered", menu="language")
    await caller.keys("1")
    await caller.until("joined the line", language="ar")
    await caller.hangs_up()
    await caller.until("ended", ending="abandoned")
