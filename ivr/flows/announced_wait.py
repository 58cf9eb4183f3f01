"""How long a caller in the line is told she will wait: the range, and that it does not grow without a reason."""

from dataclasses import dataclass
from datetime import timedelta
from math import ceil, floor

from ivr.call import Call
from ivr.office import Office
from ivr.prompts import Phrase, phrase
from ivr.spoken.waits import Wait, told
from routing.model import Language
from routing.waiting import expected_wait

COMPARABLE = timedelta(hours=2)
"""How far back conversations tell how long the next ones last."""
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class _Told:
    """What she was told, and what it was told from."""

    wait: Wait
    language: Language
    place: int
    at_work: int


class AnnouncedWait:
    """One caller's, for as long as she is in the line: also when she leaves it for a moment and comes back."""

    def __init__(self, call: Call, office: Office) -> None:
        """Nothing was told yet."""
        self._call, self._office = call, office
        self._before: _Told | None = None

    def phrases(self, place: int, language: Language) -> tuple[Phrase, ...]:
        """The wait for `place` (1 is next) as it is told now; nothing while too few calls were answered to tell."""
        office = self._office
        at_work = office.desk.at_work(language)
        wrap_up = office.centre.desk.wrap_up
        handled = [talk + wrap_up for talk in office.memory.talks_since(office.now() - COMPARABLE)]
        expected = expected_wait(place, at_work, handled)
        if expected is None:
            return ()
        low, high = (time / MINUTE for time in expected)
        before = self._before
        # Each language has steps of its own, so what was told in another one binds nothing.
        bound = before.wait if before is not None and before.language is language else None
        # Fewer agents are at work now, or others were let in before her.
        grew = before is not None and (at_work < before.at_work or place > before.place)
        wait = told(floor(low), ceil(high), language, bound, grew=grew)
        self._before = _Told(wait, language, place, at_work)
        said = f"{wait.low}-{wait.high}"
        self._call.log.note("wait told", minutes=said, place=place, agents=at_work, calls=len(handled))
        return (phrase("queue.wait", low=wait.low, high=wait.high),)
