"""What a caller would hear at a moment: the call as far as the first question after her language is known."""

from dataclasses import dataclass
from datetime import datetime

from ivr.call import AgentPhone, Missed, Person, Question
from ivr.centre import Centre
from ivr.prompts import Phrase
from routing.model import CallEnding, Language
from server.simulation.house import SimulatedHouse, staffed
from server.simulation.paths import Words
from simulator.caller import Act, HangUp, Press, SimulatedCaller, Stay
from simulator.virtual_loop import VirtualLoop

AT_ONCE = 0.1  # seconds from the end of a question to what she does


@dataclass(frozen=True, slots=True)
class Heard:
    """One phrase: its key, the language it is said in, and its words."""

    key: str
    language: Language
    words: str


@dataclass(frozen=True, slots=True)
class Opening:
    """What she hears, and how the call ended if it did so by itself."""

    heard: tuple[Heard, ...]
    ending: CallEnding


class _Listener:
    """Chooses her language if she is asked for one, then hears the next question out and goes."""

    def __init__(self, centre: Centre, language: Language | None) -> None:
        self._centre, self._language = centre, language

    def asked(self, question: Question, caller: SimulatedCaller) -> Act:
        if caller.log.record.language is None and self._language in self._centre.languages:
            return Press(str(self._centre.languages.index(self._language) + 1), AT_ONCE)
        return HangUp(AT_ONCE)

    def in_line(self, caller: SimulatedCaller) -> Act:
        return Stay()


def hear(
    centre: Centre, at: datetime, words: Words, number: str | None = None, language: Language | None = None
) -> Opening:
    """What who calls at `at` (UTC) from `number` hears; `language` is what she chooses, or what she chose before.

    With a number that is known she is not asked for her language.
    """
    loop = VirtualLoop()
    try:
        return loop.run_until_complete(_hear(centre, at, words, number, language))
    finally:
        loop.close()


async def _hear(
    centre: Centre, at: datetime, words: Words, number: str | None, language: Language | None
) -> Opening:
    house = SimulatedHouse(centre, at, desk=staffed(centre, len(centre.agents), at))
    if number is not None and language is not None:
        house.memory.learn({number: language})
    heard: list[Heard] = []

    def heed(phrase: Phrase, said_in: Language) -> None:
        heard.append(Heard(phrase.key, said_in, words(said_in, phrase)))

    async def rung(caller: SimulatedCaller, whom: AgentPhone | Person, at_most: float) -> Missed | float:
        return 1.0

    ending = await house.called(number, _Listener(centre, language), rung, heed=heed)
    await house.close()
    return Opening(tuple(heard), ending)
