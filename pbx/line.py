"""One caller's channel as `ivr.Call`: every step is one AsyncAGI command, and keys come from DTMF events.

A command is taken by the channel on its next frame, or after 100 ms. A `ControlPlayback` sent right behind it
wakes the channel, so that the next prompt follows a key almost at once (docs/adr/0001).
"""

import asyncio
import contextlib
import itertools
import os
import re
import secrets
from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from dialplan import names
from ivr.call import (
    AgentLeg,
    AgentPhone,
    Apart,
    Call,
    CallerHungUp,
    Heard,
    HoldingLeg,
    Keys,
    Missed,
    Person,
    Question,
    Silence,
    TalkEnd,
    ThirdLeg,
    Words,
)
from ivr.call_log import CallLog
from ivr.prompts import Phrase, PromptMissing, Prompts
from pbx.agi import UNKNOWN, AgiAnswer, parse_answer
from pbx.channels import Dialled
from pbx.events import (
    AgiDone,
    AgiEnded,
    DialBegan,
    DialEnded,
    HangUpAsked,
    HoldPressed,
    KeyPressed,
    Leg,
    LegGone,
    PbxEvent,
)
from pbx.hold import Hold
from pbx.listening import DEAF, Ear, Ears
from pbx.outcomes import BY_AGENT, BY_PERSON
from pbx.ringing import Ringing
from routing.events import MissReason
from routing.model import Caller, CallId, Language

MOST_KEYS_AHEAD = 64  # a stuck key must not fill memory
MUSIC_AFTER = 0.02  # seconds: who joins the line hears her place in the same moment, and music only after it
NO_WAIT = 0.01  # seconds after a prompt that another one follows
LONGEST_LINE = 700  # bytes of file names in one command: Asterisk discards an action line over 1022
READ_ENDS_WITHIN = 0.25  # seconds after a key
LEG_GONE_WITHIN = 0.5
"""Seconds for the hang-up of a rung telephone, which says why, when the end of the dialling is told before it."""
FATE_WITHIN = 2.0
"""Seconds after a conversation for the news of the agent's leg, which comes in the same moment."""
LISTABLE = re.compile(r"[\w.:+-]*")  # what Asterisk's ARRAY takes as it is
TONE, TONE_SECONDS = "!880/300", 0.4  # when a recording begins; not on the recording itself
LONGEST_WHISPER = 3.0  # seconds that she waits on while the agent who picked up hears who she is
SWITCH_FRESH = 3.0
"""Seconds in which a switch needs no push; with the time between two pushes it stays well under its own."""
HANG_UP_WITHIN = timedelta(seconds=5)  # for Asterisk to confirm a hang-up
SECRET = secrets.token_hex(8)  # makes the ids of commands such that nobody can guess them
_numbers = itertools.count(1)
SPEAKS_ON = 3.0  # seconds after the question's time for words that had begun


class Wire(Protocol):
    """What a line needs of the AMI link."""

    def post(self, action: str, headers: Mapping[str, str], /) -> None:
        """Send and forget."""
        ...

    def post_watched(self, action: str, headers: Mapping[str, str], on_refused: Callable[[], None]) -> None:
        """Send, and hear of a refusal."""
        ...


class Outside(Protocol):
    """How a number outside is dialled."""

    @property
    def caller_id(self) -> str:
        """The centre's own number as telephones outside show it; empty where the trunk sets it."""
        ...

    def dial_string(self, number: str) -> str | None:
        """Asterisk's technology/resource for E.164 `number`; None when no trunk may carry it."""
        ...


SideLine = TypeVar("SideLine", bound="Line")


