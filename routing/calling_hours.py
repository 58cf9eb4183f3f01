"""When people may be called back: in opening hours, and not in quiet hours (early, late, at the Friday prayer)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from routing.hours import Closed, Open, OpeningHours

TURNS = 1000  # of looking for a time that is neither closed nor quiet; a year has fewer


@dataclass(frozen=True, slots=True)
class CallingHours:
    """`quiet` is «open» when nobody is called; None: whenever the centre is open."""

    opening: OpeningHours
    quiet: OpeningHours | None = None

    def first(self, moment: datetime, asked_at: datetime | None = None) -> datetime | None:
        """`moment` itself (UTC) when calls may be made then, else the next such moment; None as in `Closed`.

        Quiet hours in which she asked herself (`asked_at`) are not quiet for her.
        """
        found = self.opening.first_open(moment)
        for _ in range(TURNS):
            if found is None or self.quiet is None:
                return found
            match self.quiet.at(found):
                case Closed():
                    return found
                case Open(until=until):
                    if asked_at is not None and asked_at <= found and self._same_quiet(asked_at, until):
                        return found
                    found = self.opening.first_open(until)
        return None

    def until(self, moment: datetime, asked_at: datetime | None = None) -> datetime | None:
        """When the calling time that holds at `moment` ends; None when no calls may be made then."""
        if self.first(moment, asked_at) != moment:
            return None
        held = self.opening.at(moment)
        ends = held.until if isinstance(held, Open) else moment
        match None if self.quiet is None else self.quiet.at(moment):
            case Closed(reopens_at=datetime() as begins):
                return min(ends, begins)
        return ends

    def within(self, begins: datetime, ends: datetime) -> timedelta:
        """How much calling time there is from `begins` to `ends`."""
        total = timedelta()
        for opens, closes in self.opening.intervals(begins, ends):
            total += closes - opens
            if self.quiet is not None:
                total -= sum(
                    (quiet[1] - quiet[0] for quiet in self.quiet.intervals(opens, closes)), timedelta()
                )
        return total

    def _same_quiet(self, asked_at: datetime, until: datetime) -> bool:
        assert self.quiet is not None
        return self.quiet.at(asked_at) == Open(until)
