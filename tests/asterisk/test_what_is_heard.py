"""What callers really hear: what came to their telephones is the prompts expected, in order and in their language."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest

from ivr.flows.greeting import welcome
from ivr.flows.in_line import HINT
from ivr.flows.language import language_menu
from ivr.flows.subject import subject_menu
from ivr.prompts import Phrase, phrase
from ivr.spoken.waits import STEPS
from routing.model import CallId, Direction, Language
from routing.record import CallRecord
from tests.asterisk.centre import has_heard, together
from tests.support.said import NotHeard, in_order, likeness, sound_of
from tests.support.tones import samples_of

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(240)]
KEYS = {Language.ARABIC: "1", Language.TAMAZIGHT: "2", Language.FRENCH: "3"}
MINUTE = timedelta(minutes=1)
T = TypeVar("T")
NOT_HEARD = 0.5  # how much another language is alike at most
AT_MOST = 90.0  # seconds for a menu to be heard whole, on a slow machine


async def sounds(centre, language: Language, phrases: tuple[Phrase, ...]) -> dict[str, np.ndarray]:
    """Each phrase as the centre plays it, by its key, language and slots."""
    return {
        f"{one.key} {one.language or language} {dict(one.slots)}": sound_of(
            *(Path(f"{file}.wav") for file in await centre.controller.speech.sounds(language, one))
        )
        for one in phrases
    }


async def hears_whole(caller, prompts: dict[str, np.ndarray], more: float = 1.0) -> None:
    """Let her listen to the end."""
    await has_heard(caller.call, sum(map(len, prompts.values())) / 8000 + more, within=AT_MOST)


async def test_each_caller_hears_every_prompt_of_her_language_in_order_and_her_place_and_wait(centre):
    await centre.opens()
    office = centre.controller.office.centre
    centre.controller.desk.foresight.memory.learn_calls(
        talk(centre.clock(), 10 * MINUTE - office.desk.wrap_up, 10)
    )
    busy = []
    for extension, agent, keys in (("103", "nadia", "31"), ("104", "tifaouine", "22")):
        telephone = await centre.agent(extension)
        busy.append(await centre.call(f"0612349{extension}"))
        await busy[-1].keys(keys)
        await (await telephone.incoming()).accept()
        await busy[-1].until("talking", agent=agent)
    waits = await centre.call("0612349000")
    await waits.keys("31")
    await waits.until("joined the line")
    callers = {language: await centre.call(f"061234900{key}") for language, key in KEYS.items()}
    first = await sounds(centre, Language.ARABIC, language_menu(office.languages).phrases(first=True))
    menus = {
        language: await sounds(centre, language, subject_menu(office, welcome()).phrases(first=True))
        for language in Language
    }

    async def listens(language: Language, place: int) -> dict[str, np.ndarray]:
        caller = callers[language]
        await hears_whole(caller, first, more=0.3)
        await caller.keys(KEYS[language])
        await caller.until("menu answered", menu="language")
        await hears_whole(caller, menus[language])
        for before in list(KEYS)[: list(KEYS).index(language)]:
            await callers[before].until("joined the line", within=AT_MOST)
        await caller.keys("1")
        await caller.until("joined the line", language=language)
        await caller.until("said", keys=f"queue.position queue.wait {HINT}", within=40)
        low, high = await told_minutes(caller)
        assert low <= expected_minutes(place) <= high
        position = await sounds(
            centre,
            language,
            (phrase("queue.position", n=place), phrase("queue.wait", low=low, high=high), phrase(HINT)),
        )
        await hears_whole(caller, position)
        return {**first, **menus[language], **position}

    expected = await together(*(listens(language, n) for n, language in enumerate(KEYS, start=2)))
    await together(*(caller.hangs_up() for caller in (waits, *busy, *callers.values())))
    for place, (prompts, (language, caller)) in enumerate(
        zip(expected, callers.items(), strict=True), start=2
    ):
        recording, rate = samples_of(caller.call.heard)
        assert rate == 8000
        moments = in_order(recording, prompts)
        assert list(moments.values()) == sorted(moments.values())
        backwards = dict(reversed(prompts.items()))
        with pytest.raises(NotHeard):
            in_order(recording, backwards)
        other = next(one for one in Language if one is not language)
        for key in ("notice.short", "menu.person"):
            (foreign,) = (await sounds(centre, other, (phrase(key),))).values()
            assert likeness(recording, foreign).max() < NOT_HEARD, f"{key} in {other}"
        *_, at_place, at_wait, _ = (int(moment * rate) for moment in moments.values())
        places = {n: phrase("queue.position", n=n) for n in range(2, 10)}
        assert await which_is_heard(centre, language, recording[at_place:], places) == place
        low, high = await told_minutes(caller)
        spans = [(low, step) for step in STEPS[language] if step > low] + [
            (step, high) for step in STEPS[language] if step < high
        ]
        waits_of = {span: phrase("queue.wait", low=span[0], high=span[1]) for span in spans}
        assert await which_is_heard(centre, language, recording[at_wait:], waits_of) == (low, high)


async def told_minutes(caller) -> tuple[int, int]:
    """What her trace says she was told first."""
    told = await caller.until("wait told")
    low, high = told.facts["minutes"].split("-")
    return int(low), int(high)


def expected_minutes(place: int) -> int:
    """Both agents have begun to talk, each call takes ten minutes, and each then takes the oldest she can serve."""
    return {2: 10, 3: 20, 4: 20}[place]


def talk(ended: datetime, lasted: timedelta, times: int) -> list[CallRecord]:
    """Conversations of earlier calls."""
    began = ended - lasted
    return [
        CallRecord(
            CallId(f"earlier-{n}"),
            1,
            Direction.INBOUND,
            None,
            "2000",
            started_at=began,
            connected_at=began,
            talk_ended_at=ended,
        )
        for n in range(times)
    ]


async def which_is_heard(centre, language: Language, since: np.ndarray, candidates: dict[T, Phrase]) -> T:
    """The one most alike to what is heard: they differ by a word only."""
    alike = {}
    for value, one in candidates.items():
        (said,) = (await sounds(centre, language, (one,))).values()
        alike[value] = likeness(since[: len(said) + 8000], said).max()
    return max(alike, key=alike.__getitem__)
