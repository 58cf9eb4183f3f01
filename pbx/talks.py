"""Conversations of a caller's channel: a telephone is rung, or a leg that waits is bridged; who ended it, and how.

Each is one command, a gosub whose end brings the channel back into AsyncAGI.
"""

import asyncio
from collections.abc import Callable
from datetime import timedelta

from dialplan import names
from ivr.call import AgentPhone, Apart, CallerHungUp, HoldingLeg, Missed, Person, TalkEnd
from ivr.call_log import CallLog
from ivr.mailbox import Mailbox
from pbx.agi import UNKNOWN, AgiAnswer
from pbx.channels import Dialled
from pbx.commands import Commands
from pbx.dialling import Dialling
from pbx.events import DialBegan, DialEnded, HangUpAsked, HoldPressed, Leg, LegGone, PbxEvent
from pbx.hold import Hold
from pbx.keypad import Keypad
from pbx.outcomes import BY_AGENT, BY_PERSON
from pbx.playing import Music
from pbx.ringing import LEG_GONE_WITHIN, Ringing
from routing.events import MissReason

FATE_WITHIN = 2.0
"""Seconds after a conversation for the news of the agent's leg, which comes in the same moment."""


class LineTalk:
    """A conversation; see `ivr.call.Talk`."""

    def __init__(self, talks: "Talks", over: "asyncio.Future[AgiAnswer]") -> None:
        """`over` is the answer of the command that holds the conversation."""
        self._talks, self._over = talks, over
        self._hold = Hold(asyncio.get_running_loop().time)
        talks.begun(self._hold)

    @property
    def held(self) -> timedelta:
        """By the agent's own hold key."""
        return self._hold.total

    async def on_hold(self) -> HoldingLeg:
        """The agent's leg, when the key that holds has brought it into AsyncAGI."""
        return await self._talks.holding.get()

    async def ended(self) -> TalkEnd | Apart:
        """Who ended it: the caller if her channel is gone, else the agent, who may only have left her by a key."""
        try:
            answer = await asyncio.shield(self._over)
        except CallerHungUp:
            return TalkEnd.CALLER
        finally:
            self._talks.over()
        if self._talks.caller_hung_up:
            return TalkEnd.CALLER
        return await self._talks.far_side() or (TalkEnd.UNKNOWN if answer is UNKNOWN else TalkEnd.AGENT)


