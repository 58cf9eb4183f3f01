"""The numbers by which prompts are keyed on a telephone: given once and kept, so that a printed sheet stays right."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from recordings.files import damaged, locked, read_json, write_json

FIRST = 101
"""Numbers below are for special things, such as 0 for the message of the day."""


class Numbers:
    """Kept in one file, `<key>: <number>`."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def of(self, keys: Iterable[str]) -> Mapping[str, int]:
        """Every key's number; new keys get the next ones. A number is never given to another key."""
        wanted = tuple(keys)
        known = self._known()
        if any(key not in known for key in wanted):
            with locked(self._file.parent):
                known = self._known()
                for key in wanted:
                    known.setdefault(key, max(known.values(), default=FIRST - 1) + 1)
                write_json(self._file, known)
        return {key: known[key] for key in wanted}

    def key(self, number: str) -> str | None:
        """The key with this number, as it was keyed."""
        if not (number.isascii() and number.isdigit()):
            return None
        known = self._known()
        return next((key for key, given in known.items() if given == int(number)), None)

    def _known(self) -> dict[str, int]:
        known = read_json(self._file, {})
        if not all(type(number) is int for number in known.values()):
            raise damaged(self._file)
        return dict(known)
