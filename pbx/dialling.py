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

    async def target(self, whom: AgentPhone | Person, attempt: str) -> tuple[str | None, str]:
        """What Dial rings, None when nothing leads there, and its options.

        `attempt`: the attempt at a promise whose person rings an agent, if it is one.
        """
        match whom:
            case AgentPhone(agent=agent, telephone=telephone, hears=hears):
                whisper = await self._whisper(hears, agent.languages[0], attempt)
                return f"PJSIP/{telephone or agent.extension}", f"m(default){whisper}"
            case Person(number=number, hears=hears, language=language, attempt=reaches):
                sounds = await self._sounds.of((hears,), language)
                said = f"A({sounds[0]})" if sounds else ""
                shown = f"f({self._outside.caller_id})" if self._outside.caller_id else ""
                return self._outside.dial_string(number), said + shown + _reached(reaches)

    async def _whisper(self, hears: tuple[Phrase, ...], language: Language, attempt: str) -> str:
        """The option of Dial that says to who picks up as much of it, from the beginning, as takes little time."""
        sounds, seconds = "", 0.0
        for sound in await self._sounds.of(hears, language):
            seconds += seconds_of(sound)
            longer = f"{sounds}&{sound}" if sounds else sound
            if seconds > LONGEST_WHISPER or len(longer.encode()) > LONGEST_LINE:
                break
            sounds = longer
        if not sounds:
            return _reached(attempt)
        remembered = f"^{names.reached_as(attempt)}^{attempt}" if attempt else ""
        return f"U({names.WHISPER}^{sounds}{remembered})"


def _reached(attempt: str) -> str:
    """The option of Dial by which Asterisk remembers that this attempt connected her; none for no attempt."""
    return f"U({names.REACHED}^{names.reached_as(attempt)}^{attempt})" if attempt else ""
