"""What one channel in AsyncAGI is told to do, and its answers.

A command is taken by the channel on its next frame, or after 100 ms. A `ControlPlayback` sent right behind it
wakes the channel, so that the next prompt follows a key almost at once (docs/adr/0001).
"""

import asyncio
import itertools
import re
import secrets
from collections.abc import Callable, Mapping
from typing import Protocol

from ivr.call import CallerHungUp
from pbx.agi import UNKNOWN, AgiAnswer, parse_answer
from pbx.events import AgiDone, Leg

LISTABLE = re.compile(r"[\w.:+-]*")  # what Asterisk's ARRAY takes as it is
SECRET = secrets.token_hex(8)  # makes the ids of commands such that nobody can guess them
_numbers = itertools.count(1)


class Wire(Protocol):
    """What a channel needs of the AMI link."""

    def post(self, action: str, headers: Mapping[str, str], /) -> None:
        """Send and forget."""
        ...

    def post_watched(self, action: str, headers: Mapping[str, str], on_refused: Callable[[], None]) -> None:
        """Send, and hear of a refusal."""
        ...


class Commands:
    """One channel: whether it can be told anything, what was, and what is still to be answered."""

    def __init__(self, wire: Wire, leg: Leg) -> None:
        """The channel is in AsyncAGI already."""
        self.wire, self.leg = wire, leg
        self.hung_up = False
        """Somebody ended this channel: the far side, or we."""
        self.left_agi = False
        """It is in the dialplan again."""
        self.closed = asyncio.Event()
        """Set when the channel is no more."""
        self._pending: dict[str, asyncio.Future[AgiAnswer]] = {}
        self._to_remember: dict[str, str] = {}

    # ---- commands

    def run(self, command: str, *, wake: bool = True, first: bool = False) -> "asyncio.Future[AgiAnswer]":
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
        self.wire.post_watched("AGI", headers, lambda: self._refused(command_id))
        if wake:
            self.wire.post("ControlPlayback", {"Channel": self.leg.channel, "Control": "reverse"})
        return future

    async def run_or_cut(self, command: str) -> None:
        """Until it is over. When cancelled, what plays is cut."""
        try:
            await self.run(command)
        except asyncio.CancelledError:
            self.cut()
            raise

    def cut(self) -> None:
        """Silence the file that plays."""
        if not self.gone:
            self.wire.post("ControlPlayback", {"Channel": self.leg.channel, "Control": "stop"})

    def set(self, variable: str, value: str) -> None:
        """A channel variable."""
        if not self.gone:
            self.wire.post("Setvar", {"Channel": self.leg.channel, "Variable": variable, "Value": value})

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
            self.set(f"ARRAY({','.join(variables)})", ",".join(variables.values()))
            return
        for name, value in variables.items():
            self.set(name, value)

    # ---- answers

    def answered(self, done: AgiDone) -> None:
        """The answer to a command of this channel's, or of another's."""
        pending = self._pending.pop(done.command, None)
        if pending is not None and not pending.done():
            pending.set_result(parse_answer(done.result))

    def answers_lost(self, *, wake: bool) -> None:
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

        self.run("NOOP", wake=wake).add_done_callback(over)

    def _refused(self, command_id: str) -> None:
        """The channel is gone, or not in AsyncAGI: the events that say so are on their way or were missed."""
        pending = self._pending.pop(command_id, None)
        if pending is not None:
            _fail(pending)

    # ---- its end

    @property
    def gone(self) -> bool:
        """The channel ended, or left for the fallback: nothing more can be done with it."""
        return self.closed.is_set() or self.left_agi or self.hung_up

    def must_live(self) -> None:
        """`CallerHungUp` when it does not."""
        if self.gone:
            raise CallerHungUp

    def fail(self) -> None:
        """Whoever awaits an answer is told that the caller has hung up."""
        pending, self._pending = self._pending, {}
        for future in pending.values():
            _fail(future)

    def end(self, leg: Leg | None) -> None:
        """Hang up a leg, this one or another, if there is one."""
        if leg is not None:
            self.wire.post("Hangup", {"Channel": leg.channel, "Cause": "16"})


def _fail(future: "asyncio.Future[AgiAnswer]") -> None:
    """The caller hung up. Where nobody awaits the answer any more, that is no error of the event loop's."""
    if not future.done():
        future.set_exception(CallerHungUp())
        future.exception()
