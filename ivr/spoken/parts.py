"""A phrase as the pieces it is played from: each has a name under which a person may record it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

EDGES = " .,:;?!…«»()،؛؟"
"""What stands between words and is not said."""
_SHORT, _LONG = 0.2, 0.45  # seconds after a comma or colon, and after a sentence


@dataclass(frozen=True, slots=True)
class Part:
    """One piece. A recording of it is `<language>/<key>.wav`.

    `text` is the piece as it stands in the phrase, with the spaces and signs around it, so that the texts of all
    parts are the phrase. In one language a key always has the same `words`.
    """

    key: str
    text: str

    @property
    def words(self) -> str:
        """What is said, without the signs around it."""
        return self.text.strip(EDGES)

    @property
    def pause(self) -> float:
        """Seconds of silence that its last signs ask for."""
        after = self.text[len(self.text.rstrip(EDGES)) :]
        if any(sign in ".?!؟…" for sign in after):
            return _LONG
        return _SHORT if after.strip() else 0.0


Parts = tuple[Part, ...]


def text_of(parts: Iterable[Part]) -> str:
    """The phrase that the parts make."""
    return "".join(part.text for part in parts)


def with_after(parts: Parts, signs: str) -> Parts:
    """The parts with spaces or signs after the last one."""
    return (*parts[:-1], replace(parts[-1], text=parts[-1].text + signs))


def joined(between: str, groups: Iterable[Parts]) -> Parts:
    """The groups in a row, with spaces or signs between them."""
    found: Parts = ()
    for group in groups:
        found = (*with_after(found, between), *group) if found else group
    return found
