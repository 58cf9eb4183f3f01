"""A caller who follows a script, as `ivr.call.Call`; she keeps what she heard.

```
caller.keys("3").keys("1", after=2).silent()      # one answer per question, in order
caller.presses("1", at=90).hangs_up(at=120)       # by the clock, seconds since the call began
caller.hangs_up_after("welcome")
assert caller.heard == ["language.choose", …]
```
Playing takes time, one thing at a time as on a channel; keys are kept, and silence a question; a hang-up is raised
from whatever is awaited. Agents' and people's telephones are scripted in `Telephones`.
"""

import asyncio
import contextlib
import wave
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Self

from ivr.call import (
    AgentLeg,
    AgentPhone,
    Apart,
    Call,
    CallerHungUp,
    Heard,
    Keys,
    Missed,
    Person,
    Question,
    Silence,
    TalkEnd,
    ThirdLeg,
    Wish,
    Words,
)
from ivr.call_log import CallLog
from ivr.prompts import Phrase
from routing.events import MissReason
from routing.model import Caller, Language
from simulator.stand_in import PHRASE, THINKING, StandIn

BETWEEN_KEYS = 0.3  # seconds
FAR_SIDE = 1.0  # seconds of talk after which an agent who «hangs up at once» has done so
FOR_EVER = 10_000.0


@dataclass(frozen=True, slots=True)
class Rings:
    """What a telephone does when it is rung: `after` so many seconds, `what`; then they talk for `talks`."""

    after: float
    what: MissReason | None = None
    talks: float = FOR_EVER
    as_caller_hangs_up: bool = False
    steps_out: tuple["StepsOut", ...] = ()


@dataclass(frozen=True, slots=True)
class StepsOut:
    """An agent presses a key of the conversation, `after` so many seconds of it, and answers what he is asked.

    `in_talk`: what he keys so many seconds after a colleague picked up. He may hang up at a prompt, or so many seconds
    after the colleague picked up.
    """

    after: float
    wish: Wish | None
    """None: he holds her."""
    answers: tuple[str, ...] = ()
    in_talk: tuple[tuple[float, str], ...] = ()
    hangs_up_at: str = ""
    hangs_up_in_talk: float = FOR_EVER
    third_stays: float = FOR_EVER
    """How long the colleague is with both, if he is brought in."""


def answers(after: float = 3, talks: float = 60, *steps_out: StepsOut) -> Rings:
    """Picks up; hangs up after `talks` seconds."""
    return Rings(after, talks=talks, steps_out=steps_out)


def answers_as_caller_hangs_up(after: float = 3) -> Rings:
    """Picks up in the very moment in which the caller gives up."""
    return Rings(after, as_caller_hangs_up=True)


def no_answer() -> Rings:
    """Rings until the time is up."""
    return Rings(FOR_EVER)


def busy(after: float = 1) -> Rings:
    """Is busy."""
    return Rings(after, MissReason.BUSY)


def refuses(after: float = 2) -> Rings:
    """Rejects the call."""
    return Rings(after, MissReason.REFUSED)


def unreachable(after: float = 1) -> Rings:
    """Cannot be found."""
    return Rings(after, MissReason.UNREACHABLE)


class Telephones:
    """Agents' and people's telephones by agent id or number. The last script of a telephone repeats."""

    def __init__(self) -> None:
        self._scripts: dict[str, deque[Rings]] = {}
        self.rung: list[tuple[str, float]] = []
        """Who was rung, and at which second of the loop."""
        self.shown: list[str] = []
        """What agents' displays said."""
        self.whispered: list[list[str]] = []
        """The prompts that agents heard before they were connected."""
        self.rung_at: list[str] = []
        """The extensions of agents' telephones that were rung; empty for their own."""
        self.ringing: set[str] = set()
        self.in_use: set[str] = set()
        self.changed = lambda agent: None

    def script(self, who: str, *rings: Rings) -> None:
        """What this telephone does the next times."""
        self._scripts[who] = deque(rings)

    def next(self, who: str) -> Rings:
        script = self._scripts.get(who)
        if not script:
            return answers()
        return script.popleft() if len(script) > 1 else script[0]


