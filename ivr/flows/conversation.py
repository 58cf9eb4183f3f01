"""A conversation, from the first agent's voice to the last one's: who talks with her, and who passes her on to whom.

The caller's own flow stays in charge: whoever leaves her, her channel comes back here, and here it is decided where
it goes. The desk hears of every change, and each agent's part is kept (`routing.record.AgentTalk`).
"""

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import assert_never

from ivr.call import Apart, Call, CallerHungUp, Missed, Talk, TalkEnd
from ivr.either import let_go
from ivr.flows.aside import Left, Together, code_of, hold, step_out, telephone
from ivr.flows.third import Third
from ivr.office import Office
from ivr.prompts import phrase
from ivr.targets import Contact
from routing.events import CallEnded, CallPassed
from routing.model import Agent, CallEnding, EntryId, Language, Subject
from routing.record import AgentTalk

COMES_WITHIN = timedelta(seconds=5)  # for whom the agent consulted, once he has left them


@dataclass(frozen=True, slots=True)
class Over:
    """She has talked, and the call ends so. `by`: who hung up, where that is known."""

    ending: CallEnding
    by: TalkEnd | None = None


@dataclass(frozen=True, slots=True)
class BackInLine:
    """She waits again, for this subject, with the age that she has."""

    subject: Subject


