"""A callback is made exactly once, whenever the controller is killed or the link to Asterisk is cut.

The invitations that come out of the trunk are counted: she is never rung twice at once, never after she has talked, and
once more at most after an attempt that made her telephone ring and came to nothing.
"""

import asyncio
import json
import os
import signal
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count

import pytest

from config.load import load
from dialplan.names import CONNECTED
from routing.model import AttemptResult, Callback, CallbackState
from server.controller import Controller
from server.softphone import PhoneCall, Softphone
from server.softphone_control import ControlError
from tests.asterisk.centre import MONDAY, Centre, eventually, with_changes
from tests.asterisk.outside import TRYING
from tests.support.cut_line import CutLine

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(90)]
HERS, OTHER = "0612345731", "0612345732"
RINGS = 3  # seconds that telephones ring for nothing
_numbers = count(1)


@dataclass
class Life:
    """A promise, the agent who keeps it, and her telephone."""

    centre: Centre
    agent: Softphone
    person: Softphone
    at_agent: PhoneCall | None = None
    at_person: PhoneCall | None = None

    # ---- the steps of its life, each from the one before

    async def due(self) -> None:
        """She has asked, and nobody is at work."""
        await asks(self.centre, HERS)
        await stored(self.centre, lambda _: True)

    async def leased(self) -> None:
        """The agent is signed in and talks with somebody else: the attempt waits in the line."""
        await self.centre.dials_code(self.agent, "*11", "agent.signed_in")
        other = await self.centre.call(OTHER)
        await other.keys("31")
        await (await self.agent.incoming()).accept()
        await other.until("talking")
        await asks(self.centre, HERS)
        await stored(self.centre, lambda one: one.state is CallbackState.IN_PROGRESS)
        self.other = other

    async def agent_rung(self) -> None:
        """The agent's telephone rings."""
        await self.centre.dials_code(self.agent, "*11", "agent.signed_in")
        await asks(self.centre, HERS)
        self.at_agent = await self.agent.incoming()

    async def agent_answered(self) -> None:
        """The agent hears who is to be called."""
        await self.agent_rung()
        assert self.at_agent is not None
        await self.at_agent.accept()
        await self.centre.story.until("asked", language="fr")

    async def accepted(self) -> None:
        """The agent has accepted, and she is dialled; the network has not found her yet."""
        self.centre.operator.person = TRYING
        await self.agent_answered()
        assert self.at_agent is not None
        await self.at_agent.send_keys("1")
        await eventually(lambda: len(self.centre.operator.called) == 1, "an invitation")
        await stored(self.centre, lambda one: one.rang_at is not None)

    async def person_rung(self) -> None:
        """Her telephone rings."""
        await self.agent_answered()
        assert self.at_agent is not None
        await self.at_agent.send_keys("1")
        self.at_person = await self.person.incoming()
        await stored(self.centre, lambda one: one.rang_at is not None)

    async def talking(self) -> None:
        """They talk."""
        await self.person_rung()
        assert self.at_person is not None
        await self.at_person.accept()
        await stored(self.centre, lambda one: one.talked_at is not None)

    async def ended(self) -> None:
        """They have talked."""
        await self.talking()
        assert self.at_person is not None
        await self.at_person.hang_up()
        await stored(self.centre, lambda one: one.state is CallbackState.REACHED)

    # ---- what happens while nobody looks

    async def nothing(self) -> None:
        """Nothing."""

    async def she_answers_and_they_finish(self) -> None:
        """She picks up, they talk and hang up."""
        assert self.at_person is not None
        assert self.at_agent is not None
        await self.at_person.accept()
        await remembered(self.centre)
        await self.at_agent.hang_up()
        await self.at_person.ended()
        await self.centre.is_quiet()

    async def she_answers_and_asterisk_dies(self) -> None:
        """She picks up; while they talk Asterisk is killed too."""
        assert self.at_person is not None
        await self.at_person.accept()
        await remembered(self.centre)
        process = self.centre.pbx.pid()
        assert process is not None
        os.kill(process, signal.SIGKILL)
        self.centre.asterisk_wrote_down_all = False
        await eventually(lambda: self.centre.pbx.pid() is None, "the end of Asterisk")
        await self.centre.phones.aclose()  # they have not heard of it

    async def the_agent_hangs_up(self) -> None:
        """The conversation ends."""
        assert self.at_agent is not None
        await self.at_agent.hang_up()
        await self.centre.is_quiet()

    # ---- afterwards

    async def is_kept(self, invitations: int, *, lives: bool = False) -> None:
        """The promise is kept, if need be by the next attempt; she was invited so often in all.

        The attempt `lives`: what waits in the line goes on there.
        """
        centre = self.centre
        controller = centre.controller
        assert controller is not None
        centre.operator.person = self.person
        if self.at_person is not None and any(one.talked_at for one in controller.book.in_progress()):
            await self.at_person.hang_up()
        if hasattr(self, "other"):
            await self.other.hangs_up()
        if not lives:
            await eventually(lambda: not controller.book.in_progress(), "the end of the attempt", 20)
        for promise in controller.book.open():
            await self.is_called_again(controller, promise)
        await eventually(lambda: not controller.book.open(), "a promise kept")
        assert await controller.writer.flush()
        (promise,) = await controller.store.callbacks()
        assert (promise.state, promise.last_result) == (CallbackState.REACHED, AttemptResult.REACHED)
        assert promise.attempts == invitations
        assert list(centre.operator.called.values()) == ["+212" + HERS[1:]] * invitations
        assert centre.operator.most_at_once == 1, "her telephone rang twice at once"

    async def is_called_again(self, controller: Controller, promise: Callback) -> None:
        """The agent is there, and it is time."""
        centre = self.centre
        await centre.is_quiet()
        assert not centre.operator.ringing
        centre.clock.pretend(max(promise.not_before, centre.clock()))
        match centre.state_of("nadia"):
            case "signed_out":
                await centre.dials_code(self.agent, "*11", "agent.signed_in")
            case "on_break":
                await centre.dials_code(self.agent, "*14", "agent.back")
        at_agent = await self.agent.incoming()
        asked = len(centre.story.lines("asked"))
        await at_agent.accept()
        await eventually(lambda: len(centre.story.lines("asked")) > asked, "the offer")
        await at_agent.send_keys("1")
        at_person = await self.person.incoming()
        await at_person.accept()
        await eventually(
            lambda: any(one.talked_at for one in controller.book.in_progress()), "a conversation"
        )
        await at_person.hang_up()
        await at_agent.ended()


