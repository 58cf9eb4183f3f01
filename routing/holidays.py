"""Morocco's holidays that keep their day in the civil calendar, with the years in which they hold.

Sources: decree 2-77-169 of 28 February 1977 on the list of public holidays and its later changes; the
administration's list at mmsp.gov.ma. The Islamic holidays follow the moon and are not here.
"""

from dataclasses import dataclass
from datetime import date

from routing.hours import Certainty, Holiday


@dataclass(frozen=True, slots=True)
class FixedDay:
    """A holiday on the same day every year, from `first_year` to `last_year`, both included."""

    month: int
    day: int
    english: str
    french: str
    arabic: str
    first_year: int
    last_year: int | None = None

    def holds_in(self, year: int) -> bool:
        """Whether the holiday existed in `year`."""
        return self.first_year <= year and (self.last_year is None or year <= self.last_year)


FIXED_DAYS = (
    FixedDay(1, 1, "New Year's Day", "Nouvel An", "رأس السنة الميلادية", 1957),
    FixedDay(
        1,
        11,
        "Proclamation of Independence Day",
        "Manifeste de l'Indépendance",
        "ذكرى تقديم وثيقة الاستقلال",
        1957,
    ),
    # Royal decision of 3 May 2023; first observed the January after.
    FixedDay(1, 14, "Amazigh New Year", "Nouvel An amazigh", "رأس السنة الأمازيغية", 2024),
    FixedDay(3, 3, "Throne Day", "Fête du Trône", "عيد العرش", 1963, 2000),
    FixedDay(5, 1, "Labour Day", "Fête du Travail", "عيد العمال", 1957),
    FixedDay(7, 9, "Youth Day", "Fête de la Jeunesse", "عيد الشباب", 1957, 2000),
    FixedDay(7, 30, "Throne Day", "Fête du Trône", "عيد العرش", 2001),
    FixedDay(
        8, 14, "Oued Ed-Dahab Day", "Récupération d'Oued Ed-Dahab", "ذكرى استرجاع إقليم وادي الذهب", 1980
    ),
    FixedDay(
        8,
        20,
        "Revolution of the King and the People",
        "Révolution du Roi et du Peuple",
        "ذكرى ثورة الملك والشعب",
        1957,
    ),
    FixedDay(8, 21, "Youth Day", "Fête de la Jeunesse", "عيد الشباب", 2001),
    # Royal Office, 4 November 2025: every 31 October, so first in 2026.
    FixedDay(10, 31, "Unity Day", "Fête de l'Unité", "عيد الوحدة", 2026),
    FixedDay(11, 6, "Green March Day", "Anniversaire de la Marche verte", "ذكرى المسيرة الخضراء", 1976),
    FixedDay(11, 18, "Independence Day", "Fête de l'Indépendance", "عيد الاستقلال", 1957),
)


def fixed_holidays(year: int) -> tuple[Holiday, ...]:
    """The holidays of `year` with a fixed day, in order, under their English names."""
    return tuple(
        Holiday(date(year, fixed.month, fixed.day), fixed.english, Certainty.FIXED)
        for fixed in FIXED_DAYS
        if fixed.holds_in(year)
    )
