"""In the line: music, her place, an agent's phone, a conversation; or a promise when waiting is too long."""

import asyncio
import math
from dataclasses import replace
from datetime import datetime, timedelta
from enum import Enum

from ivr.call import AgentPhone, Call, CallerHungUp, Missed, TalkEnd
from ivr.either import Either
from ivr.flows.announced_wait import AnnouncedWait
from ivr.flows.conversation import BackInLine, Conversation, Over
from ivr.flows.information import Information
from ivr.flows.language import choose_language
from ivr.flows.overflow import Unserved, too_many
from ivr.flows.promise import may_be_promised, take_promise, why_not
from ivr.flows.subject import MOST_DETOURS
from ivr.flows.superseded import served
from ivr.flows.survey import survey
from ivr.flows.whisper import whispered
from ivr.menu import REPEAT
from ivr.office import Office
from ivr.prompts import Phrase, phrase
from routing.events import AgentAnswered, AgentMissed, MissReason, OfferTo, TellPosition
from routing.hours import Closed, Open
from routing.model import AgentId, CallEnding, Direction, Language, QueueEntry, Subject, caller_entry_id

TAKE_CALLBACK = "1"
CHANGE_LANGUAGE = "#"
HINT = "queue.callback_hint"
CLOCK_READ_EVERY = 30.0  # seconds; a clock that was set is noticed by then


async def wait_for_agent(
    call: Call,
    office: Office,
    language: Language,
    subject: Subject,
    since: datetime | None = None,
    *,
    again: bool = False,
    age_from: datetime | None = None,
    kept: AgentId | None = None,
) -> CallEnding:
    """Keep her place until an agent talks with her. `since`: when she joined, for a call found after a restart.

    `again`: an agent who talked with her passed her on, so that the time in which she may wait begins now.
    `age_from`: when she asked, for one who is called back; her place counts from then. `kept`: who is kept for her.
    """
    if since is None and age_from is None and too_many(office, language):
        call.log.set(subject=subject)
        return await promise_instead(call, office, language, subject, "queue.full", CallEnding.QUEUE_FULL)
    joined = since or office.now()
    known = office.memory.last_agent(call.caller.number, joined - office.centre.desk.prefer_within)
    entered = office.now() if again else joined
    age = age_from or joined
    entry = QueueEntry(caller_entry_id(call.id), language, subject, entered, age, prefers=kept or known)
    call.log.set(queued_at=joined, subject=subject, language=language)
    call.log.note("joined the line", language=language, subject=subject)
    await call.remember(
        stage="queue", language=language, subject=subject, entered=f"{joined.timestamp():.3f}"
    )
    told: set[str] = set()
    announced, information = AnnouncedWait(call, office, entry.id), Information(call, office)
    first: tuple[Phrase, ...] = ()
    changes = 0
    while True:
        try:
            async with office.desk.line(entry) as place, Either(desk=place, key=call.next_key) as either:
                line = InLine(call, office, entry, either, told, announced, information, first)
                left = await line.wait(may_change_language=changes < MOST_DETOURS)
            first = ()
            if left is Left.TO_TALK:
                match line.after:
                    case Over(ending=ending, by=by):
                        if by is TalkEnd.AGENT and ending is CallEnding.ANSWERED:
                            await survey(call, office, language, subject)
                        return ending
                    case BackInLine(subject=subject):
                        # Her age stays; how long she may wait begins anew.
                        entry = replace(entry, subject=subject, entered_at=office.now())
                        call.log.set(subject=subject)
                        await call.remember(stage="queue", subject=subject)
                        first = (phrase("transfer.one_moment"),)
                        told.clear()
            if left is Left.FOR_A_CALLBACK and await take_promise(call, office, language, subject, age):
                return CallEnding.CALLBACK_TAKEN
            if left is Left.FOR_A_LANGUAGE:
                changes += 1
                language = await choose_language(call, office, language)
                entry = replace(entry, language=language)
                first = (phrase("language.changed"),)
                told.clear()
        except CallerHungUp:
            return ending_of(call, CallEnding.ABANDONED)
        if left is Left.AFTER_CLOSING or left is Left.AFTER_TOO_LONG:
            why = "queue.closing" if left is Left.AFTER_CLOSING else "queue.long_wait"
            return await promise_instead(call, office, language, subject, why, CallEnding.TIMED_OUT, age)
        if left is Left.AFTER_NOBODY:
            why, ending = "queue.nobody", CallEnding.NO_AGENT
            return await promise_instead(call, office, language, subject, why, ending, age)
        call.log.note("back in the line")  # her place is where it was: the moment she joined has not changed