async def asks(centre: Centre, number: str) -> None:
    """She leaves her number, as through the fallback."""
    centre.numbers.add(number)
    request = {"number": number, "call": f"1.{next(_numbers)}", "language": "fr", "subject": "legal"}
    request["asked_at"] = MONDAY.isoformat()
    folder = centre.exchange.state / "pbx" / "requests"
    draft = folder / "request"
    draft.write_text(json.dumps(request))
    draft.rename(folder / "request.json")


async def stored(centre: Centre, fits: Callable[[Callback], bool]) -> Callback:
    """The promise as the database has it, when it fits."""
    store = centre.store()
    try:
        async with asyncio.timeout(20):
            while True:
                for promise in await store.callbacks():
                    if fits(promise):
                        return promise
                await asyncio.sleep(0.02)
    finally:
        await store.close()


async def remembered(centre: Centre) -> None:
    """Asterisk has connected her in this attempt, and has it in its file; it remembers others of earlier tests."""
    promise = await stored(centre, lambda one: one.rang_at is not None)
    key = f"/{CONNECTED}/%/callback-{promise.id}-{promise.fence}"
    file = centre.exchange.state / "pbx" / "var" / "astdb.sqlite3"
    # Asterisk writes its file within a second; what its own console shows may be in its memory only.
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:

        def is_there() -> bool:
            return database.execute("SELECT 1 FROM astdb WHERE key LIKE ?", (key,)).fetchone() is not None

        await eventually(is_there, "Asterisk's memory of whom it connected")


