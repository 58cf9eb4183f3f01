"""The time, as the house tells it; a demonstration or a test may pretend another one."""

from datetime import UTC, datetime, timedelta


class Clock:
    """Aware UTC moments; `shift` moves them all."""

    def __init__(self, shift: timedelta = timedelta(0)) -> None:
        """`shift` is added to the machine's own time."""
        self.shift = shift

    def __call__(self) -> datetime:
        """Now."""
        return datetime.now(UTC) + self.shift

    def machine(self) -> datetime:
        """The machine's own time, by which Asterisk writes its records."""
        return datetime.now(UTC)

    def pretend(self, moment: datetime) -> None:
        """Go on from `moment` (aware) as if it were now."""
        self.shift = moment - datetime.now(UTC)


def pretended(moment: datetime | None) -> Clock:
    """A clock that shows `moment` now and goes on from there; the true one for None."""
    clock = Clock()
    if moment is not None:
        clock.pretend(moment)
    return clock
