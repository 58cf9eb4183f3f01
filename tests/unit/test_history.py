"""A simulated day like those the centre had: what its log says of callers, and what is not enough to say anything."""

import asyncio
import json
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from typer.testing import CliRunner, Result

from config.build import to_centre
from config.load import load
from db.store import Store
from routing.indicators.interval import Interval
from routing.indicators.log import Log
from routing.indicators.part import Part
from routing.indicators.service import Service
from routing.model import Language, Subject
from routing.record import AgentChange, CallRecord, Record, Watched
from server.cli import app
from server.parts import CHECKOUT
from server.simulation.crowd import Rates, Visitor
from server.simulation.day import simulate_day
from server.simulation.history import History, TooLittle
from server.simulation.learning import learn
from tests.support.days import E, a_call, a_change

MONDAY = datetime(2026, 10, 5, tzinfo=UTC)  # over, and after Morocco left UTC+1
OPENS, NOON, CLOSES = (MONDAY + timedelta(hours=hours) for hours in (8.5, 12, 16.5))
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
CENTRE = to_centre(load(CHECKOUT / "config" / "center.yaml", {}), MONDAY)
LEGAL, EVENTS = Subject("legal"), Subject("events")


def history(
    calls: Iterable[CallRecord],
    changes: Iterable[AgentChange] = (),
    *,
    seen: tuple[datetime, datetime] = (OPENS, CLOSES),
    agents: int | None = 2,
) -> History:
    log = Log(
        Interval(MONDAY, MONDAY + DAY),
        MONDAY + DAY,
        calls=tuple(sorted(calls, key=lambda call: call.started_at)),
        changes=tuple(changes),
        watched=(Watched("w", *seen, 1),),
    )
    return learn(Part(log, log.interval), CENTRE.hours, agents)


def calls(
    since: datetime,
    count: int,
    every: timedelta,
    language: Language = Language.TAMAZIGHT,
    subject: Subject = LEGAL,
    talked: float = 100,
) -> list[CallRecord]:
    return [
        a_call(E.ANSWERED, 5, at=since + n * every, talked=talked, language=language, subject=subject)
        for n in range(count)
    ]


A_DAY = [
    *calls(OPENS, 40, 3 * MINUTE, talked=100),  # 8:30 to 10:30, Tamazight
    *calls(NOON, 10, 20 * MINUTE, Language.FRENCH, EVENTS, talked=300),  # to 15:20
]


def visitors(known: History, seed: int = 1, opens: datetime = OPENS) -> list[Visitor]:
    return list(known.visitors(CENTRE, opens, CLOSES, Random(seed)))


def test_a_day_is_as_busy_as_those_before_at_each_hour_in_each_language_and_subject() -> None:
    known = history(A_DAY)
    drawn = [one for seed in range(40) for one in visitors(known, seed)]
    morning = [one for one in drawn if one.at < MONDAY + 11 * HOUR]
    quiet = [one for one in drawn if MONDAY + 11 * HOUR <= one.at < NOON]
    later = [one for one in drawn if one.at >= NOON]
    assert len(morning) / 40 == pytest.approx(40, rel=0.1)
    assert not quiet
    assert len(later) / 40 == pytest.approx(10, rel=0.15)
    assert {(one.language, one.subject) for one in morning} == {(Language.TAMAZIGHT, LEGAL)}
    assert {(one.language, one.subject) for one in later} == {(Language.FRENCH, EVENTS)}
    assert {one.talks for one in morning} == {100}
    assert {one.talks for one in later} == {300}


def test_the_same_seed_is_the_same_day_and_another_is_not() -> None:
    known = history(A_DAY)
    assert visitors(known, 1) == visitors(known, 1)
    assert visitors(known, 1) != visitors(known, 2)


def test_hours_that_nobody_watched_are_not_hours_in_which_nobody_called() -> None:
    unseen = history(calls(OPENS, 40, 3 * MINUTE), seen=(OPENS, OPENS + 2 * HOUR))
    assert unseen.summary()["calls_per_hour"] == 20
    with pytest.raises(TooLittle, match=r"no open time from 11:00 to 12:00"):
        visitors(unseen)


def test_who_called_out_of_hours_or_wanted_nobody_is_not_drawn_again() -> None:
    others = [
        a_call(E.CALLBACK_TAKEN, at=CLOSES + HOUR),
        a_call(E.SELF_SERVED, at=NOON),
        a_call(E.LEFT_IN_MENU, at=NOON, subject=None),
    ]
    turned_away = [a_call(E.QUEUE_FULL, at=NOON), a_call(E.CALLBACK_TAKEN, at=NOON)]
    assert history([*A_DAY, *others, *turned_away]).summary()["calls"] == len(A_DAY) + 2


def test_people_are_as_patient_as_they_were_those_answered_early_not_taken_for_impatient() -> None:
    stayed = calls(OPENS, 30, MINUTE)  # answered after 5 s
    left = [a_call(E.ABANDONED, 60, at=NOON + n * MINUTE) for n in range(10)]
    waited = [a_call(E.ANSWERED, 90, at=NOON + n * MINUTE) for n in range(10)]
    drawn = Counter(
        one.patience for seed in range(20) for one in visitors(history([*stayed, *left, *waited]), seed)
    )
    assert set(drawn) == {60, float("inf")}
    assert drawn[60] / drawn.total() == pytest.approx(0.5, abs=0.05)


