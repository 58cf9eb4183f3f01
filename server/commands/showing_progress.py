"""A line that grows while a command works; nothing where standard error is no terminal."""

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


def only_warnings() -> None:
    """The log's warnings go to standard error from now on, and nothing below them."""
    import structlog

    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


@contextmanager
def shown(what: str) -> Iterator[Callable[[int, int], None]]:
    """Yield a function to be called with (done, all). The log's warnings go to standard error meanwhile."""
    import structlog
    from rich.console import Console
    from rich.progress import Progress

    before = structlog.get_config()
    only_warnings()
    console = Console(file=sys.stderr)
    try:
        with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
            task = progress.add_task(what, total=None)

            def at(done: int, everything: int) -> None:
                progress.update(task, completed=done, total=everything)

            yield at
    finally:
        structlog.configure(**before)
