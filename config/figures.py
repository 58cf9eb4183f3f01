"""The section `figures`: what was agreed about service, which every service level is counted by."""

from datetime import timedelta
from typing import Annotated

from config.kinds import Section
from config.moments import duration
from routing.indicators.outcome import Goal

SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
_GOAL = Goal()


class FiguresSection(Section):
    """When an answer is in time, and which hang-ups are too early to count."""

    answered_within: Annotated[timedelta, duration(SECOND, HOUR)] = _GOAL.within
    short: Annotated[timedelta, duration(timedelta(), HOUR)] = _GOAL.short

    @property
    def goal(self) -> Goal:
        """As the program thinks of it."""
        return Goal(self.answered_within, self.short)
