"""Supervisors hear the centre as it is, close it, and are called when something lasts."""

import asyncio
import json
import re
import shutil
import subprocess
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from config.alerts import AlertsSection
from config.schema import SupervisorSection
from config.secrets import kept
from dialplan import names
from ivr.prompts import Phrase, phrase
from routing.model import Callback, CallbackId, CallbackState, CallEnding, Language, Subject
from server.control import ask
from server.softphone import Account, PhoneCall, Softphone
from tests.asterisk.centre import MONDAY, Centre, eventually, has_heard, together
from tests.asterisk.test_what_is_heard import sounds, which_is_heard
from tests.support.said import in_order
from tests.support.tones import samples_of

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(180)]

AR, ZGH, FR = Language.ARABIC, Language.TAMAZIGHT, Language.FRENCH
HOUR = timedelta(hours=1)
OUTSIDE = "+212655443399"


@dataclass(frozen=True)
class Known:
    """A supervisor with a telephone of her own."""

    id: str
    extension: str
    language: Language
    pin: str


HIND = Known("hind", "110", FR, "271828")
OMAR = Known("omar", "111", ZGH, "314159")
AMINA = Known("amina", "112", AR, "161803")


@pytest.fixture
def supervised(centre: Centre):
    """A centre with three supervisors, of whom nothing is left to the next test."""
    written = [
        {"id": one.id, "name": one.id, "extension": one.extension, "language": one.language, "pin": one.pin}
        for one in (HIND, OMAR, AMINA)
    ]
    known = tuple(SupervisorSection.model_validate(one) for one in written)
    centre.settings = replace(centre.settings, supervisors=known)
    centre.numbers |= {HIND.pin, OMAR.pin, AMINA.pin}
    yield centre
    (centre.exchange.state / "hours.json").unlink(missing_ok=True)
    shutil.rmtree(centre.exchange.state / "recordings", ignore_errors=True)


async def telephone(centre: Centre, who: Known) -> Softphone:
    secret = kept(centre.exchange.state / "secrets", f"supervisor-{who.extension}")
    account = Account(who.extension, centre.exchange.server, secret)
    phone = await centre.phones.enter_async_context(
        Softphone(account, play=700, record_dir=centre.folder / who.id)
    )
    await phone.registered()
    return phone


async def opens_the_door(centre: Centre, who: Known, phone: Softphone) -> PhoneCall:
    """She dials and keys her PIN."""
    before = len(centre.story.lines("asked"))
    call = await phone.dial(names.CODE_SUPERVISE)
    await centre.story.first(
        lambda: next(
            (line for line in centre.story.lines("asked")[before:] if line.facts["language"] == who.language),
            None,
        ),
        10.0,
        "the question for the PIN",
    )
    await call.send_keys(f"{who.pin}#")
    await centre.story.until("supervision opened", supervisor=who.id)
    return call


async def says(centre: Centre, *words: str) -> Any:
    """What a command answers, of the running centre."""
    process = await asyncio.create_subprocess_exec(
        *centre.command("--config", centre.exchange.config, *words), stdout=subprocess.PIPE
    )
    out, _ = await process.communicate()
    assert process.returncode == 0, words
    return json.loads(out) if "--json" in words else out.decode()


def of_none(key: str, none: str, n: int) -> Phrase:
    return phrase(key, n=n) if n else phrase(none)


def expected(status: dict[str, Any], stats: dict[str, Any], day: dict[str, Any]) -> list[Phrase]:
    """What has to be heard, from what the commands print."""
    desk, total, figures = status["desk"], day["total"], stats["total"]["figures"]
    level = figures["service_level_published"]["value"]
    states = desk["by_state"]
    return [
        phrase("sup.waiting", n=desk["waiting_count"]),
        phrase("sup.longest", seconds=int(desk["longest_wait"])),
        of_none("sup.free", "sup.nobody_free", desk["free"]),
        of_none("sup.talking", "sup.nobody_talks", states.get("talking", 0)),
        of_none("sup.on_break", "sup.nobody_on_break", states.get("on_break", 0)),
        phrase("sup.service_level", n=round(100 * level)),
        of_none("sup.abandoned", "sup.none_abandoned", int(figures["abandoned"]["value"])),
        of_none("sup.due", "sup.none_due", int(total["callbacks_due"]["value"])),
        of_none("sup.overdue", "sup.none_overdue", int(total["callbacks_overdue"]["value"])),
    ]


def a_late_promise(reference: str) -> Callback:
    asked = MONDAY - timedelta(days=3)
    return Callback(
        id=CallbackId(reference),
        number="+212612345799",
        language=ZGH,
        subject=Subject("funding"),
        asked_at=asked,
        not_before=asked,
        promised_until=asked + HOUR,
        asked_in=None,
    )


