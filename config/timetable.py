"""The section `hours`: week, seasons, holidays, special days."""

from datetime import time
from enum import StrEnum
from typing import Annotated

from config.kinds import Section
from config.moments import Day, DaySpans
from config.values import Name, YesOrNo, listed, one_of
from routing.hours import Span

OFFICE_DAY = (Span(time(8, 30), time(16, 30)),)


class Week(Section):
    """Seven days; one that is not written is closed."""

    monday: DaySpans = ()
    tuesday: DaySpans = ()
    wednesday: DaySpans = ()
    thursday: DaySpans = ()
    friday: DaySpans = ()
    saturday: DaySpans = ()
    sunday: DaySpans = ()

    @property
    def days(self) -> tuple[tuple[Span, ...], ...]:
        """Monday first."""
        return (
            self.monday,
            self.tuesday,
            self.wednesday,
            self.thursday,
            self.friday,
            self.saturday,
            self.sunday,
        )


OFFICE_WEEK = Week(
    monday=OFFICE_DAY, tuesday=OFFICE_DAY, wednesday=OFFICE_DAY, thursday=OFFICE_DAY, friday=OFFICE_DAY
)


class Season(Section):
    """Another week between two days, both included."""

    why: Name
    first: Day
    last: Day
    week: Week


class Feast(StrEnum):
    """The Islamic holidays, whose days are announced on the evening before."""

    MUHARRAM = "muharram"
    MAWLID = "mawlid"
    EID_AL_FITR = "eid_al_fitr"
    EID_AL_ADHA = "eid_al_adha"


class ConfirmedFeast(Section):
    """The first day of a feast as it was announced."""

    feast: Annotated[Feast, one_of(Feast)]
    first_day: Day


class HolidaysSection(Section):
    """Which public holidays close the centre."""

    fixed: YesOrNo = True
    islamic: YesOrNo = True
    confirmed: Annotated[tuple[ConfirmedFeast, ...], listed("feasts, each with feast: and first_day:")] = ()


class SpecialDaySection(Section):
    """A day that differs from week and holidays."""

    day: Day
    hours: DaySpans
    why: Name


class HoursSection(Section):
    """When the centre is open."""

    week: Week = OFFICE_WEEK
    seasons: Annotated[tuple[Season, ...], listed("seasons, each with why:, first:, last: and week:")] = ()
    holidays: HolidaysSection = HolidaysSection()
    special_days: Annotated[
        tuple[SpecialDaySection, ...], listed("days, each with day:, hours: and why:")
    ] = ()
