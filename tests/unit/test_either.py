"""Whichever comes first, and nothing that came is lost."""

import asyncio

import pytest

from ivr.either import Either
from ivr.mailbox import Mailbox


async def test_the_first_that_arrives_wins_and_the_other_is_still_there() -> None:
    left, right = asyncio.Queue[int](), asyncio.Queue[int]()
    async with Either(left=left.get, right=right.get) as either:
        right.put_nowait(2)
        assert await either.first(1) == ("right", 2)
        left.put_nowait(1)
        right.put_nowait(3)
        assert await either.first(1) == ("left", 1)
        assert await either.first(1) == ("right", 3)


async def test_what_arrives_while_nobody_listens_is_not_dropped() -> None:
    queue = asyncio.Queue[int]()
    async with Either(queue=queue.get) as either:
        assert await either.first(0) is None
        queue.put_nowait(1)
        await asyncio.sleep(0)
        queue.put_nowait(2)
        assert await either.first(0) == ("queue", 1)
        assert await either.first(1) == ("queue", 2)


async def test_the_first_named_has_precedence() -> None:
    first, second = asyncio.Queue[int](), asyncio.Queue[int]()
    first.put_nowait(1)
    second.put_nowait(2)
    async with Either(first=first.get, second=second.get) as either:
        assert await either.first(1) == ("first", 1)


async def test_it_returns_when_something_beside_it_is_done() -> None:
    beside = asyncio.get_running_loop().create_future()
    async with Either(queue=asyncio.Queue[int]().get) as either:
        beside.set_result(None)
        assert await either.first(None, beside=beside) is None


async def test_what_a_source_raises_is_raised() -> None:
    async def fails() -> None:
        raise KeyError("gone")

    async with Either(fails=fails) as either:
        with pytest.raises(KeyError):
            await either.first(1)


async def test_leaving_stops_listening_and_leaves_nothing_running() -> None:
    queue = asyncio.Queue[int]()
    async with Either(queue=queue.get) as either:
        await either.first(0)
    assert asyncio.all_tasks() == {asyncio.current_task()}
    queue.put_nowait(1)
    assert queue.get_nowait() == 1


async def test_a_mailbox_keeps_what_was_not_taken() -> None:
    box, keys = Mailbox[int](), asyncio.Queue[int]()
    async with Either(keys=keys.get, box=box) as either:
        assert await either.first(0) is None
        box.put(1)
        keys.put_nowait(2)
        assert await either.first(1) == ("keys", 2)
        assert len(box) == 1
        assert await either.first(1) == ("box", 1)
        waits = asyncio.create_task(either.first(1))
        await asyncio.sleep(0)
        box.put(3)
        waits.cancel()
        await asyncio.wait({waits})
    assert box.take() == 3