class Talks:
    """One channel's. `take` is fed the events that are not of the channel's own life."""

    keys_count = False
    """Whether keys pressed in a conversation are kept for the next question."""
    picked_up = names.IN_TALK
    """The gosub of the leg of an agent who has picked up."""

    def __init__(
        self, commands: Commands, keypad: Keypad, music: Music, dialling: Dialling, log: CallLog
    ) -> None:
        """All of one call."""
        self._commands, self._keypad, self._music = commands, keypad, music
        self._dialling, self._log = dialling, log
        self._attempt = ""
        self._on_talk: Callable[[], None] = _nobody_listens
        self.talking = False
        self.partner: Leg | None = None
        """The leg of the last who picked up for her."""
        self.rang_outside = False
        """Whether the last who was rung is no agent."""
        self.holding: Mailbox[HoldingLeg] = Mailbox()
        """An agent's leg that holds her."""
        self.apart: Mailbox[Apart] = Mailbox()
        """An agent's leg that has left her."""
        self._passed: Mailbox[Leg] = Mailbox()
        self._partner_gone = asyncio.Event()
        self._ringing: Ringing | None = None
        self._hold: Hold | None = None

    @property
    def busy(self) -> bool:
        """A telephone rings, or people talk."""
        return self._ringing is not None or self.talking

    @property
    def caller_hung_up(self) -> bool:
        """Whether this channel was ended."""
        return self._commands.hung_up

    # ---- a telephone is rung

    def keeps_promise(self, attempt: str, on_talk: Callable[[], None]) -> None:
        """She is the person of this attempt at a promise: Asterisk remembers that she was connected.

        `on_talk` is called when whoever is rung for her has picked up.
        """
        self._attempt, self._on_talk = attempt, on_talk

    async def ring(self, whom: AgentPhone | Person, at_most: timedelta) -> LineTalk | Missed:
        """Dial inside a gosub whose end brings the channel back here."""
        seconds = max(1, round(at_most.total_seconds()))
        target, options = await self._dialling.target(whom, self._attempt, self.picked_up)
        if target is None:
            self._log.note("no trunk for this number")
            return Missed(MissReason.UNREACHABLE, dialled=False)
        self.rang_outside = isinstance(whom, Person)
        ringing = self._ringing = Ringing(BY_PERSON if self.rang_outside else BY_AGENT)
        self._music.over()
        # Nothing goes before an agent's ringing; that a person is dialled must be remembered before she is.
        over = self._commands.run(self._dial(whom, target, seconds, options), first=not self.rang_outside)
        over.add_done_callback(ringing.dial_over)
        try:
            answered = await ringing.answered
            may_say_why = not answered and ringing.called is not None and not self._commands.gone
            if may_say_why and over.result() is not UNKNOWN:
                await asyncio.wait({ringing.leg_over}, timeout=LEG_GONE_WITHIN)
        finally:
            self._ringing = None
            if not ringing.answered.done() or ringing.answered.cancelled():
                self._commands.end(ringing.called)
        if answered and ringing.withdrawn:  # both at once: the leg that answered was hung up all the same
            await asyncio.wait({over})
        elif answered:
            self._on_talk()
            self._meets(ringing.called)
            self._keypad.forget()
            return LineTalk(self, over)
        self._commands.must_live()
        answer = over.result()  # a refusal of the command is not the agent's
        # Without a leg Asterisk found no way to dial, unless the news of it were lost.
        dialled = ringing.called is not None or answer is UNKNOWN
        return Missed(MissReason.CALLER_GONE if ringing.withdrawn else ringing.why, dialled)

    def _dial(self, whom: AgentPhone | Person, target: str, seconds: int, options: str) -> str:
        """The command that rings."""
        shows = f",{whom.shows}" if isinstance(whom, AgentPhone) else ""
        return f'GOSUB {names.TALK} s 1 "{target},{seconds},{options}{shows}"'

    async def withdraw(self) -> None:
        """Hang up the telephone that rings for this call; the caller stays."""
        self.withdraw_now()

    def withdraw_now(self) -> None:
        """`withdraw`, for whoever cannot wait."""
        if self._ringing is not None:
            self._ringing.withdrawn = True
            self._commands.end(self._ringing.called)

    # ---- a leg that is there is joined

    def passed(self, leg: Leg) -> None:
        """Whom an agent consulted waits to be joined with the caller."""
        if self._commands.gone:
            self._commands.end(leg)
        else:
            self._passed.put(leg)

    async def who_comes(self, within: timedelta) -> Leg | None:
        """The leg that was passed on; None when none was in time."""
        try:
            async with asyncio.timeout(within.total_seconds()):
                leg = await self._passed.get()
        except TimeoutError:
            return None
        if self._commands.gone:
            self._commands.end(leg)
        self._commands.must_live()
        return leg

    async def take_over(self, within: timedelta) -> LineTalk | None:
        """Bridge inside a gosub, as `ring` dials; the leg comes by itself when the agent who consulted it has left."""
        leg = await self.who_comes(within)
        return None if leg is None else self.joined(leg)

    def joined(self, leg: Leg) -> LineTalk:
        """The same with a leg that is there."""
        self._music.over()
        self._meets(leg)
        return LineTalk(self, self._commands.run(f"GOSUB {names.JOIN} s 1 {leg.channel}", wake=False))

    def found(self) -> LineTalk:
        """A conversation that began under an earlier controller: a NOOP behind it answers when it ends."""
        return LineTalk(self, self._commands.run("NOOP", wake=False))

    async def overhear(self, leg: str, *, beep: bool) -> None:
        """ChanSpy: `u` takes a unique id, `d` its keys 4, 5 and 6; `q` says nothing, `E` and `S` end with the talk."""
        if beep:
            self._commands.wire.post(
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
        self._music.over()
        await self._commands.run_or_cut(f"EXEC ChanSpy {leg},uqdES")

    # ---- the far side

    def _meets(self, partner: Leg | None) -> None:
        self.partner = partner
        self._partner_gone.clear()

    def begun(self, hold: Hold) -> None:
        """They talk; `hold` is told of the hold key."""
        self.talking, self._hold = True, hold

    def over(self) -> None:
        """The conversation ended; keys count again."""
        self.talking = False
        self._keypad.forget()

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

    def close(self) -> None:
        """The channel is gone: who waited for her is let go."""
        for leg in self._passed.take_all():
            self._commands.end(leg)

    # ---- what Asterisk tells

    def take(self, event: PbxEvent) -> None:
        """One event of this call that is not of this channel's own life."""
        match event:
            case DialBegan(caller=caller, called=called) if caller.unique == self._commands.leg.unique:
                self._rings(called)
            case DialEnded(caller=caller, status=status) if caller.unique == self._commands.leg.unique:
                if self._ringing is not None:
                    self._ringing.dial_ended(status)
            case LegGone(leg=leg, cause=cause, sip=sip):
                self._partner_goes(leg)
                if self._ringing is not None:
                    self._ringing.leg_gone(leg, cause, sip)
            case HangUpAsked(leg=leg):
                self._partner_goes(leg)
            case HoldPressed(leg=leg, on=on) if self._is_partner(leg):
                if self._hold is not None:
                    self._hold.press(on)
            case _:
                pass

    def seen(self, dialled: Dialled | None) -> None:
        """What the channel was seen dialling after the link had been down: an answer may have been missed."""
        if self._ringing is not None and dialled is not None:
            self._ringing.called = self._ringing.called or dialled.called
            if dialled.connected:
                self._ringing.dial_ended("ANSWER")

    def _rings(self, called: Leg) -> None:
        if self._ringing is not None:
            self._ringing.called = called
            if self._ringing.withdrawn:
                self._commands.end(called)

    def _is_partner(self, leg: Leg) -> bool:
        return self.partner is not None and leg.unique == self.partner.unique

    def _partner_goes(self, leg: Leg) -> None:
        if self._is_partner(leg):
            self._partner_gone.set()


def _nobody_listens() -> None:
    """Nobody wants to know."""
