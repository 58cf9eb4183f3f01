"""Whole controllers on fake Asterisks: the server's own composition, without voice and telephones.

    async with Composed(tmp_path / "rabat", url) as rabat:
        rabat.works("nadia")
        await rabat.asterisk.receives("Originate")

Each has a state folder and an Asterisk of its own; the database is what they share.
"""

import asyncio
import random
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

from pydantic import SecretStr

from config.load import load
from config.schema import PbxMode, Settings, TrunkSection
from routing.events import AgentSignedIn, DeviceChanged
from routing.model import AgentId, Callback, CallbackId, Device, Language, Subject
from server.clock import Clock
from server.controller import Controller
from server.parts import CHECKOUT
from tests.support.fake_asterisk import Action, FakeAsterisk, Pairs

COMES_WITHIN = 10.0  # seconds
LOOK = 0.02


class Mute(Controller):
    """Nobody hears it, so nothing is spoken."""

    async def _prepare_voice(self) -> None:
        """Nothing."""


class Composed:
    """One controller and its Asterisk."""

    def __init__(self, state: Path, url: str, at: datetime) -> None:
        self.state, self.url = state, url
        self.asterisk = FakeAsterisk()
        self.globals: dict[str, str] = {}
        """What Asterisk answers when it is asked for a variable or a function."""
        self.asterisk.answers["Getvar"] = self._value
        self.asterisk.answers["Originate"] = self._rings
        self.ahead = timedelta()
        """By so much the machine's clock is ahead."""
        self.clock = Clock(lambda: datetime.now(UTC) + self.ahead)
        self.clock.pretend(at)
        self.controller: Controller
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        await self._stack.enter_async_context(self.asterisk)
        await self.begins()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.controller.stop()
        await self._stack.aclose()

    async def begins(self) -> None:
        """A controller on this state folder, ready."""
        self.controller = Mute(self.settings(), self.state, self.clock, lambda _: None)
        await asyncio.wait_for(self.controller.start(), COMES_WITHIN)

    def settings(self) -> Settings:
        """The sample centre, attached to the fake."""
        settings = load(CHECKOUT / "config" / "center.yaml", {})
        fake = self.asterisk
        pbx = settings.pbx.model_copy(
            update={
                "mode": PbxMode.ATTACHED,
                "ami_port": fake.port,
                "ami_user": fake.user,
                "ami_secret": SecretStr(fake.secret),
            }
        )
        trunk = TrunkSection.model_validate(
            {"name": "operator", "peers": ["127.0.0.2"], "host": "127.0.0.2", "caller_id": "+212537000000"}
        )
        database = settings.database.model_copy(update={"url": SecretStr(self.url)})
        return replace(settings, pbx=pbx, trunks=(trunk,), database=database)

    # ---- what people do

    def works(self, agent: str) -> None:
        """The agent is signed in and his telephone stands ready."""
        desk = self.controller.desk
        desk.tell(AgentSignedIn(AgentId(agent)))
        desk.tell(DeviceChanged(AgentId(agent), Device.IDLE))

    def telephone(self, extension: str, state: str) -> None:
        """What Asterisk says of a telephone."""
        self.globals[f"DEVICE_STATE(PJSIP/{extension})"] = state

    def channels(self, *unique: str) -> None:
        """The channels that live in Asterisk."""
        self.asterisk.lists["CoreShowChannels"] = [
            ("CoreShowChannel", [("Channel", f"PJSIP/{one}"), ("Uniqueid", one), ("Linkedid", one)])
            for one in unique
        ]

    def asks(self, number: str) -> Callback:
        """Somebody asks to be called."""
        now = self.clock()
        return self.controller.book.promise(number, Language.FRENCH, Subject("legal"), None, now)

    def draws(self, reference: CallbackId) -> None:
        """This is the next reference that chance gives."""
        drawn = iter((reference,))

        class Chance(random.SystemRandom):
            def choice(self, seq: Any) -> Any:
                return next(drawn, None) or super().choice(seq)

        self.controller.book._random = Chance()

    async def ticks(self) -> None:
        """The dialer looks, and what it begins is done."""
        self.controller.dialer.tick()
        while tasks := list(self.controller.dialer._tasks):
            await asyncio.wait(tasks)

    # ---- what is seen

    @property
    def rung(self) -> list[str]:
        """Channel ids of the telephones that were rung, in order."""
        return [action["ChannelId"] for action in self.asterisk.heard("Originate")]

    def promise(self, reference: CallbackId) -> Callback | None:
        """As this controller knows it; None when it is not open."""
        return self.controller.book.find(reference)

    async def kept(self) -> None:
        """What it wrote is in the database."""
        assert await self.controller.writer.flush(COMES_WITHIN)

    async def looks(self) -> None:
        """It learns what the others did, as it does every ten seconds."""
        await self.controller.leases.look(self.controller.centre.callbacks)

    def _value(self, action: Action) -> Pairs:
        name = action["Variable"]
        return [("Response", "Success"), ("Variable", name), ("Value", self.globals.get(name, ""))]

    @staticmethod
    def _rings(_: Action) -> Pairs:
        return [("Response", "Success"), ("Message", "Originate successfully queued")]


async def eventually(found: Callable[[], Any], wanted: str) -> Any:
    """Wait for what tells nobody when it happens."""
    try:
        async with asyncio.timeout(COMES_WITHIN):
            while not (result := found()):  # noqa: ASYNC110 - see above
                await asyncio.sleep(LOOK)
            return result
    except TimeoutError:
        raise AssertionError(f"waited in vain for {wanted}") from None
