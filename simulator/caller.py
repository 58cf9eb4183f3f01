"""Someone who calls and does as she decides at each question: `ivr.call.Call` without a telephone.

Playing takes time, one thing at a time as on a channel; a hang-up is raised from whatever is awaited.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from ivr.call import (
    AgentLeg,
    AgentPhone,
    CallerHungUp,
    Heard,
    HoldingLeg,
    Keys,
    Missed,
    Person,
    Question,
    Silence,
    Talk,
    TalkEnd,
    ThirdLeg,
)
from ivr.call_log import CallLog
from ivr.prompts import Phrase
from routing.events import MissReason
from routing.model import Language
from simulator.stand_in import PHRASE, THINKING, StandIn


@dataclass(frozen=True, slots=True)
class Press:
    """She keys this: at a question when it has been said, in the line `after` so many seconds."""

    keys: str
    after: float = THINKING


@dataclass(frozen=True, slots=True)
class Stay:
    """She does nothing."""


@dataclass(frozen=True, slots=True)
class HangUp:
    """She goes, `after` so many seconds."""

    after: float = THINKING


Act = Press | Stay | HangUp


class Will(Protocol):
    """What a caller decides."""

    def asked(self, question: Question, caller: "SimulatedCaller") -> Act:
        """At a question, before it is said."""
        ...

    def in_line(self, caller: "SimulatedCaller") -> Act:
        """When she begins to wait, again after each thing that happened to her in the line."""
        ...


Rung = Callable[["SimulatedCaller", AgentPhone | Person, float], Awaitable[Missed | float]]
"""Rings a telephone for at most so many seconds: why nobody spoke, or how many seconds they will talk."""
Heed = Callable[[Phrase, Language], None]
"""Told of every phrase as it begins, with the language in which it is said."""


class SimulatedTalk:
    """A conversation that ends after its time, or when she hangs up."""

    def __init__(self, caller: "SimulatedCaller", seconds: float) -> None:
        """They talk for `seconds` at most."""
        self._caller, self._seconds = caller, seconds

    async def ended(self) -> TalkEnd:
        """Wait for its end."""
        try:
            await self._caller.passes(self._seconds)
        except CallerHungUp:
            return TalkEnd.CALLER
        return TalkEnd.AGENT

    async def on_hold(self) -> HoldingLeg:
        """He holds nobody: wait for ever."""
        never: asyncio.Future[HoldingLeg] = asyncio.get_running_loop().create_future()
        return await never

    @property
    def held(self) -> timedelta:
        """Never."""
        return timedelta()


class SimulatedCaller(StandIn):
    """Implements `ivr.call.Call`."""

    def __init__(
        self,
        number: str | None,
        log: CallLog,
        will: Will,
        rung: Rung,
        *,
        heed: Heed = lambda phrase, language: None,
        heard_unanswered: bool = False,
    ) -> None:
        """`number` is E.164; `heard_unanswered`: her trunk carries sound before the answer."""
        super().__init__(number, log.record.dialled, log)
        self._will, self._rung, self._heed = will, rung, heed
        self._heard_unanswered = heard_unanswered
        self._given_back: deque[str] = deque()
        self._planned_in_line = False
        self._withdrawn: asyncio.Event | None = None

    # ---- ivr.call.Call

    @property
    def heard_unanswered(self) -> bool:
        """Whether she hears something before she pays."""
        return self._heard_unanswered

    async def say_unanswered(self, *phrases: Phrase, in_: Language, stays: timedelta) -> None:
        """Say it all, and wait so long."""
        await self.say(*phrases, in_=in_)
        await self.passes(stays.total_seconds())

    async def answer(self) -> None:
        """Pick up."""
        await self.passes(0.02)
        self._log.set(answered_at=self._log.now())

    async def say(self, *phrases: Phrase, in_: Language) -> None:
        """Play to the end."""
        self._must_live()
        for phrase in phrases:
            self._heed(phrase, phrase.language or in_)
        await self.passes(PHRASE * len(phrases))

    async def ask(self, question: Question, in_: Language | None = None) -> Heard:
        """Say the question; then she does as she will. Keys pressed in the line are not kept for it."""
        self._must_live()
        if self._given_back:
            return Keys(self._given_back.popleft())
        self._keys.clear()
        self._planned_in_line = False
        act = self._will.asked(question, self)
        language = in_ or self._log.record.language or Language.ARABIC
        await self.say(*question.phrases, in_=language)
        match act:
            case Press(keys, after):
                await self.passes(after)
                typed = keys if question.most == 1 else keys.removesuffix("#")
                return Keys(typed[: question.most]) if typed else Silence()
            case HangUp(after):
                await self.passes(after)
                self.gives_up()
                self._must_live()
        await self.passes(question.first_key.total_seconds())
        return Silence()

    async def record(self, to: str, at_most: timedelta, silence: timedelta) -> None:
        """She says nothing."""
        await self.passes(silence.total_seconds())

    def understands(self, language: Language) -> bool:
        """She keys; who may speak is another matter."""
        return False

    async def music(self) -> None:
        """Music on hold."""
        await self.passes(0.02)

    async def next_key(self) -> str:
        """The next key she presses in the line."""
        if not self._planned_in_line:
            self._planned_in_line = True
            match self._will.in_line(self):
                case Press(keys, after):
                    self._timers.append(self._loop.call_later(after, self._press, keys))
                case HangUp(after):
                    self._timers.append(self._loop.call_later(after, self.gives_up))
        key = await super().next_key()
        self._planned_in_line = False
        return key

    def give_back(self, key: str) -> None:
        """It is the answer to the next question."""
        self._given_back.append(key)

    async def join(self, leg: AgentLeg | ThirdLeg) -> Talk:
        """No agent leaves a conversation here."""
        raise ValueError("in a simulation nobody comes back to a conversation")

    async def take_over(self, within: timedelta) -> Talk | None:
        """Nobody was consulted."""
        return None

    async def third(self, within: timedelta) -> ThirdLeg | None:
        """Nobody was consulted."""
        return None

    async def ring(self, whom: AgentPhone | Person, at_most: timedelta) -> SimulatedTalk | Missed:
        """Ring, until it is answered, the time is up, it is withdrawn, or she goes."""
        self._must_live()
        self._withdrawn = asyncio.Event()
        ringing = asyncio.ensure_future(self._rung(self, whom, at_most.total_seconds()))
        others = [asyncio.ensure_future(event.wait()) for event in (self._withdrawn, self._gone)]
        try:
            await asyncio.wait({ringing, *others}, return_when=asyncio.FIRST_COMPLETED)
            self._must_live()
            if not ringing.done():
                return Missed(MissReason.CALLER_GONE)
            rung = ringing.result()
        finally:
            self._withdrawn = None
            for one in (ringing, *others):
                one.cancel()
            await asyncio.gather(ringing, *others, return_exceptions=True)
        if isinstance(rung, Missed):
            return rung
        for timer in self._timers:  # who talks does not hang up for having waited too long
            timer.cancel()
        return SimulatedTalk(self, rung)

    async def withdraw(self) -> None:
        """Stop ringing."""
        if self._withdrawn is not None:
            self._withdrawn.set()

    async def remember(self, **facts: str) -> None:
        """Nobody restarts here."""

    # ---- how it works

    def gives_up(self) -> None:
        """She is gone, and does nothing more."""
        super().gives_up()
        for timer in self._timers:
            timer.cancel()

    def _press(self, keys: str) -> None:
        self._keys.extend(keys)
        self._key_came.set()