async def test_supervisors_hear_in_each_language_the_figures_that_the_commands_print(supervised):
    centre = supervised
    controller = await centre.opens()
    nadia = await centre.agent("103")
    served = await centre.call("0612345721")
    await served.keys("31")
    await (await nadia.incoming()).accept()
    await served.until("talking")
    await served.hangs_up()
    await served.closed()
    await centre.dials_code(nadia, "*13", "agent.on_break")
    controller.book.keep(a_late_promise("100001"))
    controller.book.keep(a_late_promise("100002"))
    waits = [await centre.call("0612345722"), await centre.call("0612345723")]
    for caller, keys in zip(waits, ("31", "11"), strict=True):
        await caller.keys(keys)
        await caller.until("joined the line")
    people = (HIND, OMAR, AMINA)
    phones = await together(*(telephone(centre, who) for who in people))
    before = await says(centre, "status", "--json")
    calls = await together(
        *(opens_the_door(centre, who, phone) for who, phone in zip(people, phones, strict=True))
    )
    after = await says(centre, "status", "--json")
    day, stats = await figures(centre), await says(centre, "stats", "--json")
    assert (before["desk"]["waiting_count"], day["total"]["answered"]["value"]) == (2, 1)
    assert day["total"]["callbacks_overdue"]["value"] == 2
    waited = before["desk"]["longest_wait"], after["desk"]["longest_wait"]

    async def checks(who: Known, call: PhoneCall) -> None:
        heard = expected(after, stats, day)
        prompts = await sounds(centre, who.language, tuple(one for one in heard if one.key != "sup.longest"))
        await has_heard(call, sum(map(len, prompts.values())) / 8000 + 5, within=90)
        await call.hang_up()
        await call.ended()
        assert call.heard is not None
        recording, rate = samples_of(call.heard)
        moments = in_order(recording, prompts)
        for one, moment in zip(
            [one for one in heard if one.key != "sup.longest"], moments.values(), strict=True
        ):
            if "n" in one.slots:
                n = int(one.slots["n"])
                others = {value: phrase(one.key, n=value) for value in {1, 2, 3, 99, n, n + 1}}
                here = recording[max(int((moment - 0.3) * rate), 0) :]
                assert await which_is_heard(centre, who.language, here, others) == n, one
        least, most = int(waited[0]), int(waited[1]) + 1
        first = next(iter(moments))
        begins = int((moments[first] + len(prompts[first]) / 8000 - 0.3) * rate)  # it follows the first
        longest = {n: phrase("sup.longest", seconds=n) for n in range(max(least - 4, 1), most + 5)}
        found = await which_is_heard(centre, who.language, recording[begins:], longest)
        assert least <= found <= most

    await together(*(checks(who, call) for who, call in zip(people, calls, strict=True)))
    await together(*(caller.hangs_up() for caller in waits))
    for promise in ("100001", "100002"):
        controller.book.cancel(CallbackId(promise))


async def figures(centre: Centre) -> dict[str, Any]:
    found: dict[str, Any] = await ask(centre.exchange.state, "figures")
    return found


async def test_a_supervisor_closes_the_centre_and_it_stays_closed_after_a_restart(supervised):
    centre = supervised
    centre.allowed_here.append("the hours were changed")
    await centre.opens()
    phone = await telephone(centre, HIND)
    call = await opens_the_door(centre, HIND, phone)
    await call.send_keys("5")
    await centre.story.until("menu answered", menu="supervision", key="5")
    await call.send_keys("1")
    await centre.story.until("menu answered", menu="hours", key="1")
    await call.send_keys("1430")
    await call.send_keys("2")
    await centre.story.until("menu answered", menu="reason")
    await call.send_keys("1")
    await centre.story.until("hours changed", becomes="closed", why="technical", supervisor="hind")
    await call.hang_up()
    await call.ended()
    reopens = datetime(2026, 11, 23, 14, 30, tzinfo=UTC)

    async def is_closed(number: str) -> None:
        caller = await centre.call(number)
        await caller.keys("3")
        await caller.until("centre closed", why="technical (hind)")
        await caller.hangs_up()
        assert (await caller.closed()).ending is CallEnding.CLOSED

    await is_closed("0612345731")
    hours_file = centre.exchange.state / "pbx" / "etc" / names.HOURS_FILE
    await eventually(
        lambda: first_opening(hours_file.read_text()) == int(reopens.timestamp()), "the fallback"
    )
    await centre.stops()
    await centre.goes_on()
    await is_closed("0612345732")
    status = await says(centre, "status", "--json")
    assert (status["hours_changed"]["by"], status["hours_changed"]["becomes"]) == ("hind", "closed")
    assert first_opening(hours_file.read_text()) == int(reopens.timestamp())
    assert "open until Monday 16:30" in await says(centre, "hours", "ordinary", "--by", "test")
    ten = int(MONDAY.timestamp())
    await eventually(
        lambda: first_opening(hours_file.read_text()) < ten + 600, "the calendar in the fallback"
    )
    caller = await centre.call("0612345733")
    await caller.keys("31")
    await caller.until("joined the line")
    await caller.hangs_up()


