"""How well agents know what, and when less is enough, as an administrator writes it: `fr:1`, and the steps."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator

from config.kinds import Section
from config.mistakes import nearest
from config.moments import duration
from config.values import listed, text_of, whole, wrong
from routing.model import Language
from routing.skills import ANY, BEST, LEAST, Step

_SUBJECT = re.compile(r"[a-z][a-z0-9_-]{0,30}")
_LEVELS = frozenset(str(level) for level in range(LEAST, BEST + 1))
LEVELS = "1 (gets by), 2 (well) or 3 (as one's own)"


@dataclass(frozen=True, slots=True)
class Graded:
    """A language or a subject, and how well an agent knows it."""

    code: str
    level: int = BEST


def _graded(check: Callable[[str], str]) -> BeforeValidator:
    def read(value: Any) -> Graded:
        if isinstance(value, Graded):
            return value
        code, colon, level = text_of(value, "write it on one line, such as fr or fr:2").partition(":")
        if colon and level.strip() not in _LEVELS:
            raise wrong(
                f'"{level.strip()}" is not a level', f"write {LEVELS} after the colon, or leave it out"
            )
        return Graded(check(code.strip()), int(level) if colon else BEST)

    return BeforeValidator(read)


def _language(code: str) -> str:
    if code not in set(Language):
        raise wrong(f'"{code}" is not known', nearest(code, list(Language)))
    return code


def _subject(code: str) -> str:
    if not _SUBJECT.fullmatch(code):
        raise wrong(f'"{code}" is not a short name', "use small letters a–z, digits, - and _, a letter first")
    return code


GradedLanguages = Annotated[
    tuple[Annotated[Graded, _graded(_language)], ...], listed("languages such as [ar, zgh, fr:2]")
]
GradedSubjects = Annotated[
    tuple[Annotated[Graded, _graded(_subject)], ...], listed("subjects such as [legal, funding:2]")
]


def _or_any(value: Any) -> int:
    mend = f"write any, or {LEVELS}"
    text = text_of(str(value) if type(value) is int else value, mend).lower()
    if text == "any":
        return ANY
    if text not in _LEVELS:
        raise wrong(f'"{text}" is not a level', mend)
    return int(text)


class RelaxSection(Section):
    """A step: from the wait `after` on, agents with these levels may answer."""

    after: Annotated[timedelta, duration(timedelta(0), timedelta(days=1))]
    language: Annotated[int, whole(LEAST, BEST)] = LEAST
    subject: Annotated[int, BeforeValidator(_or_any)] = LEAST

    @classmethod
    def of(cls, step: Step) -> "RelaxSection":
        """As it would be written."""
        subject = "any" if step.subject == ANY else step.subject
        return cls.model_validate({"after": step.after, "language": step.language, "subject": subject})

    def step(self) -> Step:
        """As the desk knows it."""
        return Step(self.after, self.language, self.subject)
