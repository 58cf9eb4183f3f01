"""What an administrator's values have in common: each refuses with what is wrong, then how to mend it."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

from config.mistakes import nearest
from dialplan.text import FORBIDDEN_IN_LABEL

WRONG = "wrong"
"""The pydantic error type of every refusal here; its context holds `what` and `mend`."""


def wrong(what: str, mend: str) -> PydanticCustomError:
    """A refusal to raise from a validator."""
    return PydanticCustomError(WRONG, "{what}; {mend}", {"what": what, "mend": mend})


def text_of(value: Any, mend: str) -> str:
    """The value as one line of text, or a refusal."""
    if not isinstance(value, str):
        raise wrong("is not a single value", mend)
    return value.strip()


def as_list(value: Any) -> Any:
    """Let a list be written with commas: `2000, 2001`."""
    if isinstance(value, str):
        return [part.strip() for part in value.strip().strip("[]").split(",") if part.strip()]
    return value


def listed(of_what: str) -> BeforeValidator:
    """A list, or its items on one line with commas."""

    def check(value: Any) -> Any:
        items = as_list(value)
        if not isinstance(items, list | tuple):
            raise wrong("is not a list", f"write {of_what}")
        return tuple(items)

    return BeforeValidator(check)


def one_of(known: Iterable[str]) -> BeforeValidator:
    """One word of `known`."""
    words = tuple(known)

    def check(value: Any) -> Any:
        text = text_of(value, f"write one of {', '.join(words)}")
        if text not in words:
            raise wrong(f'"{text}" is not known', nearest(text, words))
        return text

    return BeforeValidator(check)


def pattern(expression: str, what: str, mend: str, *, hidden: bool = False) -> BeforeValidator:
    """A text that matches `expression` as a whole; `hidden` keeps it out of the message."""
    compiled = re.compile(expression)

    def check(value: Any) -> str:
        text = text_of(value, mend)
        if not compiled.fullmatch(text):
            raise wrong(what if hidden else f'"{text}" {what}', mend)
        return text

    return BeforeValidator(check)


def whole(least: int, most: int, what: str = "a whole number") -> BeforeValidator:
    """A whole number between `least` and `most`, in the digits 0–9."""

    def check(value: Any) -> int:
        mend = f"write {what} from {least} to {most}"
        text = text_of(str(value) if type(value) is int else value, mend)
        if not re.fullmatch(r"-?[0-9]{1,9}", text):
            raise wrong(f'"{text}" is not {what}', mend)
        if not least <= int(text) <= most:
            raise wrong(f"{text} is out of range", mend)
        return int(text)

    return BeforeValidator(check)


def fraction(least: float, most: float) -> BeforeValidator:
    """A number between two others, with a point."""

    def check(value: Any) -> float:
        mend = f"write a number from {least:g} to {most:g}, such as {most - (most - least) / 4:g}"
        text = text_of(str(value) if type(value) in (int, float) else value, mend)
        if not re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,6})?", text):
            raise wrong(f'"{text}" is not a number', mend)
        if not least <= float(text) <= most:
            raise wrong(f"{text} is out of range", mend)
        return float(text)

    return BeforeValidator(check)


def _yes_or_no(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    text = text_of(value, "write yes or no").lower()
    if text in {"yes", "true", "on", "oui"}:
        return True
    if text in {"no", "false", "off", "non"}:
        return False
    raise wrong(f'"{text}" is neither yes nor no', "write yes or no")


def _name(value: Any) -> str:
    text = unicodedata.normalize("NFC", text_of(value, "write it on one line"))
    # Direction marks come along when Arabic is copied from a page.
    text = "".join(letter for letter in text if unicodedata.category(letter) != "Cf").strip()
    for letter in text:
        if not letter.isprintable():
            raise wrong("holds a control character or a line break", "write it on one line")
        if letter in FORBIDDEN_IN_LABEL:
            raise wrong(f"holds {letter}, which telephones cannot show", f"leave {letter} out")
    if not 1 <= len(text) <= 120:
        raise wrong("is empty or longer than 120 letters", "write a name of 1 to 120 letters")
    return text


YesOrNo = Annotated[bool, BeforeValidator(_yes_or_no)]
Name = Annotated[str, BeforeValidator(_name)]
