"""One caller's channel as `ivr.Call`: its parts put together, and every event taken to the part that it is for."""

import asyncio
import contextlib
from datetime import datetime, timedelta
from typing import TypeVar

from dialplan import names
from ivr.call import AgentLeg, Call, CallerHungUp, ThirdLeg
from ivr.call_log import CallLog
from ivr.prompts import Prompts
from pbx.asking import Asking
from pbx.commands import Commands, Wire
from pbx.dialling import Dialling, Outside
from pbx.events import AgiDone, AgiEnded, HangUpAsked, KeyPressed, Leg, LegGone, PbxEvent
from pbx.keypad import Keypad
from pbx.listening import DEAF, Ears
from pbx.playing import Music, Playing
from pbx.sounds import Sounds
from pbx.talks import LineTalk, Talks
from routing.model import Caller, CallId

SWITCH_FRESH = 3.0
"""Seconds in which a switch needs no push; with the time between two pushes it stays well under its own."""
HANG_UP_WITHIN = timedelta(seconds=5)  # for Asterisk to confirm a hang-up

SideLine = TypeVar("SideLine", bound="Line")


class Line:
    """Implements `ivr.call.Call` for one channel. `take` is fed every event of the call, in order."""

    kind_of_talks = Talks

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
        self.leg = leg
        self._wire, self._prompts, self._outside = wire, prompts, outside
        self._caller, self._dialled, self._arrived_at = caller, dialled, arrived_at
        self._log, self._early, self._switch_set_at = log, early, switch_set_at
        ears = ears or DEAF
        self._commands = commands = Commands(wire, leg)
        self._keys = keypad = Keypad(commands.must_live)
        sounds, music = Sounds(prompts, log), Music(commands)
        asking = Asking(commands, keypad, sounds, music, ears, log)
        playing = Playing(commands, keypad, sounds, music, log)
        self.talks = talks = self.kind_of_talks(commands, keypad, music, Dialling(sounds, outside), log)
        self.lost = False
        """Nobody ended this channel: Asterisk itself ended."""
        self.sides: list[Line] = []
        """Legs of agents that are out of the conversation; they are fed every event of the call too."""
        self._superseded = False

        # What flows ask of a call, by the part that does it.
        self.say, self.record, self.music = playing.say, playing.record, music.begin
        self.ask, self.say_unanswered, self.understands = asking.ask, asking.say_unanswered, ears.understands
        self.next_key, self.give_back = keypad.next, keypad.give_back
        self.ring, self.withdraw, self.withdraw_now = talks.ring, talks.withdraw, talks.withdraw_now
        self.take_over, self.overhear, self.talk_found = talks.take_over, talks.overhear, talks.found
        self.remember, self.keeps_promise = commands.remember, talks.keeps_promise

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
    def heard_unanswered(self) -> bool:
        """Whether her trunk carries sound before the answer."""
        return self._early

    @property
    def last_key_at(self) -> float:
        """By the loop's time."""
        return self._keys.last_at

    @property
    def hung_up(self) -> bool:
        """Somebody ended this channel: the far side, or we."""
        return self._commands.hung_up

    @property
    def gone(self) -> bool:
        """The channel ended, or left for the fallback: nothing more can be done with it."""
        return self._commands.gone

    @property
    def went_to_fallback(self) -> bool:
        """The channel lives, and left the controller for the dialplan: the switch fired."""
        commands = self._commands
        return commands.left_agi and not commands.hung_up and not commands.closed.is_set()

    # ---- its beginning and end

    async def answer(self) -> None:
        """Pick up."""
        await self._commands.run("ANSWER")
        self._log.set(answered_at=self._log.now())
        self._log.note("answered")

    async def hang_up(self) -> None:
        """Ask Asterisk to end the channel and wait, within reason, until it has."""
        closed = self._commands.closed
        if closed.is_set():
            return
        if not self.hung_up:
            self._commands.end(self.leg)
        try:
            async with asyncio.timeout(HANG_UP_WITHIN.total_seconds()):
                await closed.wait()
        except TimeoutError:
            self._log.note("hang-up not confirmed")

    async def ended(self) -> bool:
        """Wait until the channel is gone; False when another line has it instead."""
        await self._commands.closed.wait()
        return not self._superseded

    def supersede(self) -> None:
        """The channel came back from the fallback and has a new line."""
        self._superseded = True
        self.close()

    # ---- other legs of the call

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

    async def join(self, leg: AgentLeg | ThirdLeg) -> LineTalk:
        """Bridge with the leg of an agent who had left her."""
        self._commands.must_live()
        assert isinstance(leg, Line)
        self.sides.remove(leg)
        return self.talks.joined(leg.leg)

    async def third(self, within: timedelta) -> "Line | None":
        """A line of his own for the leg that comes."""
        leg = await self.talks.who_comes(within)
        return None if leg is None else self.beside(Line, leg)

    async def stay_with(self, her: Call) -> None:
        """ChanSpy: `B` has both hear him, `b` waits until there are two. Again, where a key of his ended it.

        In no gosub, out of which `Bridge` could not take him; his switch is pushed as ever.
        """
        assert isinstance(her, Line)
        while not her.gone:
            await self._commands.run(f"EXEC ChanSpy {her.leg.unique},uqbBES")

    # ---- what Asterisk tells

    def take(self, event: PbxEvent) -> None:
        """One event of this call; called in the order of arrival."""
        for side in self.sides:
            side.take(event)
        match event:
            case KeyPressed(leg=leg, key=key) if leg.unique == self.leg.unique:
                self._keys.last_at = asyncio.get_running_loop().time()
                if not self.talks.talking or self.talks.keys_count:
                    self._keys.pressed(key)
            case AgiDone():
                self._commands.answered(event)
            case LegGone(leg=leg) if leg.unique == self.leg.unique:
                self.close()
            case AgiEnded(leg=leg) if leg.unique == self.leg.unique:
                self._commands.left_agi = True
                self._let_go()
            case HangUpAsked(leg=leg, by_pbx=by_pbx) if leg.unique == self.leg.unique:
                self.lost = self.lost or (by_pbx and not self.hung_up)
                self._commands.hung_up = True
                self._let_go()
            case _:
                self.talks.take(event)

    def lose(self) -> None:
        """The channel went with the whole telephone exchange: nobody hung up."""
        self.lost = True
        self._log.note("lost with Asterisk")
        self.close()

    def close(self) -> None:
        """The channel is gone: whatever waits on it fails now, and who waited for her or has left her is let go."""
        self._commands.closed.set()
        self.talks.close()
        for side in self.sides:
            if not side.gone:
                self._commands.end(side.leg)
        self._let_go()

    def _let_go(self) -> None:
        self._commands.fail()
        self._keys.wake()

    # ---- after a silence of the link, or of an earlier controller

    def answers_lost(self) -> None:
        """Answers of commands sent before may never come."""
        self._commands.answers_lost(wake=not self.talks.busy)

    async def hush(self) -> None:
        """Cut what an earlier controller left playing, and wait until the channel takes commands."""
        self._commands.cut()
        with contextlib.suppress(CallerHungUp):
            await self._commands.run("NOOP")

    def push_switch(self) -> None:
        """Put the dead-man's switch off by its full time, unless that was done a moment ago.

        While a telephone rings or people talk it must not run.
        """
        for side in self.sides:
            side.push_switch()
        now = asyncio.get_running_loop().time()
        if not self.talks.busy and not self.gone and now - self._switch_set_at > SWITCH_FRESH:
            self._switch_set_at = now
            self._commands.set("TIMEOUT(absolute)", str(names.SWITCH_SECONDS))
