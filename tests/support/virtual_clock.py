"""The clock that jumps, for tests: the simulator's loop, and what a story must not leave behind on it."""

import asyncio

from simulator.virtual_loop import NobodyMoves, VirtualLoop

__all__ = ["NobodyMoves", "VirtualLoop", "left_behind"]


def left_behind() -> list[str]:
    """Tasks other than this one that still run: leaks, once a call is over."""
    mine = asyncio.current_task()
    return [str(task) for task in asyncio.all_tasks() if task is not mine and not task.done()]
