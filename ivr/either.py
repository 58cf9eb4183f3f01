"""Waiting for whichever of several things comes first, without losing the others."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Self

from ivr.mailbox import Mailbox


async def let_go(task: "asyncio.Future[Any]") -> None:
    """Cancel what still runs, and wait until it has ended."""
    if not task.done():
        task.cancel()
        await asyncio.wait({task})
    if not task.cancelled():
        task.exception()


class Either:
    """A source is a mailbox, or what is asked again only after its answer was taken: nothing that arrives is dropped.

    ```
    async with Either(desk=place, key=call.next_key) as either:
        name, value = await either.first(timeout=20)
    ```
    """

    def __init__(self, **sources: Mailbox[Any] | Callable[[], Awaitable[Any]]) -> None:
        """Sources in order of precedence when several have arrived."""
        self._sources = sources
        self._asked: dict[str, asyncio.Future[Any]] = {}

    async def __aenter__(self) -> Self:
        """Start listening."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop listening to all."""
        for asked in self._asked.values():
            asked.cancel()
        await asyncio.gather(*self._asked.values(), return_exceptions=True)

    async def first(
        self, timeout: float | None = None, beside: asyncio.Future[Any] | None = None
    ) -> tuple[str, Any] | None:
        """(name, value) of the first that arrives; None after `timeout` seconds or when `beside` is done.

        Raises what the source raised.
        """
        waited: set[asyncio.Future[Any]] = set() if beside is None else {beside}
        news: list[asyncio.Future[None]] = []
        for name, source in self._sources.items():
            if isinstance(source, Mailbox):
                news.append(source.news())
            elif name not in self._asked:
                self._asked[name] = asyncio.ensure_future(source())
        waited.update(self._asked.values(), news)
        try:
            await asyncio.wait(waited, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in news:
                one.cancel()
        for name, source in self._sources.items():
            if isinstance(source, Mailbox):
                if source:
                    return name, source.take()
            elif self._asked[name].done():
                return name, self._asked.pop(name).result()
        return None