class Left(Enum):
    """Why a wait ended, if not by a hang-up."""

    TO_TALK = "to talk"
    FOR_A_CALLBACK = "for a callback"
    FOR_A_LANGUAGE = "for a language"
    AFTER_CLOSING = "after closing"
    AFTER_TOO_LONG = "after too long"
    AFTER_NOBODY = "after nobody came to work"


class InLine:
    """One wait. `wait` returns how it ended."""

    def __init__(
        self,
        call: Call,
        office: Office,
        entry: QueueEntry,
        either: Either,
        told: set[str],
        announced: AnnouncedWait,
        information: Information,
        first: tuple[Phrase, ...],
    ) -> None:
        """`either` listens to the desk and to her keys. `told`: what she hears once, kept from wait to wait,
        as are what was `announced` and the `information`. `first` opens the first announcement.
        """
        self.call, self.office, self.entry, self.either = call, office, entry, either
        self.language = entry.language
        self.told, self.announced, self.information, self.first = told, announced, information, first
        self.saying: asyncio.Task[None] | None = None
        self.music_since = office.now()
        self.informing = self.place_due = False
        """Whether an article is what is being said, and whether her place is to follow it."""
        self.unserved = Unserved(office, entry.language)
        self.after: Over | BackInLine = Over(CallEnding.ANSWERED)
        """What follows when she has talked."""

    async def wait(self, *, may_change_language: bool) -> Left:
        """Until she has talked, or leaves the line for a promise or a language, or has waited too long."""
        other_languages = may_change_language and len(self.office.centre.languages) > 1
        self.information.begins()
        await self.music()
        if self.nobody_new():
            self.start_saying(*self.nobody())
        try:
            while True:
                deadline, why = self.latest()  # the hours may be changed while she waits
                left = (deadline - self.office.now()).total_seconds()
                if left <= 0:
                    return why
                pause = min(left, CLOCK_READ_EVERY, self.until_information())
                match await self.either.first(pause, beside=self.saying):
                    case ("desk", OfferTo() as offer):
                        await self.stop_saying()
                        if await self.offered(offer):
                            return Left.TO_TALK
                        await self.music()
                    case ("desk", TellPosition(place=place)):
                        if self.still_saying():
                            self.place_due = self.informing
                        else:
                            self.informing = False
                            self.start_saying(*self.position(place))
                    case ("key", key) if key == TAKE_CALLBACK and self.may_take_callback():
                        await self.stop_saying()
                        return Left.FOR_A_CALLBACK
                    case ("key", key) if key == REPEAT:
                        await self.stop_saying()
                        self.start_saying(*self.again())
                    case ("key", key) if key == CHANGE_LANGUAGE and other_languages:
                        await self.stop_saying()
                        return Left.FOR_A_LANGUAGE
                    case _:
                        await self.music_after_saying()
                        self.inform()
        finally:
            await self.stop_saying()

    async def offered(self, offer: OfferTo) -> bool:
        """Ring the agent; True when they have talked. A miss leaves her place as it was."""
        call, desk = self.call, self.office.desk
        agent = self.office.centre.agents[offer.agent]
        await call.remember(agent=agent.id)
        if not desk.stands(offer):
            return False
        call.log.note("offered", agent=agent.id, why=offer.why)
        shows = f"{self.language.upper()} {self.entry.subject}"
        try:
            seat = desk.seat(agent.id)
            telephone = agent.extension if seat is None else seat.extension
            phone = AgentPhone(agent, shows, telephone, whispered(self.office, call.caller, self.entry))
            rung = await call.ring(phone, offer.until - self.office.now())
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
                served(call, self.office)
                call.log.set(connected_at=call.log.record.connected_at or now, agent=agent.id)
                await call.remember(stage="talk", connected=f"{now.timestamp():.3f}")
                talked = Conversation(call, self.office, self.entry.id, self.language, self.entry.subject)
                self.after = await talked.run(talk, agent, now)
                return True

    # what she hears meanwhile

    def position(self, place: int) -> tuple[Phrase, ...]:
        """Her place and wait, and once, when that is long, that key 1 takes a callback."""
        if self.nobody_new():
            return self.nobody()
        hint = self.hint() if self.announced.worth_a_callback(self.waited()) else ()
        return (its_name(place), *self.announced.phrases(place, self.language), *hint)

    def again(self) -> tuple[Phrase, ...]:
        """Her place and her wait as they are now, and what key 1 does, as often as she asks."""
        place = self.office.desk.place_of(self.entry.id) or 1
        said = (its_name(place), *self.announced.phrases(place, self.language))
        return (*said, *self.callback_offered()) if self.may_take_callback() else said

    def nobody_new(self) -> bool:
        """Nobody is at work for her, and she does not know yet."""
        return "queue.nobody" not in self.told and not self.office.desk.staffed(self.language)

    def nobody(self) -> tuple[Phrase, ...]:
        """That nobody is there for her, and at once how to be called back."""
        self.call.log.note("nobody for her language")
        self.told.add("queue.nobody")
        return (phrase("queue.nobody"), *self.hint())

    def hint(self) -> tuple[Phrase, ...]:
        """That key 1 takes a callback; once."""
        if HINT in self.told or not may_be_promised(self.call, self.office):
            return ()
        return self.callback_offered()

    def callback_offered(self) -> tuple[Phrase, ...]:
        """What key 1 does; the trace says once that she was told."""
        if HINT not in self.told:
            self.call.log.note("callback offered")
        self.told.add(HINT)
        return (phrase(HINT),)

    def waited(self) -> timedelta:
        """How long she has."""
        return self.office.now() - self.entry.entered_at

    def has_waited_long(self) -> bool:
        """So long that she may know of the callback from an earlier call."""
        return self.waited() >= self.office.centre.queue.offer_callback_after

    def may_take_callback(self) -> bool:
        """Not before she was told of it, or could have been: a key pressed once too often must cost no place."""
        return (HINT in self.told or self.has_waited_long()) and may_be_promised(self.call, self.office)

    def start_saying(self, *phrases: Phrase) -> None:
        """Announce without ceasing to listen."""
        first, self.first = self.first, ()
        self.saying = asyncio.create_task(self.call.say(*first, *phrases, in_=self.language))
        self.saying.add_done_callback(_heard_of)

    def still_saying(self) -> bool:
        """Whether an announcement goes on. Raises what ended the last one."""
        if self.saying is not None and self.saying.done():
            self.saying.result()
        return self.saying is not None and not self.saying.done()

    async def stop_saying(self) -> None:
        """An announcement does not delay an offer."""
        if self.saying is not None:
            self.saying.cancel()
            await asyncio.gather(self.saying, return_exceptions=True)
            self.saying = None
        self.informing = self.place_due = False

    async def music_after_saying(self) -> None:
        """The announcement is over: music again, or her place, if it was to be told during an article."""
        if self.saying is not None and self.saying.done():
            said, self.saying = self.saying, None
            said.result()
            place_due, self.informing, self.place_due = self.place_due, False, False
            if place_due:
                self.start_saying(*self.position(self.office.desk.place_of(self.entry.id) or 1))
            else:
                await self.music()

    async def music(self) -> None:
        """Music, and how long she has had it."""
        await self.call.music()
        self.music_since = self.office.now()

    def until_information(self) -> float:
        """Seconds until an article may begin, while nothing else is said."""
        due = self.information.due(self.entry, self.music_since) if self.saying is None else None
        return math.inf if due is None else max(0.0, (due - self.office.now()).total_seconds())

    def inform(self) -> None:
        """Tell her the next article, if it is time."""
        if self.until_information() == 0:
            self.start_saying(self.information.next(self.entry))
            self.informing = True

    # how long

    def latest(self) -> tuple[datetime, Left]:
        """The longest wait, the grace after closing, or the end of waiting for nobody: whichever is first."""
        rules = self.office.centre.queue
        longest = self.entry.entered_at + rules.longest_wait
        match self.office.centre.hours.at(self.entry.entered_at):
            case Open(until=closing):
                grace = closing + rules.grace_at_closing
            case Closed():  # she called before closing and chose her subject after it
                grace = self.entry.entered_at + rules.grace_at_closing
        latest = (grace, Left.AFTER_CLOSING) if grace < longest else (longest, Left.AFTER_TOO_LONG)
        unserved = self.unserved.until()
        return latest if unserved is None or latest[0] <= unserved else (unserved, Left.AFTER_NOBODY)


def its_name(place: int) -> Phrase:
    """Her place in words."""
    return phrase("queue.next") if place <= 1 else phrase("queue.position", n=place)


def _heard_of(said: "asyncio.Task[None]") -> None:
    """A hang-up ends the announcement and the wait in the same moment: either may be the first to tell."""
    if not said.cancelled():
        said.exception()


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
        if not may_be_promised(call, office):
            await call.say(phrase(why), *why_not(office), phrase("goodbye"), in_=language)
        else:
            call.log.note("callback offered")
            if await take_promise(call, office, language, subject, since, (phrase(why),)) is None:
                await call.say(phrase("callback.not_taken"), phrase("goodbye"), in_=language)
    except CallerHungUp:
        pass  # the ending is the same: what was promised is kept
    return ending_of(call, otherwise)


def ending_of(call: Call, otherwise: CallEnding) -> CallEnding:
    """How her wait ended: with a promise, after an agent had talked with her and passed her on, or `otherwise`."""
    record = call.log.record
    inbound = record.direction is Direction.INBOUND
    if call.log.took is not None or (inbound and record.callback is not None):
        return CallEnding.CALLBACK_TAKEN
    return otherwise if record.connected_at is None else CallEnding.ANSWERED
