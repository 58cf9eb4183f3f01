"""An event loop whose time jumps: minutes of waiting take no time at all, in the right order.

Nothing outside may be awaited (no sockets, no threads): a story in which everybody waits and no timer runs fails at
once.
"""

import asyncio
import selectors
from collections.abc import Callable, Mapping
from typing import Any

SPINS = 100_000  # turns of the loop without time passing: somebody asks again and again without waiting


class NobodyMoves(Exception):  # noqa: N818 - named for what is wrong
    """Everybody waits for somebody else, or somebody spins: in a real office this would last for ever."""


class _JumpingSelector(selectors.BaseSelector):
    """Instead of sleeping until the next timer, moves the loop's time there."""

    def __init__(self, jump: Callable[[float], None]) -> None:
        """`jump` moves the loop's time by so many seconds."""
        self._inner = selectors.DefaultSelector()
        self._jump = jump
        self._spun = 0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """What is ready, at once. Raises NobodyMoves."""
        ready = self._inner.select(0)
        self._spun += 1
        if self._spun > SPINS:
            self._spun = 0
            raise NobodyMoves("no time passes: something is asked again and again without waiting")
        if ready or timeout == 0:
            return ready
        if timeout is None:
            raise NobodyMoves("everybody waits and no timer runs")
        self._spun = 0
        self._jump(max(0.0, timeout))
        return ready

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        """As the real one."""
        return self._inner.register(fileobj, events, data)

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        """As the real one."""
        return self._inner.unregister(fileobj)

    def modify(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        """As the real one."""
        return self._inner.modify(fileobj, events, data)

    def close(self) -> None:
        """As the real one."""
        self._inner.close()

    def get_key(self, fileobj: Any) -> selectors.SelectorKey:
        """As the real one."""
        return self._inner.get_key(fileobj)

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        """As the real one."""
        return self._inner.get_map()


class VirtualLoop(asyncio.SelectorEventLoop):
    """`time()` begins at 0 and moves only when everybody waits."""

    def __init__(self) -> None:
        """Begin at second 0."""
        self._elapsed = 0.0
        super().__init__(_JumpingSelector(self._pass))

    def time(self) -> float:
        """Seconds since the loop was made, virtual ones."""
        return self._elapsed

    def _pass(self, seconds: float) -> None:
        self._elapsed += seconds
