"""Ringing the agent whom the desk offers a promise, or who took it over; her telephone is dialled from his leg."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import structlog

from dialplan import names
from ivr.flows.call_back import call_back
from ivr.flows.language import language_at
from ivr.office import Office
from pbx.attempt import Attempt
from pbx.attempts import Attempts
from pbx.legs import Legs
from pbx.line import Line
from pbx.link import ActionRefused
from pbx.reception import Reception
from routing.agents_word import as_said, ending_as_said
from routing.events import AgentMissed, CallerLeft, MissReason, OfferTo
from routing.model import Agent, AgentId, AttemptResult, CallEnding

log = structlog.get_logger()


class AgentFirst:
    """One per dialer, whose attempts these are."""

    def __init__(
        self,
        office: Office,
        reception: Reception,
        attempts: Attempts,
        legs: Legs,
        caller_id: Callable[[], str],
    ) -> None:
        """`caller_id` is what agents' phones show beside a callback."""
        self._office, self._reception = office, reception
        self._attempts, self._legs, self._caller_id = attempts, legs, caller_id

    async def offer(
        self,
        attempt: Attempt,
        offer: OfferTo,
        unique: str,
        earlier: "list[asyncio.Future[MissReason | None]]",
    ) -> None:
        """Ring the agent when no `earlier` leg of this attempt can ring any more; tell the desk if he missed it."""
        if earlier:
            await asyncio.wait(earlier)
        why: MissReason | None
        if attempt.taken or not self._office.desk.stands(offer):
            # An earlier telephone was picked up after all, or this offer is over.
            why = MissReason.CALLER_GONE
        else:
            seat = self._office.desk.seat(offer.agent)
            agent = self._office.centre.agents[offer.agent]
            why = await self._ring(
                attempt, offer, unique, agent, agent.extension if seat is None else seat.extension
            )
        attempt.rings.pop(unique, None)
        if why is None:
            return  # answered: the flow tells the desk
        self._reception.forget(unique)
        if attempt.leg == unique:
            attempt.leg = None
        self._attempts.forget_stopped(attempt)
        self._attempts.note(attempt, "agent did not take it", agent=offer.agent, why=why)
        self._office.desk.tell(AgentMissed(offer.agent, attempt.entry.id, why))

    async def ring_owner(self, attempt: Attempt, extension: str) -> None:
        """Ring the telephone that took it over, once; who does not take the promise then gives it back to all."""
        office = self._office
        seated = office.desk.at(extension)
        owner = attempt.owner = (
            Agent(AgentId(extension), extension, extension, (language_at(office, extension),), frozenset())
            if seated is None
            else replace(office.centre.agents[seated], extension=extension)
        )
        until = office.now() + office.centre.desk.ring_for
        self._attempts.note(attempt, "agent rung", agent=owner.id, why="took the promise over")
        unique = self._legs.begin(attempt)
        offer = OfferTo(owner.id, attempt.entry, until, "taken over")
        why = await self._ring(attempt, offer, unique, owner, extension)
        attempt.rings.pop(unique, None)
        if why is not None:
            self._reception.forget(unique)
            attempt.leg = None
            self._attempts.give_back(attempt)

    async def _ring(
        self, attempt: Attempt, offer: OfferTo, unique: str, agent: Agent, extension: str
    ) -> MissReason | None:
        """Why the agent did not answer; None when he did."""
        self._reception.expect(unique, lambda line: self._answered(attempt, offer, unique, agent, line))
        seconds = max(1.0, (offer.until - self._office.now()).total_seconds())
        facts = {
            names.V_KIND: "callback-agent",
            names.V_CALLBACK: attempt.promise.id,
            names.V_AGENT: agent.id,
        }
        try:
            return await self._legs.ring(
                attempt, unique, f"PJSIP/{extension}", seconds, self._caller_id(), facts
            )
        except ActionRefused as refused:
            log.warning("an agent could not be rung", agent=agent.id, why=str(refused))
            self._legs.over(unique, MissReason.UNREACHABLE)
            return MissReason.UNREACHABLE

    async def _answered(
        self, attempt: Attempt, offer: OfferTo, unique: str, agent: Agent, line: Line
    ) -> CallEnding:
        self._legs.answered(attempt, unique)
        attempt.line = line
        line.log.set(
            agent=agent.id,
            caller=attempt.promise.number,
            callback=attempt.promise.id,
            language=attempt.promise.language,
            subject=attempt.promise.subject,
            answered_at=self._office.now(),
        )
        line.log.note("offered", agent=agent.id, why=offer.why)
        try:
            ending, result = await call_back(
                line, self._office, agent, attempt.entry.id, attempt.promise, attempt.hold
            )
        except Exception:
            self._office.desk.tell(CallerLeft(attempt.entry.id))
            self._attempts.finish(attempt, AttemptResult.INTERRUPTED)
            raise
        attempt.line = None
        if attempt.leg == unique:
            attempt.leg = None
        if result is not None:
            self._attempts.finish(attempt, as_said(result, line.log.record.outcome))
            if result is AttemptResult.REACHED:
                ending = ending_as_said(ending, line.log.record.outcome)
        else:
            attempt.taken = False
            self._attempts.forget_stopped(attempt)
            if attempt.owner is not None:
                self._attempts.give_back(attempt)
        return ending
