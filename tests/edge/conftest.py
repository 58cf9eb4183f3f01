"""A link to a fake Asterisk, a line to a wire, and proof that they leave nothing behind."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from pbx.link import Link, LinkSettings, Message
from routing.record import TraceLine
from tests.edge.line_story import SECRET
from tests.edge.line_story import Story as LineStory
from tests.support.fake_asterisk import FakeAsterisk


@dataclass
class Story:
    """What a controller saw on its link, in order: up, down, and events."""

    happened: list[str] = field(default_factory=list)
    events: list[Message] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)
    handler: Callable[[Message], None] = lambda _: None
    stocktaking: Callable[[], object] = lambda: None
    link: Link | None = None
    running: asyncio.Task[None] | None = None

    def take(self, event: Message) -> None:
        self.events.append(event)
        self.tell(event.name)
        self.handler(event)

    async def up(self) -> None:
        self.tell("up")
        result = self.stocktaking()
        if asyncio.iscoroutine(result):
            await result
        self.tell("ready")

    def down(self) -> None:
        self.tell("down")

    def tell(self, what: str) -> None:
        self.happened.append(what)
        self.news.set()

    async def until(self, what: str, times: int = 1) -> None:
        """Wait until it happened so often."""
        while self.happened.count(what) < times:
            self.news.clear()
            await self.news.wait()


Linked = Callable[..., AbstractAsyncContextManager[tuple[Link, Story]]]

QUICK = {
    "action_timeout": timedelta(seconds=20),
    "backoff": (timedelta(milliseconds=1), timedelta(milliseconds=8)),
}


@pytest.fixture
async def asterisk() -> AsyncIterator[FakeAsterisk]:
    async with FakeAsterisk() as fake:
        yield fake


@pytest.fixture
def linked() -> Linked:
    """Return the way to run a link: `async with linked(asterisk, …) as (link, story)`; it is up already."""

    @asynccontextmanager
    async def run(fake, *, wanted=None, story=None, wait=True, **settings):
        story = story or Story()
        all_settings = {"user": fake.user, "secret": fake.secret, **QUICK, **settings}
        link = Link(
            LinkSettings("127.0.0.1", fake.port, **all_settings),
            story.take,
            story.up,
            story.down,
            wanted=wanted,
        )
        story.link = link
        story.running = asyncio.create_task(link.run())
        try:
            if wait:
                await story.until("ready")
            yield link, story
        finally:
            story.running.cancel()
            await asyncio.gather(story.running, return_exceptions=True)

    return run


@pytest.fixture(autouse=True)
async def nothing_left_behind() -> AsyncIterator[None]:
    complaints: list[dict[str, object]] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _loop, context: complaints.append(context))
    before = asyncio.all_tasks()
    yield
    await asyncio.sleep(0)
    left = {task for task in asyncio.all_tasks() - before if task is not asyncio.current_task()}
    assert not left
    assert not complaints


@pytest.fixture
async def story() -> AsyncIterator[LineStory]:
    told = LineStory()
    yield told
    told.line.close()
    for record in told.kept.records:
        if isinstance(record, TraceLine):
            assert all(SECRET not in fact and SECRET[1:] not in fact for fact in record.facts.values())
