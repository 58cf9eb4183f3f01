"""How long a telephone's own hold key kept the other side waiting."""

from collections.abc import Callable
from datetime import timedelta


class Hold:
    """One conversation's holds; a repeated event counts once."""

    def __init__(self, now: Callable[[], float]) -> None:
        """`now` gives monotonic seconds."""
        self._now = now
        self._before = 0.0
        self._since: float | None = None

    def press(self, on: bool) -> None:
        """The key was pressed."""
        if on and self._since is None:
            self._since = self._now()
        elif not on and self._since is not None:
            self._before += self._now() - self._since
            self._since = None

    @property
    def total(self) -> timedelta:
        """All of it until now."""
        goes_on = 0.0 if self._since is None else self._now() - self._since
        return timedelta(seconds=self._before + goes_on)
