"""The keys that were pressed and that nobody has taken yet, and who waits for the next."""

import asyncio
from collections import deque
from collections.abc import Callable

from ivr.call import Heard, Keys, Question, Silence

MOST_KEYS_AHEAD = 64  # a stuck key must not fill memory


class Keypad:
    """One telephone's. What is not taken is kept for the next question."""

    def __init__(self, must_live: Callable[[], None]) -> None:
        """`must_live` raises `CallerHungUp` when the channel is gone."""
        self._must_live = must_live
        self._keys: deque[str] = deque(maxlen=MOST_KEYS_AHEAD)
        self._waiting: list[asyncio.Future[None]] = []
        self.last_at = float("-inf")
        """When a key was last pressed, by the loop's time."""

    def __len__(self) -> int:
        """How many were keyed ahead."""
        return len(self._keys)

    def pressed(self, key: str) -> None:
        """It counts, and whoever waits is woken."""
        self._keys.append(key)
        self.wake()

    def take(self) -> str:
        """The first of those keyed ahead."""
        self._must_live()
        return self._keys.popleft()

    async def next(self) -> str:
        """The next key, keyed ahead or to come."""
        while not self._keys:
            self._must_live()
            await self.news()
        return self.take()

    def give_back(self, key: str) -> None:
        """As if it had just been keyed ahead."""
        self._keys.appendleft(key)

    async def number(self, question: Question) -> Heard:
        """Digits until `#`, `most` of them, or a silence between two."""
        keys = ""
        while len(keys) < question.most:
            try:
                key = await asyncio.wait_for(self.next(), question.next_key.total_seconds())
            except TimeoutError:
                break
            if key == "#":
                break
            keys += key
        return Keys(keys) if keys else Silence()

    def forget(self) -> None:
        """None of them counts."""
        self._keys.clear()

    def forget_until(self, last: str) -> None:
        """Nor does `last`; those after it do. All are forgotten where it is not among them."""
        while self._keys and self._keys.popleft() != last:
            pass

    def news(self) -> "asyncio.Future[None]":
        """Done when a key or words come, when a Read ends, and when the channel is gone."""
        news: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting = [other for other in self._waiting if not other.done()]
        self._waiting.append(news)
        return news

    def wake(self) -> None:
        """There is news."""
        for news in self._waiting:
            if not news.done():
                news.set_result(None)
