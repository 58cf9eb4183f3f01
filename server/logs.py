"""Log events: what happened, the call's id bound once, no numbers but masked ones."""

import logging
import sys
from typing import Any

import structlog

from config.schema import LogSection


def set_up_logs(settings: LogSection) -> None:
    """Text or JSON lines, to standard error or a file that only its owner reads. Other libraries from warnings on."""
    level = logging.getLevelNamesMapping()[settings.level.upper()]
    stream: Any = sys.stderr
    if settings.file is not None:
        settings.file.touch(mode=0o600, exist_ok=True)
        stream = settings.file.open("a", encoding="utf-8", buffering=1)
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if settings.format == "json"
        else structlog.dev.ConsoleRenderer(colors=settings.file is None and sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(stream),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(stream=stream, level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")