class Conversation:
    """One caller's. `run` begins with the first agent, whom the desk knows to be talking."""

    def __init__(
        self, call: Call, office: Office, entry: EntryId, language: Language, subject: Subject
    ) -> None:
        self.call, self.office, self.entry, self.language, self.subject = (
            call,
            office,
            entry,
            language,
            subject,
        )
        self.thirds: list[Third] = []

    async def run(self, talk: Talk, whom: Agent | Contact, since: datetime) -> Over | BackInLine:
        """Until nobody talks with her any more. `since`: when the talk began, which may be long ago."""
        ending = CallEnding.ANSWERED
        try:
            while True:
                left = await self.part(talk, whom, since)
                if isinstance(left, TalkEnd):
                    return Over(ending, left)
                if isinstance(left, Left) and not isinstance(left.to, Agent | Contact):
                    return BackInLine(self.subject if left.to is None else left.to)
                if isinstance(left, Third):
                    whom, since = left.whom, left.since
                    talk = await self.call.join(await left.goes_on())
                    self.thirds.remove(left)
                elif isinstance(left.to, Agent | Contact):
                    whom = left.to
                    reached = await self.connect(whom, left.consulted)
                    if reached is None:
                        return BackInLine(self.subject)
                    talk = reached
                    since = self.office.now()
                if isinstance(whom, Contact):
                    ending = CallEnding.DIVERTED
                else:
                    self.office.desk.tell(CallPassed(whom.id, self.entry, since))
                    self.call.log.set(agent=whom.id)
                    await self.call.remember(agent=whom.id, connected=f"{since.timestamp():.3f}")
        except CallerHungUp:
            return Over(ending)
        except asyncio.CancelledError:  # as in `part`
            for third in self.thirds:
                await third.goes_on()
            self.thirds.clear()
            raise
        finally:
            for third in self.thirds:
                await third.ends()

    async def connect(self, whom: Agent | Contact, consulted: bool) -> Talk | None:
        """The next one who talks with her; None when nobody does."""
        call = self.call
        if consulted:
            taken = await call.take_over(COMES_WITHIN)
            if taken is None:
                call.log.note("not reached", to=code_of(whom), why="left")
            return taken
        await call.say(phrase("transfer.one_moment"), in_=self.language)
        rung = await call.ring(
            telephone(self.office, whom, self.language, self.language), self.office.centre.desk.ring_for
        )
        if not isinstance(rung, Missed):
            return rung
        call.log.note("not reached", to=code_of(whom), why=rung.why)
        return None

    async def part(self, talk: Talk, whom: Agent | Contact, since: datetime) -> TalkEnd | Left | Third:
        """One agent's part of it, written down. The desk knows at its end that he is free of her."""
        call, now = self.call, self.office.now
        agent = whom if isinstance(whom, Agent) else None
        part = AgentTalk(
            id=f"{call.id}-{since.timestamp():.3f}",
            version=1,
            call=call.id,
            agent=None if agent is None else agent.id,
            outside=whom.code if isinstance(whom, Contact) else None,
            began_at=since,
        )
        self.office.recorder.record(part)
        record = call.log.record
        if record.talk_ended_at is not None:
            between = max(0.0, (since - record.talk_ended_at).total_seconds())
            call.log.set(between_seconds=record.between_seconds + between)
        call.log.note("talking", **({"agent": agent.id} if agent else {"to": code_of(whom)}))
        away: list[timedelta] = []

        def over(left: TalkEnd | Left | Third | None) -> None:
            ended_at = now()
            held = (sum(away, timedelta()) + talk.held).total_seconds()
            if agent is not None:
                self.office.desk.tell(CallEnded(agent.id, self.entry))
            call.log.set(talk_ended_at=ended_at, hold_seconds=call.log.record.hold_seconds + held)
            self.office.recorder.record(
                replace(part, version=2, ended_at=ended_at, hold_seconds=held, ended_by=ended_by(left))
            )

        try:  # a cancellation is no end of it: the centre stops, the two talk on and are found again
            left = self.after(await self.listen(talk, agent, away))
        except Exception:
            over(None)
            raise
        over(left)
        call.log.note("talk ended", by=ended_by(left))
        return left

    def after(self, left: TalkEnd | Left) -> TalkEnd | Left | Third:
        """Whom she has now: where three talked and her agent is gone, the third."""
        gone = left.to is None if isinstance(left, Left) else left is not TalkEnd.CALLER
        there = next((third for third in self.thirds if third.there), None)
        return there if gone and there is not None else left

    async def listen(self, talk: Talk, agent: Agent | None, away: list[timedelta]) -> TalkEnd | Left:
        """Until one of the two hangs up, or the agent has passed her on. `away` gets each time he was."""
        now = self.office.now
        while True:
            ended = await self.together(talk, agent, away)
            if isinstance(ended, TalkEnd):
                return ended
            if agent is None:
                await ended.leg.hang_up()
                return TalkEnd.AGENT
            since = now()
            try:
                left = await self.alone(ended, agent)
            except CallerHungUp:
                return TalkEnd.CALLER
            finally:
                away.append(now() - since)
            if isinstance(left, Left):
                return left
            try:
                if left is not None:
                    await self.bring_in(left)
                talk = await self.call.join(ended.leg)
            except CallerHungUp:
                await ended.leg.hang_up()
                return TalkEnd.CALLER
            self.call.log.note("agent back", agent=agent.id)

    async def bring_in(self, left: Together) -> None:
        """Whom the agent consulted is with both from now on, if he has not hung up."""
        leg = await self.call.third(COMES_WITHIN)
        if leg is None:
            self.call.log.note("not reached", to=code_of(left.to), why="left")
        else:
            self.thirds.append(Third(self.call, self.office, self.entry, left.to, leg))

    async def together(self, talk: Talk, agent: Agent | None, away: list[timedelta]) -> TalkEnd | Apart:
        """They talk; he may hold her by a key."""
        ended = asyncio.ensure_future(talk.ended())
        try:
            while True:
                holding = asyncio.ensure_future(talk.on_hold())
                try:
                    await asyncio.wait({ended, holding}, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    holding.cancel()
                if ended.done() or agent is None:
                    return await ended
                since = self.office.now()
                held = asyncio.ensure_future(hold(holding.result(), agent))
                try:
                    await asyncio.wait({ended, held}, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    away.append(self.office.now() - since)
                    await let_go(held)
        finally:
            await let_go(ended)

    async def alone(self, apart: Apart, agent: Agent) -> Left | Together | None:
        """She hears music while he is out of the conversation. A hang-up of hers ends what he does."""
        call = self.call
        settled = False
        try:
            await call.remember(stage="queue")  # a new controller finds her waiting
            await call.music()
            leaves = asyncio.ensure_future(until_she_leaves(call))
            stepping = asyncio.ensure_future(step_out(apart, self.office, agent, self.language))
            try:
                await asyncio.wait({leaves, stepping}, return_when=asyncio.FIRST_COMPLETED)
                if leaves.done():
                    leaves.result()
                left = await stepping
            finally:
                await let_go(stepping)
                await let_go(leaves)
            await call.remember(stage="talk")
            settled = True
            return left
        finally:
            if not settled:  # also where she leaves as he comes back
                await apart.leg.hang_up()


async def until_she_leaves(call: Call) -> None:
    """Raises `CallerHungUp` when she does; what she keys meanwhile is nothing."""
    while True:
        await call.next_key()


def ended_by(left: TalkEnd | Left | Third | None) -> str:
    """As `AgentTalk.ended_by`."""
    match left:
        case None:
            return TalkEnd.UNKNOWN
        case TalkEnd():
            return left
        case Left(to=None):
            return "line"
        case Left(to=Agent()) | Third(whom=Agent()):
            return "colleague"
        case Left(to=Contact()) | Third():
            return "outside"
        case Left():
            return "subject"
        case _:
            assert_never(left)