class LineTalk:
    """A conversation; see `ivr.call.Talk`."""

    def __init__(self, line: "Line", over: "asyncio.Future[AgiAnswer]") -> None:
        """`over` is the answer of the command that holds the conversation."""
        self._line, self._over = line, over
        self._hold = line.hold = Hold(asyncio.get_running_loop().time)

    @property
    def held(self) -> timedelta:
        """By the agent's own hold key."""
        return self._hold.total

    async def on_hold(self) -> HoldingLeg:
        """The agent's leg, when the key that holds has brought it into AsyncAGI."""
        return await self._line.holding.get()

    async def ended(self) -> TalkEnd | Apart:
        """Who ended it: the caller if her channel is gone, else the agent, who may only have left her by a key."""
        try:
            answer = await asyncio.shield(self._over)
        except CallerHungUp:
            return TalkEnd.CALLER
        finally:
            self._line.talk_over()
        if self._line.hung_up:
            return TalkEnd.CALLER
        return await self._line.far_side() or (TalkEnd.UNKNOWN if answer is UNKNOWN else TalkEnd.AGENT)


class Line:
    """Implements `ivr.call.Call` for one channel. `take` is fed every event of the call, in order."""

    def __init__(
        self,
        wire: Wire,
        leg: Leg,
        *,
        caller: Caller,
        dialled: str,
        arrived_at: datetime,
        log: CallLog,
        prompts: Prompts,
        outside: Outside,
        ears: Ears | None = None,
        early: bool = False,
        switch_set_at: float = float("-inf"),
    ) -> None:
        """The channel is in AsyncAGI already. `switch_set_at` is when its switch was set, by the loop's time.

        `early`: it is not answered yet, and carries sound all the same.
        """
        self._early = early
        self._switch_set_at = switch_set_at
        self.leg = leg
        self._wire = wire
        self._caller, self._dialled, self._arrived_at = caller, dialled, arrived_at
        self._log = log
        self._prompts, self._outside = prompts, outside
        self._ears: Ears = ears or DEAF
        self._ear: Ear | None = None
        self._pending: dict[str, asyncio.Future[AgiAnswer]] = {}
        self._keys: deque[str] = deque(maxlen=MOST_KEYS_AHEAD)
        self._waiting: list[asyncio.Future[None]] = []  # for a key, for words, or for Read to end
        self._to_remember: dict[str, str] = {}
        self._gone = asyncio.Event()
        self.last_key_at = float("-inf")
        """By the loop's time."""
        self._superseded = False
        self._left_agi = False
        self.attempt = ""
        """The attempt at a promise whose person this is; Asterisk remembers that she was connected."""
        self.on_talk: Callable[[], None] = _nobody_listens
        """Called when whoever was rung has picked up."""
        self.hung_up = False
        """Somebody ended this channel: the far side, or we."""
        self.lost = False
        """Nobody did: Asterisk itself ended."""
        self._has_music = False
        self._music_soon: asyncio.TimerHandle | None = None
        self._ringing: Ringing | None = None
        self._talking = False
        self.partner: Leg | None = None
        """The leg of the last who picked up for her."""
        self.sides: list[Line] = []
        """Legs of agents that are out of the conversation; they are fed every event of the call too."""
        self.holding: asyncio.Queue[HoldingLeg] = asyncio.Queue()
        """An agent's leg that holds her."""
        self.apart: asyncio.Queue[Apart] = asyncio.Queue()
        """An agent's leg that has left her."""
        self._partner_gone = asyncio.Event()
        self._passed: asyncio.Queue[Leg] = asyncio.Queue()
        self.hold: Hold | None = None

    # ---- who and when

    @property
    def id(self) -> CallId:
        """The linked id."""
        return self._log.record.id

    @property
    def caller(self) -> Caller:
        """Who calls."""
        return self._caller

    def called(self, number: str) -> None:
        """The centre has called her, at this number (E.164): her channel does not tell it."""
        self._caller = Caller(number)

    @property
    def dialled(self) -> str:
        """The centre's number she dialled."""
        return self._dialled

    @property
    def arrived_at(self) -> datetime:
        """When Asterisk made the channel, in UTC."""
        return self._arrived_at

    @property
    def log(self) -> CallLog:
        """The call's record and trace."""
        return self._log

    @property
    def gone(self) -> bool:
        """The channel ended, or left for the fallback: nothing more can be done with it."""
        return self._gone.is_set() or self._left_agi or self.hung_up

    @property
    def went_to_fallback(self) -> bool:
        """The channel lives, and left the controller for the dialplan: the switch fired."""
        return self._left_agi and not self.hung_up and not self._gone.is_set()

    @property
    def switch_off(self) -> bool:
        """While a telephone rings or people talk the dead-man's switch must not run."""
        return self._ringing is not None or self._talking

    # ---- what flows ask

    @property
    def heard_unanswered(self) -> bool:
        """Whether her trunk carries sound before the answer."""
        return self._early

    async def say_unanswered(self, *phrases: Phrase, in_: Language, stays: timedelta) -> None:
        """Progress, then Read, which with `n` does not answer."""
        sounds = await self._sounds(phrases, in_)
        self._log.note("said unanswered", keys=" ".join(said.key for said in phrases), language=in_)
        await self._run("EXEC Progress")
        *before, last = _in_lines(sounds)
        for part in before:
            await self._read(part, NO_WAIT, "n")
        await self._read(last, stays.total_seconds(), "n")

    async def answer(self) -> None:
        """Pick up."""
        await self._run("ANSWER")
        self._log.set(answered_at=self._log.now())
        self._log.note("answered")

    async def say(self, *phrases: Phrase, in_: Language) -> None:
        """Play to the end. When cancelled, what plays is cut.

        A command for each file: a cut ends only the file that plays, and Playback would go on with its next.
        """
        sounds = await self._sounds(phrases, in_)
        self._log.note("said", keys=" ".join(said.key for said in phrases), language=in_)
        for sound in sounds:
            await self._run_or_cut(f"EXEC Playback {sound}")

    async def ask(self, question: Question, in_: Language | None = None) -> Heard:
        """Keys pressed ahead answer at once; else the first key, or words that choose, silence the question."""
        words: Words | None = None
        if not self._keys:
            language = in_ or self._log.record.language or Language.ARABIC
            sounds = await self._sounds(question.phrases, language)
            self._log.note("asked", keys=" ".join(said.key for said in question.phrases), language=in_ or "")
            *before, last = _in_lines(sounds)
            self._listen(question, language)
            try:
                for part in before:
                    await self._read(part, NO_WAIT)
                    if self._answered:
                        break
                else:
                    await self._read(last, question.first_key.total_seconds())
                words = await self._heard_out()
            except asyncio.CancelledError:
                self._cut()
                raise
            finally:
                self._stop_listening()
        if not self._keys:
            return words or Silence()
        if question.most == 1:
            return Keys(self._take_key())
        return await self._number(question)

    async def record(self, to: str, at_most: timedelta, silence: timedelta) -> None:
        """A tone, then RECORD FILE. Keys pressed before its end are no answer to what follows."""
        self._has_music = False
        for command in (f"EXEC Playtones {TONE}", f"EXEC Wait {TONE_SECONDS}"):
            await self._run(command)
        milliseconds, seconds = at_most // timedelta(milliseconds=1), silence // timedelta(seconds=1)
        await self._run(f'RECORD FILE "{to}" wav # {milliseconds} s={seconds}')
        while self._keys and self._keys.popleft() != "#":
            pass

    def understands(self, language: Language) -> bool:
        """Whether she may speak."""
        return self._ears.understands(language)

    async def music(self) -> None:
        """Music on hold, a moment later, unless something is said to her first. While it plays nothing is sent."""
        self._must_live()
        if not self._has_music:
            self._has_music = True
            if self._music_soon is not None:
                self._music_soon.cancel()
            self._music_soon = asyncio.get_running_loop().call_later(MUSIC_AFTER, self._begin_music)

    def _begin_music(self) -> None:
        self._music_soon = None
        if self._has_music and not self.gone:
            self._start("SET MUSIC ON default", wake=False)  # her next frame is soon enough

    async def next_key(self) -> str:
        """The next key, keyed ahead or to come."""
        while not self._keys:
            self._must_live()
            await self._news()
        return self._take_key()

    def give_back(self, key: str) -> None:
        """As if it had just been keyed ahead."""
        self._keys.appendleft(key)

    async def ring(self, whom: AgentPhone | Person, at_most: timedelta) -> LineTalk | Missed:
        """Dial inside a gosub whose end brings the channel back here."""
        seconds = max(1, round(at_most.total_seconds()))
        target, options = await self._target(whom)
        if target is None:
            self._log.note("no trunk for this number")
            return Missed(MissReason.UNREACHABLE, dialled=False)
        ringing = self._ringing = Ringing(BY_PERSON if isinstance(whom, Person) else BY_AGENT)
        self._has_music = False
        # Nothing goes before an agent's ringing; that a person is dialled must be remembered before she is.
        over = self._start(self._dial(whom, target, seconds, options), first=isinstance(whom, AgentPhone))
        over.add_done_callback(ringing.dial_over)
        try:
            answered = await ringing.answered
            if not answered and ringing.called is not None and not self.gone and over.result() is not UNKNOWN:
                await asyncio.wait({ringing.leg_over}, timeout=LEG_GONE_WITHIN)
        finally:
            self._ringing = None
            if not ringing.answered.done() or ringing.answered.cancelled():
                self._hang_up_leg(ringing.called)
        if answered and ringing.withdrawn:  # both at once: the leg that answered was hung up all the same
            await asyncio.wait({over})
        elif answered:
            self.on_talk()
            self._talking = True
            self._meets(ringing.called)
            self._keys.clear()
            return LineTalk(self, over)
        self._must_live()
        answer = over.result()  # a refusal of the command is not the agent's
        # Without a leg Asterisk found no way to dial, unless the news of it were lost.
        dialled = ringing.called is not None or answer is UNKNOWN
        return Missed(MissReason.CALLER_GONE if ringing.withdrawn else ringing.why, dialled)

    async def take_over(self, within: timedelta) -> LineTalk | None:
        """Bridge inside a gosub, as `ring` dials; the leg comes by itself when the agent who consulted it has left."""
        leg = await self._who_comes(within)
        return None if leg is None else self._joined(leg)

    async def third(self, within: timedelta) -> "Line | None":
        """A line of his own for the leg that comes."""
        leg = await self._who_comes(within)
        return None if leg is None else self.beside(Line, leg)

    async def _who_comes(self, within: timedelta) -> Leg | None:
        try:
            async with asyncio.timeout(within.total_seconds()):
                leg = await self._passed.get()
        except TimeoutError:
            return None
        if self.gone:
            self._hang_up_leg(leg)
        self._must_live()
        return leg

    async def stay_with(self, her: Call) -> None:
        """ChanSpy: `B` has both hear him, `b` waits until there are two. Again, where a key of his ended it.

        In no gosub, out of which `Bridge` could not take him; his switch is pushed as ever.
        """
        assert isinstance(her, Line)
        while not her.gone:
            await self._run(f"EXEC ChanSpy {her.leg.unique},uqbBES")

    async def join(self, leg: AgentLeg | ThirdLeg) -> LineTalk:
        """The same with the leg of an agent who had left her."""
        self._must_live()
        assert isinstance(leg, Line)
        self.sides.remove(leg)
        return self._joined(leg.leg)

    def _joined(self, leg: Leg) -> LineTalk:
        self._has_music = False
        self._meets(leg)
        self._talking = True
        return LineTalk(self, self._start(f"GOSUB {names.JOIN} s 1 {leg.channel}", wake=False))

    @property
    def _partner_id(self) -> str | None:
        return None if self.partner is None else self.partner.unique

    def _meets(self, partner: Leg | None) -> None:
        self.partner = partner
        self._partner_gone.clear()

    async def far_side(self) -> Apart | None:
        """The conversation is over: whether the agent has left it by a key. His leg comes or goes then."""
        if self.partner is None:
            return None
        comes = asyncio.ensure_future(self.apart.get())
        goes = asyncio.ensure_future(self._partner_gone.wait())
        try:
            await asyncio.wait({comes, goes}, timeout=FATE_WITHIN, return_when=asyncio.FIRST_COMPLETED)
            return comes.result() if comes.done() else None
        finally:
            comes.cancel()
            goes.cancel()

    @property
    def in_talk(self) -> bool:
        """Whether she is in a conversation."""
        return self._talking

    def beside(self, kind: type[SideLine], leg: Leg) -> SideLine:
        """Another leg of this call, with its record and prompts; it is fed the call's events until it is gone."""
        self.sides = [side for side in self.sides if not side.gone and side.leg.unique != leg.unique]
        side = kind(
            self._wire,
            leg,
            caller=self._caller,
            dialled=self._dialled,
            arrived_at=self._arrived_at,
            log=self._log,
            prompts=self._prompts,
            outside=self._outside,
            switch_set_at=asyncio.get_running_loop().time(),
        )
        self.sides.append(side)
        return side

    async def overhear(self, leg: str, *, beep: bool) -> None:
        """ChanSpy: `u` takes a unique id, `d` its keys 4, 5 and 6; `q` says nothing, `E` and `S` end with the talk."""
        if beep:
            self._wire.post(
                "Originate",
                {
                    "Channel": f"Local/tone@{names.BEEP}/n",
                    "Context": names.BEEP,
                    "Exten": "s",
                    "Priority": "1",
                    "Async": "true",
                    "Variable": f"{names.V_LISTENED}={leg}",
                },
            )
        await self._run_or_cut(f"EXEC ChanSpy {leg},uqdES")

    def passed(self, leg: Leg) -> None:
        """Whom an agent consulted waits to be joined with the caller."""
        if self.gone:
            self._hang_up_leg(leg)
        else:
            self._passed.put_nowait(leg)

    async def withdraw(self) -> None:
        """Hang up the telephone that rings for this call; the caller stays."""
        self.withdraw_now()

    def withdraw_now(self) -> None:
        """`withdraw`, for whoever cannot wait."""
        if self._ringing is not None:
            self._ringing.withdrawn = True
            self._hang_up_leg(self._ringing.called)

    async def remember(self, **facts: str) -> None:
        """Channel variables `MWK_<NAME>`; they outlive this process.

        They go before the next command, and those of one moment as one action.
        """
        if not self._to_remember:
            asyncio.get_running_loop().call_soon(self._write_down)
        self._to_remember |= {f"MWK_{name.upper()}": value for name, value in facts.items()}

    def _write_down(self) -> None:
        variables, self._to_remember = self._to_remember, {}
        if len(variables) > 1 and all(map(LISTABLE.fullmatch, variables.values())):
            self._set(f"ARRAY({','.join(variables)})", ",".join(variables.values()))
            return
        for name, value in variables.items():
            self._set(name, value)

    async def hang_up(self) -> None:
        """Ask Asterisk to end the channel and wait, within reason, until it has."""
        if self._gone.is_set():
            return
        if not self.hung_up:
            self._wire.post("Hangup", {"Channel": self.leg.channel, "Cause": "16"})
        try:
            async with asyncio.timeout(HANG_UP_WITHIN.total_seconds()):
                await self._gone.wait()
        except TimeoutError:
            self._log.note("hang-up not confirmed")

    async def ended(self) -> bool:
        """Wait until the channel is gone; False when another line has it instead."""
        await self._gone.wait()
        return not self._superseded

    def supersede(self) -> None:
        """The channel came back from the fallback and has a new line."""
        self._superseded = True
        self.close()

    # ---- what Asterisk tells

    def take(self, event: PbxEvent) -> None:
        """One event of this call; called in the order of arrival."""
        for side in self.sides:
            side.take(event)
        if isinstance(event, LegGone | HangUpAsked) and event.leg.unique == self._partner_id:
            self._partner_gone.set()
        match event:
            case KeyPressed(leg=leg, key=key) if leg.unique == self.leg.unique:
                self.last_key_at = asyncio.get_running_loop().time()
                if not self._talking or self.keys_in_talk:
                    self._keys.append(key)
                    self._wake()
            case AgiDone(command=command, result=result):
                pending = self._pending.pop(command, None)
                if pending is not None and not pending.done():
                    pending.set_result(parse_answer(result))
            case DialBegan(caller=caller, called=called) if caller.unique == self.leg.unique:
                self._dialling(called)
            case DialEnded(caller=caller, status=status) if caller.unique == self.leg.unique:
                if self._ringing is not None:
                    self._ringing.dial_ended(status)
            case LegGone(leg=leg) if leg.unique == self.leg.unique:
                self.close()
            case LegGone(leg=leg, cause=cause, sip=sip) if self._ringing is not None:
                self._ringing.leg_gone(leg, cause, sip)
            case AgiEnded(leg=leg) if leg.unique == self.leg.unique:
                self._left_agi = True
                self._fail_pending()
            case HangUpAsked(leg=leg, by_pbx=by_pbx) if leg.unique == self.leg.unique:
                self.lost = self.lost or (by_pbx and not self.hung_up)
                self.hung_up = True
                self._fail_pending()
            case HoldPressed(leg=leg, on=on) if (
                self.partner is not None and leg.unique == self.partner.unique
            ):
                if self.hold is not None:
                    self.hold.press(on)
            case _:
                pass

    def lose(self) -> None:
        """The channel went with the whole telephone exchange: nobody hung up."""
        self.lost = True
        self._log.note("lost with Asterisk")
        self.close()

    def close(self) -> None:
        """The channel is gone: whatever waits on it fails now, and who waited for her or has left her is let go."""
        self._gone.set()
        while not self._passed.empty():
            self._hang_up_leg(self._passed.get_nowait())
        for side in self.sides:
            if not side.gone:
                self._hang_up_leg(side.leg)
        self._fail_pending()

    def dial_seen(self, dialled: Dialled | None) -> None:
        """What the channel was seen dialling after the link had been down: an answer may have been missed."""
        if self._ringing is not None and dialled is not None:
            self._ringing.called = self._ringing.called or dialled.called
            if dialled.connected:
                self._ringing.dial_ended("ANSWER")

    def answers_lost(self) -> None:
        """The link was down: answers of commands sent before may never come. Ask the channel to speak up.

        A NOOP behind them answers when they are over; then those still open are `UNKNOWN`.
        """
        open_before = [pending for pending in self._pending.values() if not pending.done()]
        if not open_before or self.gone:
            return

        def over(_: "asyncio.Future[AgiAnswer]") -> None:
            for pending in open_before:
                if not pending.done():
                    pending.set_result(UNKNOWN)

        self._start("NOOP", wake=not self.switch_off).add_done_callback(over)

    def talk_found(self) -> LineTalk:
        """A conversation that began under an earlier controller: a NOOP behind it answers when it ends."""
        self._talking = True
        return LineTalk(self, self._start("NOOP", wake=False))

    async def hush(self) -> None:
        """Cut what an earlier controller left playing, and wait until the channel takes commands."""
        self._cut()
        with contextlib.suppress(CallerHungUp):
            await self._run("NOOP")

    def push_switch(self) -> None:
        """Put the dead-man's switch off by its full time, unless that was done a moment ago."""
        for side in self.sides:
            side.push_switch()
        now = asyncio.get_running_loop().time()
        if not self.switch_off and not self.gone and now - self._switch_set_at > SWITCH_FRESH:
            self._switch_set_at = now
            self._set("TIMEOUT(absolute)", str(names.SWITCH_SECONDS))

    def talk_over(self) -> None:
        """The conversation ended; keys count again."""
        self._talking = False
        self._keys.clear()

    # ---- commands

    keys_in_talk = False
    """Whether keys count while this channel is in a conversation."""

    def _dial(self, whom: AgentPhone | Person, target: str, seconds: int, options: str) -> str:
        """The command that rings. An agent who talks with a caller has the keys of a conversation."""
        keys, shows = "", ""
        if isinstance(whom, AgentPhone):
            keys, shows = f"b({names.IN_TALK}^s^1)", f",{whom.shows}"
        return f'GOSUB {names.TALK} s 1 "{target},{seconds},{options}{keys}{shows}"'

    def _start(self, command: str, *, wake: bool = True, first: bool = False) -> "asyncio.Future[AgiAnswer]":
        """Send a command; the future has its answer, or `CallerHungUp`. Registered before it is sent.

        `first`: before what is to be remembered, too.

        A channel in a conversation, or on its way into one, is not woken: the other telephone would be told, and does
        not understand.
        """
        future: asyncio.Future[AgiAnswer] = asyncio.get_running_loop().create_future()
        if self.gone:
            _fail(future)
            return future
        command_id = f"{SECRET}-{next(_numbers)}"
        self._pending[command_id] = future
        if self._to_remember and not first:
            self._write_down()
        headers = {"Channel": self.leg.channel, "Command": command, "CommandID": command_id}
        self._wire.post_watched("AGI", headers, lambda: self._refused(command_id))
        if wake:
            self._wire.post("ControlPlayback", {"Channel": self.leg.channel, "Control": "reverse"})
        return future

    def _refused(self, command_id: str) -> None:
        """The channel is gone, or not in AsyncAGI: the events that say so are on their way or were missed."""
        pending = self._pending.pop(command_id, None)
        if pending is not None:
            _fail(pending)

    async def _run(self, command: str) -> AgiAnswer:
        return await self._start(command)

    async def _run_or_cut(self, command: str) -> None:
        self._has_music = False
        try:
            await self._run(command)
        except asyncio.CancelledError:
            self._cut()
            raise

    def _cut(self) -> None:
        if not self.gone:
            self._wire.post("ControlPlayback", {"Channel": self.leg.channel, "Control": "stop"})

    def _set(self, variable: str, value: str) -> None:
        if not self.gone:
            self._wire.post("Setvar", {"Channel": self.leg.channel, "Variable": variable, "Value": value})

    def _hang_up_leg(self, leg: Leg | None) -> None:
        if leg is not None:
            self._wire.post("Hangup", {"Channel": leg.channel, "Cause": "16"})

    def _must_live(self) -> None:
        if self.gone:
            raise CallerHungUp

    def _fail_pending(self) -> None:
        pending, self._pending = self._pending, {}
        for future in pending.values():
            _fail(future)
        self._wake()

    # ---- keys and sounds

    async def _read(self, sounds: str, seconds: float, options: str = "") -> None:
        """Play, then wait `seconds`, unless a key comes: keys are taken from events, Read only plays and stops."""
        if self._keys:  # keyed while the sounds were being made
            return
        self._has_music = False
        reading = self._start(f"EXEC Read MWK_READ,{sounds},1,{options},1,{seconds:g}")
        late: list[asyncio.TimerHandle] = []

        def cut() -> None:
            """A cut ends only the file that plays, and Read goes on with its next: again until it has ended."""
            self._cut()
            cut_later()

        def cut_later() -> None:
            late[:] = [asyncio.get_running_loop().call_later(READ_ENDS_WITHIN, cut)]

        def ended(_: object) -> None:
            for timer in late:
                timer.cancel()
            self._wake()

        reading.add_done_callback(ended)
        while not self._answered and not reading.done():
            await self._news()
        self._must_live()
        if reading.done():
            reading.result()  # a refusal is no silence
        elif not self._keys:  # words do not end Read
            cut()
        else:
            # A key that comes just before Read begins does not stop it: the old question would be heard to its end.
            cut_later()

    def _news(self) -> "asyncio.Future[None]":
        """Done when a key or words come, when a Read ends, and when the channel is gone."""
        news: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting = [other for other in self._waiting if not other.done()]
        self._waiting.append(news)
        return news

    def _wake(self) -> None:
        for news in self._waiting:
            if not news.done():
                news.set_result(None)

    # ---- words

    @property
    def _answered(self) -> bool:
        return bool(self._keys) or (self._ear is not None and self._ear.answer is not None)

    def _listen(self, question: Question, language: Language) -> None:
        if question.may_say and not self._keys:
            self._ear = self._ears.open(self.leg, question.may_say, language, self._wake)

    def _stop_listening(self) -> None:
        ear, self._ear = self._ear, None
        if ear is not None:
            ear.close()

    async def _heard_out(self) -> Words | None:
        """What she said. Who speaks as the time is up is heard to her end, within reason; a key still wins."""
        ear = self._ear
        if ear is None:
            return None
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(SPEAKS_ON):
                while ear.speaking and not self._answered:
                    self._must_live()
                    await self._news()
        return ear.verdict()

    # ---- numbers

    async def _number(self, question: Question) -> Heard:
        """Digits until `#`, `most` of them, or a silence between two."""
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

    def _take_key(self) -> str:
        self._must_live()
        return self._keys.popleft()

    async def _sounds(self, phrases: tuple[Phrase, ...], language: Language) -> list[str]:
        """Files to play. A phrase without sound is left out and recorded: the call goes on."""
        if not any(wanted.sound for wanted in phrases):
            with contextlib.suppress(PromptMissing):
                return list(await self._prompts.sounds(language, *phrases))
        sounds: list[str] = []
        for wanted in phrases:
            if wanted.sound:
                sounds.append(wanted.sound)
                continue
            try:
                sounds += await self._prompts.sounds(wanted.language or language, wanted)
            except PromptMissing:
                self._log.note("prompt missing", key=wanted.key, language=wanted.language or language)
        return sounds

    async def _target(self, whom: AgentPhone | Person) -> tuple[str | None, str]:
        match whom:
            case AgentPhone(agent=agent, telephone=telephone, hears=hears):
                whisper = await self._whisper(hears, agent.languages[0])
                return f"PJSIP/{telephone or agent.extension}", f"m(default){whisper}"
            case Person(number=number, hears=hears, language=language, attempt=attempt):
                sounds = await self._sounds((hears,), language)
                said = f"A({sounds[0]})" if sounds else ""
                shown = f"f({self._outside.caller_id})" if self._outside.caller_id else ""
                reached = _reached(attempt) if attempt else ""
                return self._outside.dial_string(number), said + shown + reached

    async def _whisper(self, hears: tuple[Phrase, ...], language: Language) -> str:
        """The option of Dial that says to who picks up as much of it, from the beginning, as takes little time."""
        sounds, seconds = "", 0.0
        for sound in await self._sounds(hears, language):
            seconds += _seconds(sound)
            longer = f"{sounds}&{sound}" if sounds else sound
            if seconds > LONGEST_WHISPER or len(longer.encode()) > LONGEST_LINE:
                break
            sounds = longer
        if not sounds:
            return _reached(self.attempt) if self.attempt else ""
        remembered = f"^{names.reached_as(self.attempt)}^{self.attempt}" if self.attempt else ""
        return f"U({names.WHISPER}^{sounds}{remembered})"

    def _dialling(self, called: Leg) -> None:
        if self._ringing is not None:
            self._ringing.called = called
            if self._ringing.withdrawn:
                self._hang_up_leg(called)


def _in_lines(sounds: list[str]) -> list[str]:
    """File names joined with `&`, in as few pieces as fit into a command; one empty piece for none."""
    lines = [""]
    for sound in sounds:
        joined = f"{lines[-1]}&{sound}" if lines[-1] else sound
        if len(joined.encode()) > LONGEST_LINE and lines[-1]:
            lines.append(sound)
        else:
            lines[-1] = joined
    return lines


def _seconds(sound: str) -> float:
    """How long a sound file lasts, 8 kHz with 16 bits; for ever when it is not there."""
    try:
        return os.stat(f"{sound}.wav").st_size / 16000
    except OSError:
        return float("inf")


def _fail(future: "asyncio.Future[AgiAnswer]") -> None:
    """The caller hung up. Where nobody awaits the answer any more, that is no error of the event loop's."""
    if not future.done():
        future.set_exception(CallerHungUp())
        future.exception()


def _reached(attempt: str) -> str:
    """The option of Dial by which Asterisk remembers that this attempt connected her."""
    return f"U({names.REACHED}^{names.reached_as(attempt)}^{attempt})"


def _nobody_listens() -> None:
    """Nobody wants to know."""
