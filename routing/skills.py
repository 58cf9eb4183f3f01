"""How well an agent must know a caller's language and subject: less and less, by steps, the longer she waits. Pure.

Levels are 3 (as one's own), 2 (well) and 1 (gets by). Each step asks for as much as the step before, or less, so
whoever may serve a caller may serve her later too.
"""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import pairwise
from typing import NamedTuple

BEST, WELL, LEAST = 3, 2, 1
ANY = 0
"""As a subject's level: whether he serves it or not."""


@dataclass(frozen=True, slots=True)
class Step:
    """From the age `after` on, an agent fits who has at least these levels."""

    after: timedelta
    language: int = LEAST
    subject: int = LEAST


class Profile(NamedTuple):
    """Agents who know the language and the subject exactly so well; `ANY` for whoever is left."""

    language: int
    subject: int


FIRST_STEPS = (
    Step(timedelta(), WELL, LEAST),
    Step(timedelta(minutes=1), WELL, ANY),
    Step(timedelta(minutes=3), LEAST, ANY),
)


@dataclass(frozen=True, slots=True)
class Relaxation:
    """The steps in order, the first from age zero."""

    steps: tuple[Step, ...] = FIRST_STEPS
    _profiles: tuple[tuple[Profile, ...], ...] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Raises ValueError when a step asks for more than the one before."""
        trouble = fault(self.steps)
        if trouble is not None:
            raise ValueError(trouble[1])
        every: tuple[Profile, ...] = ()
        by_step = []
        for step in self.steps:
            new = [
                Profile(language, subject)
                for language in range(BEST, step.language - 1, -1)
                for subject in range(BEST, step.subject - 1, -1)
            ]
            every = (*every, *(profile for profile in new if profile not in every))
            by_step.append(every)
        object.__setattr__(self, "_profiles", tuple(by_step))

    def at(self, age: timedelta) -> int:
        """The step of one who has waited so long, 0 is the first."""
        number = len(self.steps) - 1
        while number and age < self.steps[number].after:
            number -= 1
        return number

    def profiles(self, step: int) -> tuple[Profile, ...]:
        """Who fits at `step`, the better first: whom an earlier step admits, then by language, then by subject."""
        return self._profiles[step]

    def fits_from(self, language: int, subject: int) -> timedelta | None:
        """The age of a caller from which an agent with these levels may serve her; None if he never may."""
        if language < LEAST:
            return None
        return next((s.after for s in self.steps if language >= s.language and subject >= s.subject), None)

    def step_of(self, profile: Profile) -> int:
        """The first step that admits it."""
        return next(number for number, every in enumerate(self._profiles) if profile in every)


def relaxed_from(any_subject: timedelta) -> Relaxation:
    """The usual steps, any subject after another time than a minute."""
    first, second, third = FIRST_STEPS
    lower = replace(third, after=any_subject + (third.after - second.after))
    if not any_subject:
        return Relaxation((replace(second, after=any_subject), lower))
    return Relaxation((first, replace(second, after=any_subject), lower))


def fault(steps: tuple[Step, ...]) -> tuple[int, str] | None:
    """Which step is wrong and why, or None."""
    if not steps:
        return 0, "has no step"
    if steps[0].after:
        return 0, "does not begin at 0s"
    for number, (before, step) in enumerate(pairwise(steps), start=1):
        if step.after <= before.after:
            return number, "is not later than the step before"
        if step.language > before.language or step.subject > before.subject:
            return number, "asks for more than the step before"
    return None
