"""What a caller in the line hears beside music and her place: recorded articles, on her subject first, each once."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from ivr.call import Call
from ivr.office import Office
from ivr.prompts import Phrase, phrase
from routing.model import Language, QueueEntry

MUSIC_BEFORE = timedelta(seconds=5)  # after her place or wait: time to take it in


class Information:
    """One caller's, for as long as she is in the line: also when she leaves it for a moment and comes back."""

    def __init__(self, call: Call, office: Office) -> None:
        """Nothing was told yet."""
        self._call, self._office = call, office
        self._told: set[tuple[Language, str]] = set()
        self._spaced_from = office.now()

    def begins(self) -> None:
        """She comes to the line, or comes back to it."""
        self._spaced_from = self._office.now()

    def due(self, entry: QueueEntry, music_since: datetime) -> datetime | None:
        """When she may be told the next article; None when there is none left for her, or none at all."""
        every = self._office.centre.queue.information_every
        if not every or next(self._left(entry), None) is None:
            return None
        return max(self._spaced_from + every, music_since + MUSIC_BEFORE)

    def next(self, entry: QueueEntry) -> Phrase:
        """The next article; the spacing begins anew. StopIteration where `due` is None."""
        code = next(self._left(entry))
        self._told.add((entry.language, code))
        self._spaced_from = self._office.now()
        self._call.log.note("information told", article=code)
        return phrase(f"article.text.{code}")

    def _left(self, entry: QueueEntry) -> Iterator[str]:
        """Articles on her subject, then those for everybody, without what she was told in her language."""
        centre = self._office.centre
        every = (*centre.articles.get(entry.subject, ()), *centre.queue.information)
        return (code for code in every if (entry.language, code) not in self._told)
