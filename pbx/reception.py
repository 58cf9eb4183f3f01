"""A new call: which flow it is for, and what is left of it when it ends.

One task per call. A flow that fails never strands its caller: her channel goes on in the dialplan's own fallback.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import structlog

from ivr.call_log import CallLog
from ivr.flows.agent_codes import agent_code
from ivr.flows.incoming import incoming
from ivr.flows.overhear import overhear
from ivr.flows.resume import resume
from ivr.flows.studio import studio
from ivr.flows.supervise import supervise
from ivr.office import Office
from ivr.prompts import Prompts
from ivr.supervision import Supervision
from pbx.aside import BESIDE, comes_beside
from pbx.channels import (
    NOTHING,
    Remembered,
    brought,
    dialled_by,
    in_fallback,
    remembered,
)
from pbx.dialling import Outside
from pbx.events import AgiEnded, AgiStarted, Leg, PbxEvent, linked_id
from pbx.first_record import first_record
from pbx.floor import TelephoneFloor
from pbx.found_calls import found, taken_back, talks, to_dialplan
from pbx.line import Line
from pbx.link import ActionRefused, ActionTimedOut, Link, LinkLost
from pbx.listening import Ears
from pbx.message import Message
from routing.model import AgentId, CallEnding, Caller, CallId
from routing.record import CallRecord, Recorder

log = structlog.get_logger()

PUSHED_TOGETHER = 5  # switches

LEFT = frozenset({CallEnding.ABANDONED, CallEnding.LEFT_IN_MENU})
"""Endings that say that the caller hung up."""

LegFlow = Callable[[Line], Awaitable[CallEnding]]
"""The flow of a leg that the centre placed itself."""
ResumeCallback = Callable[[Line, Remembered, bool], Awaitable[CallEnding]]
"""The line of the agent's leg, what it remembers, and whether the two are talking."""
Earlier = Callable[[CallId], Awaitable[CallRecord | None]]
"""The record that an earlier controller kept of a call, if it can be had quickly."""


