"""In the line: music, her place, an agent's phone, a conversation; or a promise when waiting is too long."""

import asyncio
from datetime import datetime

from ivr.call import AgentPhone, Call, CallerHungUp, Missed
from ivr.either import Either
from ivr.flows.promise import take_promise
from ivr.office import Office, Place
from ivr.prompts import Phrase, phrase
from routing.events import AgentAnswered, AgentMissed, CallEnded, MissReason, OfferTo, TellPosition
from routing.hours import Closed, Open
from routing.model import CallEnding, Language, QueueEntry, Subject, caller_entry_id

TAKE_CALLBACK = "1"
CLOCK_READ_EVERY = 30.0  # seconds; a clock that was set is noticed by then


async def wait_for_agent(
    call: Call, office: Office, language: Language, subject: Subject, since: datetime | None = None
) -> CallEnding:
    """Keep her place until an agent talks with her. `since`: when she joined, for a call found after a restart."""
    if since is None and office.desk.waiting() >= office.centre.queue.most_waiting:
        return await promise_instead(call, office, language, subject, "queue.full", CallEnding.QUEUE_FULL)
    joined = since or office.now()
    entry = QueueEntry(caller_entry_id(call.id), language, subject, joined, joined)
    call.log.set(queued_at=joined, subject=subject, language=language)
    call.log.note("joined the line", language=language, subject=subject)
    await call.remember(
        stage="queue", language=language, subject=subject, entered=f"{joined.timestamp():.3f}"
    )
    try:
        async with office.desk.line(entry) as place, Either(desk=place.next, key=call.next_key) as either:
            ending = await InLine(call, office, entry, place, either).wait()
        if ending is not None:
            return ending
    except CallerHungUp:
        return CallEnding.ABANDONED
    return await promise_instead(
        call, office, language, subject, "queue.long_wait", CallEnding.TIMED_OUT, joined
    )


class InLine:
    """One wait. `wait` returns the ending, or None when she is to be offered a promise."""

    def __init__(self, call: Call, office: Office, entry: QueueEntry, place: Place, either: Either) -> None:
        """`either` listens to the desk and to her keys."""
        self.call, self.office, self.entry, self.place, self.either = call, office, entry, place, either
        self.language = entry.language
        self.hinted = False
        self.saying: asyncio.Task[None] | None = None

    async def wait(self) -> CallEnding | None:
        """Until she has talked, or leaves the line for a promise, or has waited too long."""
        await self.call.music()
        if not self.office.desk.staffed(self.language):
            self.call.log.note("nobody for her language")
            self.start_saying(phrase("queue.nobody"), *self.hint())
        try:
            while True:
                left = (self.deadline() - self.office.now()).total_seconds()
                if left <= 0:
                    return None
                match await self.either.first(min(left, CLOCK_READ_EVERY), beside=self.saying):
                    case ("desk", OfferTo() as offer):
                        await self.stop_saying()
                        if await self.offered(offer):
                            return CallEnding.ANSWERED
                        await self.call.music()
                    case ("desk", TellPosition(place=place)):
                        self.start_saying(*self.position(place))
                    case ("key", key) if key == TAKE_CALLBACK and self.office.centre.callbacks.offered:
                        await self.stop_saying()
                        return None
                    case _:
                        await self.music_after_saying()
        finally:
            await self.stop_saying()

    async def offered(self, offer: OfferTo) -> bool:
        """Ring the agent; True when they have talked. A miss leaves her place as it was."""
        call, desk = self.call, self.office.desk
        agent = self.office.centre.agents[offer.agent]
        call.log.note("offered", agent=agent.id, why=offer.why)
        await call.remember(agent=agent.id)
        shows = f"{self.language.upper()} {self.entry.subject}"
        try:
            rung = await call.ring(AgentPhone(agent, shows), offer.until - self.office.now())
        except CallerHungUp:
            desk.tell(AgentMissed(agent.id, self.entry.id, MissReason.CALLER_GONE))
            raise
        match rung:
            case Missed(why=why):
                call.log.note("offer missed", agent=agent.id, why=why)
                desk.tell(AgentMissed(agent.id, self.entry.id, why))
                return False
            case talk:
                now = self.office.now()
                desk.tell(AgentAnswered(agent.id, self.entry.id))
                call.log.set(connected_at=now, agent=agent.id)
                call.log.note("talking", agent=agent.id)
                try:
                    await call.remember(stage="talk")
                    ended = await talk.ended()
                finally:
                    desk.tell(CallEnded(agent.id, self.entry.id))
                    call.log.set(talk_ended_at=self.office.now())
                call.log.note("talk ended", by=ended)
                return True

    # what she hears meanwhile

    def position(self, place: int) -> tuple[Phrase, ...]:
        """Her place, and once, when she has waited a while, that key 1 takes a callback."""
        said = phrase("queue.next") if place <= 1 else phrase("queue.position", n=place)
        long = self.office.now() - self.entry.entered_at >= self.office.centre.queue.offer_callback_after
        return (said, *(self.hint() if long else ()))

    def hint(self) -> tuple[Phrase, ...]:
        if self.hinted or not self.office.centre.callbacks.offered:
            return ()
        self.hinted = True
        return (phrase("queue.callback_hint"),)

    def start_saying(self, *phrases: Phrase) -> None:
        if self.saying is None or self.saying.done():
            self.saying = asyncio.create_task(self.call.say(*phrases, in_=self.language))

    async def stop_saying(self) -> None:
        """An announcement does not delay an offer."""
        if self.saying is not None:
            self.saying.cancel()
            await asyncio.gather(self.saying, return_exceptions=True)
            self.saying = None

    async def music_after_saying(self) -> None:
        if self.saying is not None and self.saying.done():
            said, self.saying = self.saying, None
            said.result()
            await self.call.music()

    # how long

    def deadline(self) -> datetime:
        """The longest wait, or the grace after closing, whichever is first."""
        rules, now = self.office.centre.queue, self.office.now()
        latest = self.entry.entered_at + rules.longest_wait
        match self.office.centre.hours.at(self.entry.entered_at):
            case Open(until=closing):
                latest = min(latest, closing + rules.grace_at_closing)
            case Closed():
                latest = min(latest, now + rules.grace_at_closing)
        return latest


async def promise_instead(
    call: Call,
    office: Office,
    language: Language,
    subject: Subject,
    why: str,
    otherwise: CallEnding,
    since: datetime | None = None,
) -> CallEnding:
    """She is not connected now; her place is kept as a promise if she gives a number, else the call ends kindly."""
    call.log.note("not connected", because=why)
    try:
        if office.centre.callbacks.offered:
            await take_promise(call, office, language, subject, since)
        else:
            await call.say(phrase(why), phrase("goodbye"), in_=language)
    except CallerHungUp:
        pass  # the ending is the same: what was promised is kept
    return otherwise if call.log.record.callback is None else CallEnding.CALLBACK_TAKEN