def test_agents_are_as_many_as_were_at_work_and_write_as_long() -> None:
    changes = [
        a_change("amal", MONDAY, "available"),
        a_change("idir", OPENS, "available"),
        a_change("idir", OPENS + HOUR, "talking", A_DAY[0].id),
        a_change("idir", OPENS + HOUR + MINUTE, "wrapping_up"),
        a_change("idir", OPENS + HOUR + MINUTE + timedelta(seconds=500), "available"),
        a_change("nadia", OPENS, "on_break", "training"),
    ]
    known = history(A_DAY, changes, agents=None)
    assert known.agents == 2
    assert known.wrap_up == timedelta(seconds=500 / len(A_DAY))
    assert history(A_DAY, changes, agents=7).agents == 7


@pytest.mark.parametrize(
    ("log", "seen", "says"),
    [
        (A_DAY, (MONDAY, OPENS), "nobody watched while the centre was open"),
        (A_DAY[:29], (OPENS, CLOSES), "29 calls for a person in open hours are too few"),
        (
            [*A_DAY[:9], *(a_call(E.ABANDONED, 60, at=NOON + n * MINUTE) for n in range(30))],
            (OPENS, CLOSES),
            "9 conversations are too few",
        ),
    ],
)
def test_too_little_is_told_with_what_is_missing(
    log: list[CallRecord], seen: tuple[datetime, datetime], says: str
) -> None:
    with pytest.raises(TooLittle, match=says):
        history(log, seen=seen)


def test_without_anybody_at_work_in_the_log_the_agents_must_be_given() -> None:
    with pytest.raises(TooLittle, match="--agents"):
        history(A_DAY, agents=None)


def test_what_a_simulated_day_was_drawn_from_is_learnt_from_its_log() -> None:
    given = Rates(60, 8, mean_talk=timedelta(minutes=4), patience=timedelta(minutes=3), takes_callback=0)
    log = simulate_day(CENTRE, OPENS, given, seed=3)
    known = learn(Part(log, log.interval), CENTRE.hours)
    assert known.agents == given.agents
    assert known.summary()["calls_per_hour"] == pytest.approx(60, rel=0.1)
    assert sum(known.every_talk) / len(known.every_talk) == pytest.approx(240, rel=0.1)
    assert known.wrap_up is not None
    assert known.wrap_up.total_seconds() == pytest.approx(15, abs=1)
    again = simulate_day(CENTRE, OPENS, known, seed=4)
    was, is_ = (Service(Part(one, one.interval)) for one in (log, again))
    assert len(is_.offered) == pytest.approx(len(was.offered), rel=0.15)
    assert is_.published().value == pytest.approx(was.published().value, abs=0.1)


# ---- the command


@pytest.fixture
def state(tmp_path: Path) -> Path:
    seen = Watched("w", MONDAY, MONDAY + DAY, 1)
    rows: list[Record] = [
        *A_DAY,
        seen,
        a_change("idir", OPENS, "available"),
        a_change("idir", CLOSES, "signed_out"),
    ]

    async def keep() -> None:
        store = Store(f"sqlite:///{tmp_path}/mowakaba.db")
        await store.write(rows)
        await store.close()

    asyncio.run(keep())
    return tmp_path


FROM = ("--from", "2026-10-05", "--to", "2026-10-06", "--at", "2026-10-12T08:30")


def run(state: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["--state", str(state), "simulate", "day", *words])


def test_a_day_is_drawn_from_the_database_shown_and_plotted(state: Path) -> None:
    picture = state / "day.png"
    result = run(state, *FROM, "--plot", str(picture))
    assert result.exit_code == 0, result.output
    assert "calls 50" in result.output
    assert "1 agents" in result.output
    assert picture.read_bytes().startswith(b"\x89PNG")
    more = json.loads(run(state, *FROM, "--agents", "1", "--json").stdout)
    assert more["drawn_from"]["agents"] == 1
    figures = {one["key"]: one["figures"] for one in more["groups"]}
    assert set(figures) == {"zgh", "fr"}
    assert figures["zgh"]["offered"]["value"] > figures["fr"]["offered"]["value"]
    assert figures["zgh"]["calls_answered"]["value"] > 0, "Idir, who was at work, speaks Tamazight"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--agents", "2"), "--calls-per-hour and --agents, or --from"),
        (("--to", "2026-10-06"), "--from"),
        (("--from", "2026-10-06", "--to", "2026-10-05"), "not after --from"),
        ((*FROM, "--talk", "100"), "--talk is a rate"),
        (("--agents", "2", "--calls-per-hour", "9", "--talk", "inf"), "less than or equal to 14400"),
        (("--agents", "2", "--calls-per-hour", "9", "--patience", "1e300"), "less than or equal to 14400"),
        (("--from", "2026-10-06", "--to", "2026-10-07"), "nobody watched"),
    ],
)
def test_what_does_not_make_a_day_is_refused_with_what_to_write(
    state: Path, words: tuple[str, ...], says: str
) -> None:
    result = run(state, *words)
    assert result.exit_code in (1, 2)
    assert says in " ".join(result.output.replace("│", " ").split())


def test_a_centre_that_never_ran_has_no_history(tmp_path: Path) -> None:
    result = run(tmp_path, *FROM)
    assert result.exit_code == 1
    assert "nobody watched" in result.output
    assert list(tmp_path.iterdir()) == []
