"""The story that `mowakaba demo` tells: an ordinary Monday, its evening, and the next morning, in a minute or two.

Everything is real but the clock: Asterisk, the telephones, the sound, the database. Ports are free ones on loopback,
the state a temporary folder.
"""

import asyncio
import os
import socket
from collections.abc import Callable
from datetime import datetime, time, timedelta
from pathlib import Path

from config.load import load
from config.schema import Settings
from routing.hours import Closed, Open
from routing.model import Agent, Language, Subject
from server.clock import pretended
from server.controller import Controller
from server.logs import set_up_logs
from server.scripted_caller import CALLER, Script, TraceTold, place_call, tell_traces
from server.softphone import Account, Softphone

MORNING = time(10, 0)
EVENING = time(20, 0)
PERSON = "+212661222333"
TALKS = 3.0  # seconds of each conversation
AGENT_TONE, CALLER_TONE = 1200, 700  # hertz: what the two «say»


class Demonstration:
    """One run. `say` prints a line."""

    def __init__(self, config: Path, folder: Path, say: Callable[[str], None]) -> None:
        """`folder` is the state folder; it goes with the demonstration."""
        self._config, self._folder, self._say = config, folder, say
        self._clock = pretended(None)
        self._told = TraceTold(say)
        self._settings: Settings
        self._controller: Controller

    def _overrides(self, person: Softphone) -> dict[str, str]:
        """What differs from the centre's file. `person` is whom the trunk leads to."""
        trunk = "MOWAKABA_TRUNKS__LOCAL_TEST__"
        return {
            "MOWAKABA_PBX__SIP_PORT": str(_free_port("127.0.0.1")),
            "MOWAKABA_PBX__AMI_PORT": str(_free_port("127.0.0.1")),
            "MOWAKABA_PBX__RTP_PORTS": "31000-31199",
            "MOWAKABA_DESK__WRAP_UP": "1s",
            "MOWAKABA_DESK__SIGN_IN_PIN": "no",
            "MOWAKABA_LOG__LEVEL": "warning",
            f"{trunk}HOST": CALLER,
            f"{trunk}PORT": person.sip_address.rpartition(":")[2],
        }

    async def run(self) -> None:
        """Tell the story, then show the rows."""
        async with Softphone(Account(PERSON), address=CALLER, play=CALLER_TONE) as person:
            self._settings = load(self._config, {**os.environ, **self._overrides(person)})
            self._controller = Controller(self._settings, self._folder / "state", self._clock, self._say)
            await self._run(person)

    async def _run(self, person: Softphone) -> None:
        set_up_logs(self._settings.log)
        self._clock.pretend(self._working_day(MORNING))
        await self._controller.start()
        self._say(f"ready: calls to {self._number} at {self._server}")
        following = asyncio.create_task(tell_traces(self._folder / "state", self._told))
        try:
            await self._story(person)
        finally:
            following.cancel()
            await self._controller.stop()

    async def _story(self, person: Softphone) -> None:
        agent = self._agent_of_most_languages()
        secret = (self._folder / "state" / "secrets" / f"agent-{agent.extension}").read_text().strip()
        async with Softphone(
            Account(agent.extension, server=self._server, secret=secret), play=AGENT_TONE
        ) as phone:
            await phone.registered()
            self._say(f"\n{agent.name} signs in with *11 on a softphone")
            code = await phone.dial("*11")
            await code.ended()
            for language in self._controller.centre.languages:
                await self._call_in(phone, agent, language)
            await self._out_of_hours(agent)
            await self._promise_kept(phone, person)
        await self._rows()

    async def _call_in(self, phone: Softphone, agent: Agent, language: Language) -> None:
        subject, subject_key = self._subject_of(agent)
        self._say(f"\na caller dials {self._number} and asks for {subject} in {language}")
        key = self._language_key(language)
        number = f"06123456{key}0"
        script = Script(self._number, (key, subject_key), 15 + TALKS, caller=number, play=CALLER_TONE)
        calling = asyncio.create_task(place_call(script, self._server))
        if language in agent.languages:
            ringing = await phone.incoming(20)
            await ringing.accept()
            await asyncio.sleep(TALKS)
            await ringing.hang_up()
        self._say(f"  → {await calling}")
        await asyncio.sleep(1.5)  # the agent's breath after a call

    async def _out_of_hours(self, agent: Agent) -> None:
        subject, subject_key = self._subject_of(agent)
        wants_callback = confirms = "1"
        self._clock.pretend(self._working_day(EVENING))
        self._say(f"\nit is {self._local():%A %H:%M}; a caller asks to be called back on {subject}")
        keys = (self._language_key(agent.languages[0]), wants_callback, subject_key, confirms)
        script = Script(self._number, keys, 25, caller=PERSON, pauses=(1.0, 1.5, 1.5, 1.5))
        self._say(f"  → {await place_call(script, self._server)}")

    async def _promise_kept(self, phone: Softphone, person: Softphone) -> None:
        match self._controller.centre.hours.at(self._clock()):
            case Closed(reopens_at=datetime() as opening):
                self._clock.pretend(opening + timedelta(seconds=1))
            case Open() | Closed():
                pass
        self._say(f"\nit is {self._local():%A %H:%M}; the promise is due: the agent's phone rings first")
        offered = await phone.incoming(20)
        await offered.accept()
        await asyncio.sleep(1)
        await offered.send_keys("1")
        called = await person.incoming(20)
        talking = asyncio.create_task(self._told.until("talking", 30))
        await called.accept()
        await talking  # she hears who calls first
        await asyncio.sleep(TALKS)
        await called.hang_up()
        await offered.ended()

    async def _rows(self) -> None:
        await self._controller.writer.flush()
        store = self._controller.store
        self._say("\nthe calls in the database, oldest first")
        for row in reversed(await store.calls()):
            wait = "" if row.wait_seconds is None else f"waited {row.wait_seconds:.1f} s"
            talk = "" if row.talk_seconds is None else f"talked {row.talk_seconds:.1f} s"
            words = (
                row.direction,
                row.language or "–",
                row.subject or "–",
                row.agent or "–",
                row.ending or "open",
            )
            self._say(f"  {row.id:<18} " + " ".join(f"{word:<14}" for word in words) + f" {wait} {talk}")
        for promise in await store.callbacks():
            self._say(f"  promise {promise.id}: {promise.state}, attempts {promise.attempts}")

    # ---- where and when

    @property
    def _number(self) -> str:
        return self._settings.numbers[0]

    @property
    def _server(self) -> str:
        return f"127.0.0.1:{self._settings.pbx.sip_port}"

    def _local(self) -> datetime:
        return self._clock().astimezone(self._controller.centre.zone)

    def _working_day(self, at: time) -> datetime:
        """The next day, from today on, on which the centre is open at MORNING; that day at `at`."""
        zone, hours = self._controller.centre.zone, self._controller.centre.hours
        day = datetime.now(zone).date()
        while not isinstance(hours.at(datetime.combine(day, MORNING, zone)), Open):
            day += timedelta(days=1)
        return datetime.combine(day, at, zone)

    def _language_key(self, language: Language) -> str:
        return str(1 + self._controller.centre.languages.index(language))

    def _subject_of(self, agent: Agent) -> tuple[Subject, str]:
        """The first subject of the menu that the agent serves, and its key."""
        subjects = self._controller.centre.subjects
        subject = next(subject for subject in subjects if subject in agent.subjects)
        return subject, str(1 + subjects.index(subject))

    def _agent_of_most_languages(self) -> Agent:
        return max(self._controller.centre.agents.values(), key=lambda agent: len(agent.languages))


def _free_port(address: str) -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind((address, 0))
        return int(probe.getsockname()[1])
