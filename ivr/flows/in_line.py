"""One wait in the line: music, what is told meanwhile, keys, an agent's phone; how it ended."""

import asyncio
import math
from datetime import datetime, timedelta
from enum import Enum

from ivr.call import AgentPhone, Call, CallerHungUp, Missed
from ivr.either import Either
from ivr.flows.announced_wait import AnnouncedWait
from ivr.flows.conversation import BackInLine, Conversation, Over
from ivr.flows.information import Information
from ivr.flows.overflow import Unserved
from ivr.flows.promise import may_be_promised
from ivr.flows.superseded import served
from ivr.flows.whisper import whispered
from ivr.menu import REPEAT
from ivr.office import Office
from ivr.prompts import Phrase, phrase
from routing.events import AgentAnswered, AgentMissed, MissReason, OfferTo, TellPosition
from routing.hours import Closed, Open
from routing.model import CallEnding, QueueEntry

TAKE_CALLBACK = "1"
CHANGE_LANGUAGE = "#"
HINT = "queue.callback_hint"
CLOCK_READ_EVERY = 30.0  # seconds; a clock that was set is noticed by then


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
