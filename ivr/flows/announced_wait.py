"""How long a caller in the line is told she will wait: the range, and that it does not grow without a reason."""

from dataclasses import dataclass
from datetime import timedelta

from ivr.call import Call
from ivr.office import Office
from ivr.prompts import Phrase, phrase
from ivr.spoken.waits import Wait, told
from routing.model import EntryId, Language

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

    def __init__(self, call: Call, office: Office, entry: EntryId) -> None:
        """Nothing was told yet."""
        self._call, self._office, self._entry = call, office, entry
        self._before: _Told | None = None

    def phrases(self, place: int, language: Language) -> tuple[Phrase, ...]:
        """The wait for `place` (1 is next) as it is told now; nothing while too few calls were answered to tell."""
        desk = self._office.desk
        expected = desk.wait_of(self._entry)
        if expected is None:
            return ()
        at_work = desk.at_work(language)
        before = self._before
        # Each language has steps of its own, so what was told in another one binds nothing.
        bound = before.wait if before is not None and before.language is language else None
        # Fewer agents are at work now, or others were let in before her.
        grew = before is not None and (at_work < before.at_work or place > before.place)
        wait = told(expected.low / MINUTE, expected.high / MINUTE, language, bound, grew=grew)
        self._before = _Told(wait, language, place, at_work)
        said = f"{wait.low}-{wait.high}"
        seconds = f"{expected.low.total_seconds():.0f}-{expected.high.total_seconds():.0f}"
        self._call.log.note("wait told", minutes=said, seconds=seconds, place=place, agents=at_work)
        return (phrase("queue.wait", low=wait.low, high=wait.high),)

    def worth_a_callback(self, waited: timedelta) -> bool:
        """Whether she should be offered one, having `waited`: her whole wait may exceed the setting.

        While nothing can be told of it, once she has waited long enough.
        """
        rules = self._office.centre.queue
        expected = self._office.desk.wait_of(self._entry)
        if expected is None:
            return waited >= rules.offer_callback_after
        return waited + expected.high > rules.offer_callback_when_wait_exceeds
