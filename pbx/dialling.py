"""How Asterisk's Dial is told whom to ring, and what whoever picks up hears first."""

from typing import Protocol

from dialplan import names
from ivr.call import AgentPhone, Person
from ivr.prompts import Phrase
from pbx.sounds import LONGEST_LINE, Sounds, seconds_of
from routing.model import Language

LONGEST_WHISPER = 3.0  # seconds that she waits on while the agent who picked up hears who she is


class Outside(Protocol):
    """How a number outside is dialled."""

    @property
    def caller_id(self) -> str:
        """The centre's own number as telephones outside show it; empty where the trunk sets it."""
        ...

    def dial_string(self, number: str) -> str | None:
        """Asterisk's technology/resource for E.164 `number`; None when no trunk may carry it."""
        ...


class Dialling:
    """For one call."""

    def __init__(self, sounds: Sounds, outside: Outside) -> None:
        """`sounds` of the call."""
        self._sounds, self._outside = sounds, outside

    async def target(
        self, whom: AgentPhone | Person, attempt: str, picked_up: str = names.IN_TALK
    ) -> tuple[str | None, str]:
        """What Dial rings, None when nothing leads there, and its options.

        `attempt`: the attempt at a promise whose person rings an agent, if it is one. `picked_up`: the gosub of an
        agent's leg that is told what he hears first, IN_TALK or WHISPER.
        """
        match whom:
            case AgentPhone(agent=agent, telephone=telephone, hears=hears):
                whisper = await self._whispered(hears, agent.languages[0])
                reaches = (names.reached_as(attempt), attempt) if attempt else ()
                keys_or_sounds = whisper or picked_up == names.IN_TALK
                on_his_leg = _gosub(picked_up, whisper, *reaches) if keys_or_sounds else ""
                return f"PJSIP/{telephone or agent.extension}", f"m(default){on_his_leg}"
            case Person(number=number, hears=said_first, language=language, attempt=of_promise):
                sounds = await self._sounds.of((said_first,), language)
                said = f"A({sounds[0]})" if sounds else ""
                shown = f"f({self._outside.caller_id})" if self._outside.caller_id else ""
                return self._outside.dial_string(number), said + shown + _reached(of_promise)

    async def _whispered(self, hears: tuple[Phrase, ...], language: Language) -> str:
        """The sounds of as much of it, from the beginning, as takes little time."""
        sounds, seconds = "", 0.0
        for sound in await self._sounds.of(hears, language):
            seconds += seconds_of(sound)
            longer = f"{sounds}&{sound}" if sounds else sound
            if seconds > LONGEST_WHISPER or len(longer.encode()) > LONGEST_LINE:
                break
            sounds = longer
        return sounds


def _reached(attempt: str) -> str:
    """The option of Dial by which Asterisk remembers that this attempt connected her; none for no attempt."""
    return _gosub(names.REACHED, names.reached_as(attempt), attempt) if attempt else ""


def _gosub(target: str, *arguments: str) -> str:
    """The option of Dial that runs it on the leg of who picked up; empty arguments at the end may be left out."""
    return f"U({'^'.join((target, *arguments)).rstrip('^')})"