async def begins(centre: Centre, step: str) -> Life:
    """The life of a promise up to a step."""
    life = Life(centre, await centre.phone("103", play=None), await centre.person("+212" + HERS[1:]))
    centre.operator.person = life.person
    reach: Callable[[], Awaitable[None]] = getattr(life, step)
    await reach()
    return life


KILLED = [
    ("due", "nothing", 1),
    ("leased", "nothing", 1),
    ("agent_rung", "nothing", 1),
    ("agent_answered", "nothing", 1),
    ("accepted", "nothing", 2),
    ("person_rung", "she_answers_and_they_finish", 1),
    ("person_rung", "she_answers_and_asterisk_dies", 1),
    ("talking", "the_agent_hangs_up", 1),
    ("ended", "nothing", 1),
]


@pytest.mark.parametrize(("step", "unseen", "invitations"), KILLED)
async def test_a_killed_controller_calls_her_once(centre, step, unseen, invitations):
    await centre.opens_outside(MONDAY)
    life = await begins(centre, step)
    await centre.is_killed()
    await getattr(life, unseen)()
    await centre.opens(MONDAY + timedelta(minutes=2), short_rings(centre))
    await life.is_kept(invitations)


GIVES_UP = ("agent_rung", "agent_answered", "accepted", "person_rung")
"""Steps at which the agent hangs up when the link is back."""


@pytest.mark.parametrize(
    ("step", "invitations"),
    [
        ("due", 1),
        ("leased", 1),
        ("agent_rung", 1),
        ("agent_answered", 1),
        ("accepted", 2),
        ("person_rung", 2),
        ("talking", 1),
        ("ended", 1),
    ],
)
async def test_a_link_that_was_cut_does_not_call_her_twice(centre, monkeypatch, step, invitations):
    pbx = centre.settings.pbx
    made = Controller._link_settings
    async with CutLine((pbx.ami_host, pbx.ami_port)) as line:
        monkeypatch.setattr(
            Controller, "_link_settings", lambda controller: replace(made(controller), port=line.port)
        )
        controller = await centre.opens(MONDAY, short_rings(centre))
        centre.allowed_here += ["the link to Asterisk is down", "no link to Asterisk"]
        life = await begins(centre, step)
        line.cut()
        await eventually(lambda: not controller.link.up, "the loss of the link")
        line.mend()
        await eventually(lambda: controller.link.up, "the link", 20)
        if life.at_agent is not None and step in GIVES_UP:
            with suppress(ControlError):  # she is gone already
                await life.at_agent.hang_up()
        await life.is_kept(invitations, lives=step in GIVES_UP[:2] or step == "leased")
        await centre.phones.aclose()
        await centre.is_quiet()
        await centre.stops()


def short_rings(centre):
    return with_changes(
        load(centre.exchange.always_open, {}),
        desk={"ring_for": timedelta(seconds=RINGS)},
        callbacks={"ring_for": timedelta(seconds=5)},
    )


async def test_she_who_is_rung_first_is_not_dropped_when_the_controller_dies(centre, monkeypatch):
    monkeypatch.setenv("MOWAKABA_CALLBACKS__FIRST", "caller")
    await centre.opens_outside(MONDAY)
    agent, person = await centre.phone("103", play=None), await centre.person("+212" + HERS[1:])
    centre.operator.person = person
    await centre.dials_code(agent, "*11", "agent.signed_in")
    await asks(centre, HERS)
    at_person = await person.incoming()
    await at_person.accept()
    await centre.story.until("asked", keys="callback.hello_first callback.press_one")
    await centre.is_killed()
    controller = await centre.opens(MONDAY + timedelta(minutes=2), load(centre.exchange.always_open, {}))
    await centre.story.until("asked", keys="callback.hello_first callback.press_one", times=2)
    await at_person.send_keys("1")
    await (await agent.incoming()).accept()
    await eventually(lambda: any(one.talked_at for one in controller.book.in_progress()), "a conversation")
    await at_person.hang_up()
    await eventually(lambda: not controller.book.open(), "a promise kept")
    assert len(centre.operator.called) == 1