def first_opening(text: str) -> int:
    """When the fallback finds the centre open next, in seconds since 1970."""
    found = re.search(r"\?(\d+),1\)", text)
    assert found is not None
    return int(found[1])


async def test_when_nobody_is_signed_in_the_centre_calls_a_supervisor_once(supervised):
    centre = supervised
    centre.allowed_here += ["an alert is raised", "a promise is about to break"]
    watched = {
        "call": ["omar", "hind"],
        "again": "1m",
        "ring_for": "5s",
        "nobody_signed_in": {"for": "2s"},
        "promises_at_risk": {"over": 0, "for": "0s"},
    }
    centre.settings = replace(centre.settings, alerts=AlertsSection.model_validate(watched))
    omar = next(one for one in centre.settings.supervisors if one.id == "omar")
    with_phone = omar.model_copy(update={"phone": OUTSIDE})
    supervisors = tuple(with_phone if one is omar else one for one in centre.settings.supervisors)
    centre.settings = replace(centre.settings, supervisors=supervisors)
    controller = await centre.opens()
    centre.operator.person = person = await centre.person(OUTSIDE)
    hind = await telephone(centre, HIND)
    caller = await centre.call("0612345741")
    await caller.keys("31")
    await caller.until("joined the line")

    at_omar = await person.incoming(within=20)  # his telephone in the centre is not there
    assert centre.operator.shown == ["+212537000000"]
    await at_omar.accept()
    await centre.story.until("alert told", supervisor="omar")
    await at_omar.hang_up()
    await centre.story.until("alert not acknowledged", supervisor="omar")
    centre.operator.person = 603

    call = await hind.incoming(within=20)
    await call.accept()
    told = await centre.story.until("alert told", supervisor="hind")
    assert told.facts["alerts"] == "nobody_signed_in"
    prompts = await sounds(
        centre, FR, tuple(map(phrase, ("alert.hello", "sup.nobody_signed_in", "alert.acknowledge")))
    )
    await has_heard(call, sum(map(len, prompts.values())) / 8000 + 0.5, within=30)
    await call.send_keys("1")
    await centre.story.until("alert acknowledged", supervisor="hind")
    await call.ended()
    assert call.heard is not None
    recording, _ = samples_of(call.heard)
    in_order(recording, prompts)
    (standing,) = (await says(centre, "status", "--json"))["alerts"]
    assert (standing["alert"], standing["acknowledged_by"]) == ("nobody_signed_in", "hind")

    await caller.hangs_up()
    centre.clock.pretend(MONDAY + timedelta(minutes=20))
    soon = MONDAY + timedelta(minutes=30)
    controller.book.keep(replace(a_late_promise("100004"), promised_from=MONDAY, promised_until=soon))
    again = await hind.incoming(within=20)
    await again.accept()
    second = await centre.story.until("alert told", supervisor="hind", times=2)
    assert second.facts["alerts"] == "promises_at_risk", "of what she knows she is not told again"
    await again.send_keys("1")
    await centre.story.until("alert acknowledged", supervisor="hind", times=2)
    await again.ended()
    controller.book.cancel(CallbackId("100004"))
    await eventually(
        lambda: [one.kind for one in controller.alarm_bell.standing] == ["nobody_signed_in"], "all clear"
    )


async def test_a_supervisor_takes_a_late_promise_over_and_her_telephone_rings_for_it(supervised):
    centre = supervised
    controller = await centre.opens()
    centre.operator.person = person = await centre.person("+212612345799")
    controller.book.keep(a_late_promise("100003"))
    hind = await telephone(centre, HIND)
    call = await opens_the_door(centre, HIND, hind)
    await call.send_keys("3")
    await centre.story.until("menu answered", menu="supervision", key="3")
    await call.send_keys("1")
    await centre.story.until("promise taken over", reference="100003")
    await call.hang_up()
    await call.ended()
    ringing = await hind.incoming()
    await ringing.accept()
    await centre.story.until("offered", agent="110", why="taken over")
    await ringing.send_keys("1")
    at_person = await person.incoming()
    await at_person.accept()
    await centre.story.until("talking", agent="110")
    await at_person.hang_up()
    await ringing.ended()
    kept_ = await centre.promise(lambda one: one.state is CallbackState.REACHED)
    assert (kept_.id, kept_.assigned_to) == ("100003", "110")
