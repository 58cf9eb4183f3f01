"""Her place in the line, from wait to wait, until an agent has talked with her; or a promise in its stead."""

from dataclasses import replace
from datetime import datetime

from ivr.call import Call, CallerHungUp, TalkEnd
from ivr.either import Either
from ivr.flows.announced_wait import AnnouncedWait
from ivr.flows.conversation import BackInLine, Over
from ivr.flows.in_line import InLine, Left
from ivr.flows.information import Information
from ivr.flows.language import choose_language
from ivr.flows.overflow import too_many
from ivr.flows.promise import may_be_promised, take_promise, why_not
from ivr.flows.subject import MOST_DETOURS
from ivr.flows.survey import survey
from ivr.office import Office
from ivr.prompts import Phrase, phrase
from routing.model import AgentId, CallEnding, Direction, Language, QueueEntry, Subject, caller_entry_id


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