@dataclass(frozen=True, slots=True)
class Said:
    """One phrase that she heard begin."""

    key: str
    language: Language
    slots: Mapping[str, str]
    at: float
    hers: Language | None = None
    """The language on record at that moment."""


@dataclass(frozen=True, slots=True)
class _Answer:
    keys: str
    after: float | None  # seconds from the beginning of the question
    words: Words | None = None


@dataclass(slots=True)
class _HangUps:
    """When she hangs up, if she does."""

    after: set[str] = field(default_factory=set)
    during: set[str] = field(default_factory=set)
    step: int | None = None


class ScriptedTalk:
    """A conversation that ends after its time, or when one of the two hangs up."""

    def __init__(self, caller: "ScriptedCaller", script: Rings) -> None:
        self._caller, self._seconds, self._script = caller, script.talks, script
        self._steps = deque(script.steps_out)
        self._far_side = asyncio.Event()
        self.held = timedelta()

    def far_side_leaves(self) -> None:
        self._far_side.set()

    async def ended(self) -> TalkEnd | Apart:
        caller, step = self._caller, self._steps[0] if self._steps else None
        leaves = asyncio.ensure_future(self._far_side.wait())
        seconds = self._seconds if step is None or step.wish is None else step.after
        passes: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        try:
            caller.step("talk")
            passes = asyncio.ensure_future(caller.passes(seconds))
            await asyncio.wait({passes, leaves}, return_when=asyncio.FIRST_COMPLETED)
            if passes.done():
                passes.result()
        except CallerHungUp:
            caller.hang_up_phone()
            return TalkEnd.CALLER
        finally:
            passes.cancel()
            leaves.cancel()
            caller.talking = False
        if self._far_side.is_set() or step is None or step.wish is None:
            caller.hang_up_phone()
            return TalkEnd.AGENT
        self._steps.popleft()
        leg = ScriptedAgentLeg(caller, step, replace(self._script, steps_out=tuple(self._steps)))
        caller.agent_legs.append(leg)
        return Apart(step.wish, leg)

    async def on_hold(self) -> "ScriptedAgentLeg":
        if not self._steps or self._steps[0].wish is not None:
            await asyncio.Event().wait()
        step = self._steps.popleft()
        await asyncio.sleep(step.after)
        leg = ScriptedAgentLeg(self._caller, step, self._script)
        self._caller.agent_legs.append(leg)
        return leg