class Reception:
    """Knows every call in AsyncAGI, by linked id, and hands each event to its line."""

    def __init__(
        self,
        office: Office,
        recorder: Recorder,
        prompts: Prompts,
        outside: Outside,
        earlier: Earlier,
        ears: Ears | None = None,
    ) -> None:
        """`use` sets the link and who resumes callbacks, before the first event."""
        self._office, self._recorder, self._prompts, self._outside = office, recorder, prompts, outside
        self._earlier, self._ears = earlier, ears
        self._link: Link | None = None
        self._resume_callback: ResumeCallback | None = None
        self._above: Supervision | None = None
        self.lines: dict[CallId, Line] = {}
        self.floor = TelephoneFloor(self.lines, self._telephone_of)
        self._tasks: dict[CallId, asyncio.Task[None]] = {}
        self._early: dict[CallId, list[PbxEvent]] = {}
        self._expected: dict[str, LegFlow] = {}
        self._pbx_started: str | None = None
        self.closing = False

    def use(self, link: Link, resume_callback: ResumeCallback) -> None:
        """The link that carries the lines' commands; and what goes on with a callback found after a restart."""
        self._link, self._resume_callback = link, resume_callback

    def supervised(self, above: Supervision) -> None:
        """What supervisors hear and change by telephone."""
        self._above = above

    @property
    def link(self) -> Link:
        """The link in use."""
        if self._link is None:
            raise RuntimeError("reception is used before its link")
        return self._link

    def expect(self, unique: str, flow: LegFlow) -> None:
        """When the leg with this channel id is answered, `flow` takes it."""
        self._expected[unique] = flow

    def forget(self, unique: str) -> None:
        """The leg will not come."""
        self._expected.pop(unique, None)

    def take(self, event: PbxEvent) -> None:
        """One event from Asterisk, in the order of arrival."""
        linked = linked_id(event)
        if linked is None:
            return
        call = CallId(linked)
        if isinstance(event, AgiStarted) and not BESIDE.isdisjoint(event.arguments[:1]):
            self._beside(call, event.leg, event.arguments)
            return
        if isinstance(event, AgiStarted):
            self._begin(call, event.leg, event.arguments)
            return
        line = self.lines.get(call)
        if line is not None:
            line.take(event)
        elif call in self._early:
            self._early[call].append(event)

    def find(self, leg: Leg, arguments: tuple[str, ...]) -> None:
        """A channel seen in AsyncAGI when the link came up; nothing if its line is known."""
        self._begin(CallId(leg.linked), leg, ("adopt", *arguments[1:]))

    def compare(self, channels: Sequence[Message], pbx_started: str = "") -> None:
        """Set the lines right by the rows of CoreShowChannels, after a time without the link.

        `pbx_started` is when this Asterisk began, in its own words.
        """
        restarted = self._pbx_started not in (None, pbx_started)
        self._pbx_started = pbx_started
        rows = {channel.get("Uniqueid"): channel for channel in channels}
        for line in list(self.lines.values()):
            row = rows.get(line.leg.unique)
            if row is None:
                if restarted:
                    line.lose()
                else:
                    line.close()
                continue
            if in_fallback(row):
                line.take(AgiEnded(line.leg))  # the switch fired while nobody listened
                continue
            line.talks.seen(dialled_by(line.leg, channels))
            line.answers_lost()
            for side in line.sides:
                if side.leg.unique in rows:
                    side.talks.seen(dialled_by(side.leg, channels))
                    side.answers_lost()
                else:
                    side.close()

    def has(self, leg: Leg) -> bool:
        """Whether the channel has a line."""
        line = self.lines.get(CallId(leg.linked))
        return line is not None and line.leg.unique == leg.unique

    def has_beside(self, leg: Leg) -> bool:
        """Whether the channel is an agent's beside a line that knows it."""
        line = self.lines.get(CallId(leg.linked))
        return line is not None and any(side.leg.unique == leg.unique for side in line.sides)

    def _beside(self, call: CallId, leg: Leg, arguments: tuple[str, ...]) -> None:
        """The leg of an agent who holds or left a caller, or of whom he consulted: part of a call, none itself.

        Without a line here it goes on in the dialplan: back into the conversation, or to its end.
        """
        line = self.lines.get(call)
        if line is None or not comes_beside(line, leg, arguments):
            to_dialplan(self.link, leg)

    # ---- one call

    def _begin(self, call: CallId, leg: Leg, arguments: tuple[str, ...]) -> None:
        if self.closing:
            return  # the switch leads her to the fallback
        line, running = self.lines.get(call), self._tasks.get(call)
        if line is not None and line.leg.unique == leg.unique and not line.went_to_fallback:
            return  # seen twice: by its event and by taking stock
        if line is None and running is not None and not running.done():
            return  # the same, a moment earlier
        if line is not None:
            line.supersede()
        self._early[call] = []
        task = asyncio.create_task(self._attend(call, leg, arguments, running), name=f"call {call}")
        self._tasks[call] = task
        task.add_done_callback(lambda done: self._left(call, done))

    def _left(self, call: CallId, done: "asyncio.Task[None]") -> None:
        if self._tasks.get(call) is done:
            del self._tasks[call]
            self._early.pop(call, None)
        if not done.cancelled() and done.exception() is not None:
            log.error("a call was not attended", call=call, exc_info=done.exception())

    async def _attend(
        self, call: CallId, leg: Leg, arguments: tuple[str, ...], earlier: "asyncio.Task[None] | None"
    ) -> None:
        if earlier is not None:
            # The same call was here before and went to the fallback: its first part has to close first.
            await asyncio.wait({earlier}, timeout=5)
        kind = arguments[0] if arguments else ""
        try:
            facts = brought(arguments) or await remembered(self.link, leg)
        except ActionRefused:
            log.info("a caller hung up before she could be greeted", call=call)
            self._record_lost(call, leg)
            return
        except (LinkLost, ActionTimedOut) as problem:
            # Her channel waits in AsyncAGI or goes to the fallback; she is found when the link is back.
            log.warning("a call could not be asked who it is", call=call, why=str(problem))
            return
        line = await self._line(call, leg, kind, facts)
        structlog.contextvars.bind_contextvars(call=call)
        self.lines[call] = line
        for event in self._early.pop(call, []):
            line.take(event)
        try:
            await self._serve(line, kind, arguments, facts)
        finally:
            if self.lines.get(call) is line:
                del self.lines[call]

    async def _line(self, call: CallId, leg: Leg, kind: str, facts: Remembered) -> Line:
        now = self._office.now()
        record = await self._earlier(call) if kind == "adopt" else None
        if record is None:
            record = first_record(call, leg, kind, facts, now)
        call_log = CallLog(self._recorder, record, self._office.now)
        if kind != "adopt" or record.version == 1:
            call_log.begin()
        what = "found again" if kind == "adopt" else "arrived"
        call_log.note(what, dialled=facts.dialled, number="known" if facts.number else "withheld")
        return Line(
            self.link,
            leg,
            caller=Caller(facts.number),
            dialled=facts.dialled,
            arrived_at=record.started_at,
            log=call_log,
            prompts=self._prompts,
            outside=self._outside,
            ears=self._ears,
            early=facts.early,
            # The dialplan set it on the way here; of a channel that was found nobody knows when.
            switch_set_at=asyncio.get_running_loop().time() if kind == "incoming" else float("-inf"),
        )

    def _record_lost(self, call: CallId, leg: Leg) -> None:
        """Hung up between Asterisk's ring and our answer: still a call that was offered."""
        now = self._office.now()
        record = first_record(call, leg, "incoming", NOTHING, now)
        call_log = CallLog(self._recorder, record, self._office.now)
        call_log.begin()
        call_log.set(ended_at=now, ending=CallEnding.LEFT_IN_MENU)

    async def _serve(self, line: Line, kind: str, arguments: tuple[str, ...], facts: Remembered) -> None:
        ending = CallEnding.SYSTEM_FAILURE
        try:
            ending = await self._flow(line, kind, arguments, facts)
        except asyncio.CancelledError:
            raise
        except Exception:
            log.exception("a flow failed; the caller goes to the fallback")
            line.log.note("flow failed")
            to_dialplan(self.link, line.leg)
            if not await line.ended():
                return
        if line.went_to_fallback:
            line.log.note("went to the fallback")
            if not await taken_back(self.link, line):
                return  # the call goes on under another line
        await line.hang_up()
        if line.lost and ending in LEFT:
            ending = CallEnding.SYSTEM_FAILURE
        line.log.set(ended_at=self._office.now(), ending=ending)
        line.log.note("ended", ending=ending)

    async def _flow(self, line: Line, kind: str, arguments: tuple[str, ...], facts: Remembered) -> CallEnding:
        office = self._office
        expected = self._expected.pop(line.leg.unique, None)
        if expected is not None:
            return await expected(line)
        if kind == "adopt" and facts.kind in ("incoming", ""):
            return await resume(line, office, await found(self.link, line, facts))
        if facts.kind in ("callback-agent", "callback-person") and self._resume_callback is not None:
            return await self._resume_callback(line, facts, await talks(self.link, line))
        if kind == "incoming":
            return await incoming(line, office)
        if kind == "agent-code" and len(arguments) > 1:
            return await agent_code(line, office, facts.phone, arguments[1])
        if kind == "studio":
            return await studio(line, office, facts.phone)
        if kind == "supervise" and self._above is not None:
            return await supervise(line, office, self._above, facts.phone)
        if kind == "overhear":
            return await overhear(line, office, self.floor, facts.phone)
        log.warning("a channel nobody expects is ended", kind=kind, channel_kind=facts.kind)
        return CallEnding.SYSTEM_FAILURE

    # ---- who

    def on_the_line(self, number: str) -> bool:
        """Whether somebody calls from this number (E.164) now."""
        return any(line.caller.number == number for line in self.lines.values())

    def _telephone_of(self, agent: AgentId) -> str:
        seat = self._office.desk.seat(agent)
        return self._office.centre.agents[agent].extension if seat is None else seat.extension

    def line_of(self, call: CallId) -> Line | None:
        """The line of a call under way."""
        return self.lines.get(call)

    async def push_switches(self, within: float) -> None:
        """Tell every waiting channel that the controller is alive, a few at a time so that no offer waits behind.

        Takes most of `within` seconds when many wait.
        """
        lines = list(self.lines.values())
        for at, line in enumerate(lines, start=1):
            line.push_switch()
            if at % PUSHED_TOGETHER == 0:
                await asyncio.sleep(within * PUSHED_TOGETHER / len(lines))

    async def close(self) -> None:
        """Leave the calls to Asterisk: cancel the flows without hanging anyone up."""
        self.closing = True
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
