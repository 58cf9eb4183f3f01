"""Ringing the person first, while the desk keeps an agent for her: see `ivr.flows.caller_first`."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import structlog

from dialplan import names
from ivr.flows.caller_first import caller_first
from ivr.flows.resume import Found, talk_on
from ivr.office import Office
from pbx.attempt import Attempt
from pbx.attempts import Attempts
from pbx.channels import Remembered
from pbx.dialling import Outside
from pbx.legs import Legs
from pbx.line import Line
from pbx.link import ActionRefused
from pbx.reception import Reception
from routing.agents_word import as_said, ending_as_said
from routing.events import AgentMissed, CallerLeft, MissReason, OfferTo
from routing.model import AgentId, AttemptResult, CallEnding, caller_entry_id
from routing.offering import ACCEPTING

log = structlog.get_logger()

JOINS_WITHIN = 100  # looks of 20 ms at whether she has her place in the line
LOOK_EVERY = 0.02

_RESULTS = {
    MissReason.BUSY: AttemptResult.BUSY,
    MissReason.NO_ANSWER: AttemptResult.NO_ANSWER,
    MissReason.REFUSED: AttemptResult.REFUSED,
    MissReason.UNREACHABLE: AttemptResult.UNREACHABLE,
    MissReason.CALLER_GONE: AttemptResult.AGENT_LEFT,
    MissReason.NO_TRUNK: AttemptResult.NO_TRUNK,
}


class CallerFirst:
    """One per dialer, whose attempts these are."""

    def __init__(
        self,
        office: Office,
        reception: Reception,
        outside: Outside,
        attempts: Attempts,
        legs: Legs,
        spawn: Callable[[Coroutine[Any, Any, None]], None],
    ) -> None:
        """`spawn` starts a task of the dialer's."""
        self._office, self._reception, self._outside = office, reception, outside
        self._attempts, self._legs, self._spawn = attempts, legs, spawn

    def offer(self, attempt: Attempt, offer: OfferTo) -> None:
        """The desk keeps this agent for her. She is rung, unless she is already."""
        attempt.calls_her, attempt.kept = True, offer.agent
        seconds = (offer.until + ACCEPTING - self._office.now()).total_seconds()
        asyncio.get_running_loop().call_later(max(0.0, seconds), self._free, attempt, offer)
        if attempt.leg is None and attempt.line is None:
            self._spawn(self._call(attempt, offer, self._legs.begin(attempt, hers=True)))

    def _free(self, attempt: Attempt, offer: OfferTo) -> None:
        """He is not kept longer, nor blamed; she is offered to the next."""
        if self._office.desk.stands(offer):
            attempt.kept = None
            self._office.desk.tell(AgentMissed(offer.agent, attempt.entry.id, MissReason.CALLER_GONE))

    async def _call(self, attempt: Attempt, offer: OfferTo, unique: str) -> None:
        number = self._outside.dial_string(attempt.promise.number)
        result = AttemptResult.NO_TRUNK
        if not await attempt.hold.may_dial():
            result = AttemptResult.NO_AGENT
        elif number is not None:
            self._reception.expect(unique, lambda line: self._flow(attempt, unique, line))
            log.info("callback rings her first", reference=attempt.promise.id, kept=offer.agent)
            why = await self._ring(attempt, number, unique)
            if why is None:
                attempt.rings.pop(unique, None)
                return  # she answered: the flow goes on
            self._reception.forget(unique)
            result = _RESULTS[why]
        attempt.rings.pop(unique, None)
        attempt.leg = None
        self._office.desk.tell(CallerLeft(attempt.entry.id))
        self._attempts.finish(attempt, result)

    async def _ring(self, attempt: Attempt, number: str, unique: str) -> MissReason | None:
        """Why she did not answer; None when she did."""
        promise = attempt.promise
        seconds = self._office.centre.callbacks.ring_for.total_seconds()
        facts = {
            names.V_KIND: "callback-person",
            names.V_CALLBACK: promise.id,
            names.V_LANGUAGE: promise.language,
            names.V_SUBJECT: promise.subject,
        }
        try:
            return await self._legs.ring(attempt, unique, number, seconds, self._outside.caller_id, facts)
        except ActionRefused as refused:
            log.warning("she could not be rung", reference=promise.id, why=str(refused))
            return MissReason.NO_TRUNK

    async def _flow(self, attempt: Attempt, unique: str, line: Line) -> CallEnding:
        """She has answered."""
        self._legs.answered(attempt, unique)
        line.log.set(answered_at=self._office.now())
        return await self._goes_on(attempt, line)

    async def _goes_on(self, attempt: Attempt, line: Line, *, greeted: bool = False) -> CallEnding:
        promise = attempt.promise
        self._follow(attempt, line)
        try:  # a cancellation ends nothing: the centre stops, and she is found again
            ending, result = await caller_first(
                line,
                self._office,
                promise,
                lambda: self._pressed(attempt, line),
                greeted=greeted,
            )
        except Exception:
            self._over(attempt, AttemptResult.INTERRUPTED)
            raise
        outcome = line.log.record.outcome
        self._over(attempt, as_said(result, outcome))
        return ending_as_said(ending, outcome) if result is AttemptResult.REACHED else ending

    def _over(self, attempt: Attempt, result: AttemptResult) -> None:
        attempt.line = attempt.leg = None
        self._office.desk.tell(CallerLeft(attempt.entry.id))
        self._attempts.finish(attempt, result)

    def _follow(self, attempt: Attempt, line: Line) -> None:
        promise = attempt.promise
        attempt.line = line
        line.keeps_promise(attempt.entry.id, attempt.hold.talking)
        line.called(promise.number)
        line.log.set(
            caller=promise.number, callback=promise.id, language=promise.language, subject=promise.subject
        )

    def _pressed(self, attempt: Attempt, line: Line) -> AgentId | None:
        """She goes to the line: who was kept for her, and is free when she stands there."""
        self._hand_over(attempt, line, JOINS_WITHIN)
        return attempt.kept

    def _hand_over(self, attempt: Attempt, line: Line, looks: int) -> None:
        """Free the agent who was kept for her when she has her place, so that nobody younger comes between."""
        joined = self._office.desk.place_of(caller_entry_id(line.id)) is not None
        if joined or looks == 0 or attempt.line is not line:
            self._office.desk.tell(CallerLeft(attempt.entry.id))
            return
        asyncio.get_running_loop().call_later(LOOK_EVERY, self._hand_over, attempt, line, looks - 1)

    async def resume(self, attempt: Attempt, line: Line, facts: Remembered, talking: bool) -> CallEnding:
        """Her leg, found by a new controller."""
        if not talking and facts.stage != "talk":
            return await self._goes_on(attempt, line, greeted=facts.stage == "queue")
        self._follow(attempt, line)
        attempt.hold.talking()
        try:
            if talking:
                await talk_on(line, self._office, _found(attempt, facts), line.talk_found())
        except Exception:
            self._over(attempt, AttemptResult.REACHED)
            raise
        self._over(attempt, as_said(AttemptResult.REACHED, line.log.record.outcome))
        return ending_as_said(CallEnding.ANSWERED, line.log.record.outcome)


def _found(attempt: Attempt, facts: Remembered) -> Found:
    promise = attempt.promise
    return Found(
        stage=facts.stage,
        language=promise.language,
        subject=promise.subject,
        entered=facts.entered,
        agent=facts.agent,
        talk=None,
        connected=facts.connected,
    )