class ScriptedCaller(StandIn):
    """Implements `ivr.call.Call`."""

    def __init__(self, number: str | None, dialled: str, log: CallLog, telephones: Telephones) -> None:
        super().__init__(number, dialled, log)
        self.telephones = telephones
        self._began = self._loop.time()
        self._answers: deque[_Answer | None] = deque()
        self._speeches: deque[bytes] = deque()
        self._hang_ups = _HangUps()
        self._words: Words | None = None
        self._channel = asyncio.Lock()
        self._ringing: asyncio.Event | None = None
        self._phone: str | None = None
        self._on_talk: Callable[[], None] = _nobody_listens
        self.talking = False
        self.talk: ScriptedTalk | None = None
        self.agent_legs: list[ScriptedAgentLeg] = []
        self.brought_in: ScriptedAgentLeg | None = None
        """Legs of agents who stepped out of conversations with her."""
        self.waits_for_her: Rings | None = None
        """Whom an agent consulted and has left with her."""
        self.overheard: list[str] = []
        """The legs that she overheard."""
        self.overhears_for = 30.0
        self.said: list[Said] = []
        self.remembered: dict[str, str] = {}
        self.steps: list[str] = []
        """Everything the flow did with her that takes time, in order."""
        self.music_plays = False
        self.heard_unanswered = False
        """Her trunk carries sound before the answer."""
        self.understood: frozenset[Language] = frozenset()
        """The languages in which she may speak."""

    def keeps_promise(self, attempt: str, on_talk: Callable[[], None]) -> None:
        """As `pbx.line.Line` has it, for a person who is called back."""
        self._on_talk = on_talk

    # ---- the script

    def keys(self, keys: str, *, after: float | None = None) -> Self:
        """Her answer to the next question, `after` seconds into it; by default a second after its end."""
        self._answers.append(_Answer(keys, after))
        return self

    def chooses_aloud(self, key: str | None, *, after: float | None = None, confidence: float = 0.95) -> Self:
        """Her answer to the next question in words: those of the choice with this key, or of none."""
        self._answers.append(_Answer("", after, Words(key, confidence if key else 0.0)))
        return self

    def silent(self, times: int = 1) -> Self:
        """She lets the next question (or several) pass."""
        self._answers.extend([None] * times)
        return self

    def says(self, speech: bytes) -> Self:
        """What she says when she is next recorded: mono 16-bit samples, 8 kHz."""
        self._speeches.append(speech)
        return self

    def keys_ahead(self, keys: str) -> Self:
        """Keyed before anything is asked."""
        self._keys.extend(keys)
        return self

    def presses(self, keys: str, *, at: float) -> Self:
        """By the clock: seconds since the call began."""
        for n, key in enumerate(keys):
            self._timers.append(self._loop.call_at(self._began + at + n * BETWEEN_KEYS, self._press, key))
        return self

    def hangs_up(self, *, at: float) -> Self:
        """By the clock: seconds since the call began."""
        self._timers.append(self._loop.call_at(self._began + at, self.gives_up))
        return self

    def hangs_up_after(self, key: str) -> Self:
        """As soon as this phrase has been said."""
        self._hang_ups.after.add(key)
        return self

    def hangs_up_during(self, key: str) -> Self:
        """In the middle of this phrase."""
        self._hang_ups.during.add(key)
        return self

    def hangs_up_at_step(self, number: int) -> Self:
        """As the step `steps[number]` begins."""
        self._hang_ups.step = number
        return self

    # ---- what she went through

    @property
    def heard(self) -> list[str]:
        """The keys of the phrases she heard begin."""
        return [said.key for said in self.said]

    def heard_in(self, language: Language) -> list[str]:
        """Those said in `language`."""
        return [said.key for said in self.said if said.language is language]

    @property
    def hung_up(self) -> bool:
        return self._gone.is_set()

    def over(self) -> None:
        """The call is over: what she had still planned does not happen."""
        for timer in self._timers:
            timer.cancel()
        StandIn.gives_up(self)

    # ---- ivr.call.Call

    def called(self, number: str) -> None:
        """As `pbx.line.Line` has it, for a person who is called back."""
        self._caller = Caller(number)

    async def say_unanswered(self, *phrases: Phrase, in_: Language, stays: timedelta) -> None:
        assert self.heard_unanswered
        assert self._log.record.answered_at is None, "she pays already"
        async with self._channel:
            for phrase in phrases:
                if not self._keys:
                    await self._hear(phrase, in_)
        if not self._keys:
            self.step("stays")
            self._key_came.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._key_came.wait(), stays.total_seconds())
        self._must_live()

    async def answer(self) -> None:
        self.step("answer")
        await self.passes(0.02)
        self._log.set(answered_at=self._log.now())

    async def say(self, *phrases: Phrase, in_: Language) -> None:
        async with self._channel:
            self.music_plays = False
            for phrase in phrases:
                await self._hear(phrase, in_)

    async def ask(self, question: Question, in_: Language | None = None) -> Heard:
        self._must_live()
        if not self._keys:
            self.music_plays = False
            planned = self._answers.popleft() if self._answers else None
            await self._listen(question, in_ or self._log.record.language or Language.ARABIC, planned)
        words, self._words = self._words, None
        if not self._keys:
            return words or Silence()
        if question.most == 1:
            return Keys(self._keys.popleft())
        keys = ""
        while len(keys) < question.most:
            try:
                key = await asyncio.wait_for(self.next_key(), question.next_key.total_seconds())
            except TimeoutError:
                break
            if key == "#":
                break
            keys += key
        return Keys(keys) if keys else Silence()

    async def record(self, to: str, at_most: timedelta, silence: timedelta) -> None:
        self.step("record")
        self._keys.clear()
        speech = self._speeches.popleft() if self._speeches else b""
        await self.passes(min(len(speech) / 16000, at_most.total_seconds()))
        write_wav(Path(f"{to}.wav"), speech[: int(at_most.total_seconds() * 16000)])

    def understands(self, language: Language) -> bool:
        return language in self.understood

    async def music(self) -> None:
        self.step("music")
        await self.passes(0.02)
        self.music_plays = True

    def give_back(self, key: str) -> None:
        self._keys.appendleft(key)

    async def ring(self, whom: AgentPhone | Person, at_most: timedelta) -> ScriptedTalk | Missed:
        who = whom.agent.id if isinstance(whom, AgentPhone) else whom.number
        self.step(f"ring {who}")
        assert not self._channel.locked(), "rung while something is still being said"
        if isinstance(whom, AgentPhone):
            self.telephones.shown.append(whom.shows)
            self.telephones.rung_at.append(whom.telephone)
        phones = self.telephones
        assert who not in phones.ringing, f"{who} is rung twice at once"
        phones.rung.append((who, self._loop.time()))
        script = phones.next(who)
        self.music_plays = False
        self._phone = who
        phones.ringing.add(who)
        withdrawn = self._ringing = asyncio.Event()
        try:
            outcome = await self._ring_out(script, at_most.total_seconds(), withdrawn)
        finally:
            phones.ringing.discard(who)
            self._ringing = None
        if outcome is not None:
            return Missed(outcome)
        if isinstance(whom, AgentPhone):
            phones.whispered.append([said.key for said in whom.hears])
        if isinstance(whom, Person):
            self.said.append(
                Said(whom.hears.key, whom.language, whom.hears.slots, self._loop.time(), whom.language)
            )
        self._on_talk()
        self.talking = True
        self._keys.clear()
        phones.in_use.add(who)
        phones.changed(who)
        if script.as_caller_hangs_up:
            self.gives_up()
        self.talk = ScriptedTalk(self, script)
        return self.talk

    async def join(self, leg: AgentLeg | ThirdLeg) -> ScriptedTalk:
        self.step("join")
        assert isinstance(leg, ScriptedAgentLeg)
        self.talking = True
        self.talk = ScriptedTalk(self, leg.goes_on)
        return self.talk

    async def take_over(self, within: timedelta) -> ScriptedTalk | None:
        self.step("take over")
        script, self.waits_for_her = self.waits_for_her, None
        if script is None:
            await self.passes(within.total_seconds())
            return None
        self.talking = True
        self.talk = ScriptedTalk(self, script)
        return self.talk

    async def third(self, within: timedelta) -> "ScriptedAgentLeg | None":
        self.step("third")
        third, self.brought_in = self.brought_in, None
        return third

    async def overhear(self, leg: str, *, beep: bool) -> None:
        self.step("overhear with a beep" if beep else "overhear")
        self.overheard.append(leg)
        await self.passes(self.overhears_for)

    async def withdraw(self) -> None:
        if self._ringing is not None:
            self._ringing.set()

    async def remember(self, **facts: str) -> None:
        self.remembered |= facts

    # ---- how it works

    def step(self, what: str) -> None:
        """Something that takes time begins; she may hang up at it."""
        if self._hang_ups.step == len(self.steps):
            self.gives_up()
        self.steps.append(what)
        self._must_live()

    def hang_up_phone(self) -> None:
        """The telephone that talked with her is free again."""
        if self._phone is not None:
            self.telephones.in_use.discard(self._phone)
            self.telephones.changed(self._phone)
            self._phone = None

    def _press(self, key: str) -> None:
        if not self.talking and not self._gone.is_set():
            self._keys.append(key)
            self._key_came.set()

    def _say(self, words: Words) -> None:
        self._words = words
        self._key_came.set()

    async def _hear(self, phrase: Phrase, language: Language) -> None:
        """To its end, or until a hang-up."""
        self.step(f"say {phrase.key}")
        heard_in, hers = phrase.language or language, self.log.record.language
        said = Said(phrase.key, heard_in, dict(phrase.slots), self._loop.time(), hers)
        self.said.append(said)
        if phrase.key in self._hang_ups.during:
            self._timers.append(self._loop.call_later(PHRASE / 2, self.gives_up))
        await self.passes(PHRASE)
        if phrase.key in self._hang_ups.after:
            self.gives_up()
            self._must_live()

    async def _listen(self, question: Question, language: Language, planned: _Answer | None) -> None:
        """The question and its silence, until a key."""
        async with self._channel:
            if planned is not None and planned.after is not None:
                self._plan(planned, planned.after, question)
            playing = asyncio.create_task(self._play(question, language, planned))
            try:
                while not self._keys and self._words is None and not playing.done():
                    self._key_came.clear()
                    key = asyncio.create_task(self._key_came.wait())
                    await asyncio.wait({playing, key}, return_when=asyncio.FIRST_COMPLETED)
                    key.cancel()
            finally:
                playing.cancel()
                ended = await asyncio.gather(playing, return_exceptions=True)
            for problem in ended:
                if isinstance(problem, Exception):
                    raise problem
            self._must_live()

    async def _play(self, question: Question, language: Language, planned: _Answer | None) -> None:
        for phrase in question.phrases:
            await self._hear(phrase, language)
        if planned is not None and planned.after is None:
            self._plan(planned, THINKING, question)
        self.step("wait for a key")
        await self.passes(question.first_key.total_seconds())

    def _plan(self, answer: _Answer, after: float, question: Question) -> None:
        if answer.words is not None and question.may_say:  # else nobody listens
            self._timers.append(self._loop.call_later(after, self._say, answer.words))
        for n, key in enumerate(answer.keys):
            self._timers.append(self._loop.call_later(after + n * BETWEEN_KEYS, self._press, key))

    async def _ring_out(self, script: Rings, at_most: float, withdrawn: asyncio.Event) -> MissReason | None:
        """None when it is answered."""
        stop = asyncio.create_task(withdrawn.wait())
        gone = asyncio.create_task(self._gone.wait())
        try:
            done, _ = await asyncio.wait(
                {stop, gone}, timeout=min(script.after, at_most), return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            stop.cancel()
            gone.cancel()
        if self._gone.is_set():
            raise CallerHungUp
        if done:
            return MissReason.CALLER_GONE
        return MissReason.NO_ANSWER if script.after > at_most else script.what


class ScriptedAgentLeg(ScriptedCaller):
    """Implements `ivr.call.AgentLeg` and `HoldingLeg`: the agent's own telephone while the caller hears music."""

    def __init__(self, caller: ScriptedCaller, step: StepsOut, goes_on: Rings) -> None:
        """`goes_on`: what he does when he is with her again."""
        super().__init__(None, "", caller.log, caller.telephones)
        self._her, self._step, self.goes_on = caller, step, goes_on
        self.returned = False
        for keys in step.answers:
            self.keys(keys)
        if step.hangs_up_at:
            self.hangs_up_during(step.hangs_up_at)

    async def ring(self, whom: AgentPhone | Person, at_most: timedelta) -> ScriptedTalk | Missed:
        rung = await super().ring(whom, at_most)
        if isinstance(rung, ScriptedTalk):
            for after, key in self._step.in_talk:
                self._timers.append(self._loop.call_later(after, self._press, key))
            if self._step.hangs_up_in_talk < FOR_EVER:
                self._timers.append(self._loop.call_later(self._step.hangs_up_in_talk, self.gives_up))
        return rung

    async def back(self) -> None:
        self.returned = True

    def let_go(self) -> None:
        assert self.talk is not None
        self.talk.far_side_leaves()

    def bring_in(self) -> None:
        assert self.talk is not None
        third = ScriptedAgentLeg(self._her, self._step, answers(0, 30))
        third._phone, self._phone = self._phone, None
        self._her.brought_in = third
        self.talk.far_side_leaves()

    async def stay_with(self, her: Call) -> None:
        try:
            await self.passes(self._step.third_stays)
            raise CallerHungUp
        finally:
            self.hang_up_phone()

    def gives_up(self) -> None:
        """He hangs up: whom he talks with waits for her, if she has not gone."""
        if not self.hung_up:
            if self._her.hung_up:
                self.hang_up_phone()
            elif self.talking:
                self._her.waits_for_her = answers(0, 30)
            self._her.hang_up_phone()
        super().gives_up()

    def _press(self, key: str) -> None:
        if not self.hung_up:
            self._keys.append(key)
            self._key_came.set()


def write_wav(path: Path, samples: bytes) -> None:
    """As Asterisk records: 8 kHz, mono, 16 bit."""
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(samples)


def _nobody_listens() -> None:
    """Nobody wants to know."""
