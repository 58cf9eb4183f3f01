"""The mailbox of a call: in order, each thing once, and nothing lost with who is cancelled."""

import asyncio

from ivr.mailbox import Mailbox


async def test_things_come_in_the_order_in_which_they_were_put() -> None:
    box: Mailbox[int] = Mailbox()
    box.put(1)
    box.put(2)
    assert [await box.get(), await box.get()] == [1, 2]
    assert len(box) == 0


async def test_who_waits_has_it_when_it_comes() -> None:
    box: Mailbox[int] = Mailbox()
    waits = asyncio.create_task(box.get())
    await asyncio.sleep(0)
    box.put(7)
    assert await waits == 7


async def test_who_is_cancelled_in_the_moment_of_its_coming_leaves_it_to_the_next() -> None:
    box: Mailbox[int] = Mailbox()
    waits = asyncio.create_task(box.get())
    await asyncio.sleep(0)
    box.put(7)
    waits.cancel()
    await asyncio.wait({waits})
    assert waits.cancelled()
    assert await box.get() == 7


async def test_of_two_who_wait_each_has_one() -> None:
    box: Mailbox[int] = Mailbox()
    two = [asyncio.create_task(box.get()) for _ in range(2)]
    await asyncio.sleep(0)
    box.put(1)
    await asyncio.sleep(0)
    box.put(2)
    assert sorted(await asyncio.gather(*two)) == [1, 2]


async def test_all_can_be_taken_at_once() -> None:
    box: Mailbox[int] = Mailbox()
    box.put(1)
    box.put(2)
    assert box.take_all() == [1, 2]
    assert len(box) == 0
