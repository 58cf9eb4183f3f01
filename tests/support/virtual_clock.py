"""An event loop whose time jumps: minutes of waiting take no time at all, in the right order.

Nothing outside may be awaited (no sockets, no threads): a test in which everybody waits and no timer runs fails
at once.
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
        self._inner = selectors.DefaultSelector()
        self._jump = jump
        self._spun = 0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
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
        return self._inner.register(fileobj, events, data)

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        return self._inner.unregister(fileobj)

    def modify(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        return self._inner.modify(fileobj, events, data)

    def close(self) -> None:
        self._inner.close()

    def get_key(self, fileobj: Any) -> selectors.SelectorKey:
        return self._inner.get_key(fileobj)

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        return self._inner.get_map()


class VirtualLoop(asyncio.SelectorEventLoop):
    """`time()` begins at 0 and moves only when everybody waits."""

    def __init__(self) -> None:
        self._elapsed = 0.0
        super().__init__(_JumpingSelector(self._pass))

    def time(self) -> float:
        return self._elapsed

    def _pass(self, seconds: float) -> None:
        self._elapsed += seconds


def left_behind() -> list[str]:
    """Tasks other than this one that still run: leaks, once a call is over."""
    mine = asyncio.current_task()
    return [str(task) for task in asyncio.all_tasks() if task is not mine and not task.done()]
