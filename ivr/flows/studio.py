"""A supervisor records prompts by telephone: PIN, number, language; she hears it, speaks, hears herself, keeps it."""

from datetime import timedelta

from ivr.call import Call, CallerHungUp, Keys, Question
from ivr.flows.door import FIRST_DIGIT, MOST_KEYS, TRIES, admitted
from ivr.flows.language import language_at, language_menu
from ivr.menu import Choice, Chosen, Menu, choose
from ivr.office import Office
from ivr.prompts import Phrase, phrase
from ivr.studio import (
    LONGEST_MESSAGE,
    MESSAGE,
    MESSAGE_NUMBER,
    Supervisor,
    Unusable,
    Usable,
)
from routing.model import CallEnding, Language

MOST_DAYS = 30
MOST_TAKES = 12  # of one prompt; a stuck key must not keep the call for ever
AT_ONCE = timedelta(milliseconds=10)  # nothing is asked: a key only skips what is being said
LONGEST_PROMPT = timedelta(minutes=2)
SILENCE = timedelta(seconds=4)  # who says nothing any more has finished


async def studio(call: Call, office: Office, telephone: str) -> CallEnding:
    """Let the supervisor at `telephone` record one prompt after the other, until she hangs up."""
    try:
        await call.answer()
        supervisor = await admitted(call, office, telephone, language_at(office, telephone))
        if supervisor is not None:
            while await next_prompt(call, office, supervisor):
                pass
            await call.say(phrase("goodbye"), in_=supervisor.language)
    except CallerHungUp:
        pass
    return CallEnding.SELF_SERVED


async def next_prompt(call: Call, office: Office, supervisor: Supervisor) -> bool:
    """Record the prompt that she names; False when she names none."""
    key = await _wanted(call, office, supervisor)
    if key is None:
        return False
    if key == MESSAGE:
        return await message_of_the_day(call, office, supervisor)
    language = await _language(call, office, supervisor)
    if language is None:
        return False
    await record(call, office, supervisor, key, language)
    return True


async def message_of_the_day(call: Call, office: Office, supervisor: Supervisor) -> bool:
    """Record the message of a language for some days; False when she names no language."""
    language = await _language(call, office, supervisor)
    if language is None:
        return False
    days = await _days(call, supervisor)
    if days is not None:
        await record(call, office, supervisor, MESSAGE, language, days)
    return True


async def _wanted(call: Call, office: Office, supervisor: Supervisor) -> str | None:
    because: tuple[Phrase, ...] = ()
    for _ in range(TRIES):
        asked = Question((*because, phrase("studio.number")), most=MOST_KEYS, first_key=FIRST_DIGIT)
        heard = await call.ask(asked, supervisor.language)
        if not isinstance(heard, Keys):
            because = (phrase("menu.nothing_heard"),)
        elif heard.keys == MESSAGE_NUMBER:
            return MESSAGE
        elif (key := office.studio.prompt(heard.keys)) is not None:
            return key
        else:
            because = (phrase("studio.unknown_number"),)
    return None


async def _language(call: Call, office: Office, supervisor: Supervisor) -> Language | None:
    if len(office.centre.languages) == 1:
        return office.centre.languages[0]
    chosen = await choose(call, language_menu(office.centre.languages), supervisor.language)
    return chosen.means if isinstance(chosen, Chosen) else None


async def _days(call: Call, supervisor: Supervisor) -> int | None:
    """For how many days the message stands, today included."""
    because: tuple[Phrase, ...] = ()
    for _ in range(TRIES):
        asked = Question((*because, phrase("studio.days")), most=MOST_KEYS, first_key=FIRST_DIGIT)
        heard = await call.ask(asked, supervisor.language)
        if isinstance(heard, Keys) and heard.keys.isdecimal() and 1 <= int(heard.keys) <= MOST_DAYS:
            return int(heard.keys)
        because = (phrase("studio.wrong_days"),)
    return None


async def record(
    call: Call,
    office: Office,
    supervisor: Supervisor,
    key: str,
    language: Language,
    days: int | None = None,
) -> None:
    """Say the prompt, record it, play it back, until she keeps a take or gives up."""
    text = await office.studio.spoken(key, language)
    if text is None:
        await call.say(phrase("studio.unknown_number"), in_=supervisor.language)
        return
    first: tuple[Phrase, ...] = (phrase("studio.text"), text)
    for _ in range(MOST_TAKES):
        take = office.studio.new_take()
        try:
            # A key skips what she knows already.
            await call.ask(Question((*first, phrase("studio.speak")), first_key=AT_ONCE), supervisor.language)
            await call.record(take, LONGEST_MESSAGE if key == MESSAGE else LONGEST_PROMPT, SILENCE)
            match await office.studio.judge(take, key, language):
                case Unusable(why=why):
                    call.log.note("recording not usable", key=key, language=language, why=" ".join(why))
                    first = tuple(map(phrase, why))
                    continue
                case Usable() as usable:
                    answer = await choose(call, _verdict(usable), supervisor.language)
            if not isinstance(answer, Chosen):
                break
            if answer.means:
                if not await office.studio.keep(take, key, language, supervisor, days):
                    break
                call.log.note("recorded", key=key, language=language, supervisor=supervisor.id)
                await call.say(phrase("studio.kept"), in_=supervisor.language)
                return
            first = ()
        finally:
            office.studio.discard(take)
    await call.say(phrase("studio.not_kept"), in_=supervisor.language)


def _verdict(usable: Usable) -> Menu[bool]:
    """1 keeps the take, 2 records anew, `*` plays it again."""
    heard = (phrase("studio.heard"), Phrase("studio.heard", sound=usable.sound))
    keep: Choice[bool] = Choice("1", True, phrase("studio.keep"))
    return Menu("recording", (keep, Choice("2", False)), intro=(*map(phrase, usable.doubts), *heard))
