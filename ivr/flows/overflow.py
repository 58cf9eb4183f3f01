"""When waiting is no use: too many before her for those at work, or nobody at work who could serve her."""

from datetime import datetime

from ivr.office import Office
from routing.model import Language


def too_many(office: Office, language: Language) -> bool:
    """Whether who joins now finds the line full: in all, or for the agents at work who speak her language.

    With nobody at work the line is not full but unserved (`Unserved`).
    """
    desk, rules = office.desk, office.centre.queue
    if desk.waiting() >= rules.most_waiting:
        return True
    at_work = desk.at_work(language)
    return at_work > 0 and desk.waiting(language) >= rules.most_per_agent * at_work


class Unserved:
    """Since when nobody who speaks a language is signed in, for one who waits."""

    def __init__(self, office: Office, language: Language) -> None:
        """As it is now."""
        self._office, self._language = office, language
        self._since: datetime | None = None

    def until(self) -> datetime | None:
        """How long she waits if nobody signs in; None while somebody is."""
        if self._office.desk.staffed(self._language):
            self._since = None
            return None
        self._since = self._since or self._office.now()
        return self._since + self._office.centre.queue.nobody_for
