"""The laws of the desk over many random days: `python -m bench histories`, split over processes, with a progress bar.

The same days as in the tests, further on: a day that breaks a law is told by its seed, and
`tests.support.desk_histories.history(seed)` lives through it again.
"""

import argparse
import json
import os
import time
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor, as_completed
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

from tests.support.desk_histories import EVENTS, history

MANY = 100_000
TOGETHER = 250
FILE = "histories.json"


def main(arguments: list[str], results: Path) -> int:
    """Live through them; 0 when every law held in every one."""
    words = argparse.ArgumentParser(prog="python -m bench histories", description=__doc__)
    words.add_argument("--days", type=int, default=MANY, help="so many")
    words.add_argument("--first", type=int, default=0, help="the first seed")
    words.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    words.add_argument("--results", type=Path, default=results, help="where the row of the report goes")
    asked = words.parse_args(arguments)
    console, began, clock = Console(), datetime.now(UTC), time.monotonic()
    parts = [
        range(at, min(at + TOGETHER, asked.first + asked.days))
        for at in range(asked.first, asked.first + asked.days, TOGETHER)
    ]
    offers, cpu, broken = 0, 0.0, list[str]()
    bar = Progress("days", BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=console)
    with bar, ProcessPoolExecutor(asked.processes) as pool:
        task = bar.add_task("", total=asked.days)
        for done in as_completed([pool.submit(lived, part) for part in parts]):
            made, spent, told = done.result()
            offers, cpu, broken = offers + made, cpu + spent, broken + told
            bar.advance(task, TOGETHER)
    row = {
        "began": began.isoformat(),
        "days": asked.days,
        "first": asked.first,
        "events_a_day": EVENTS,
        "offers": offers,
        "broken": broken,
        "cpu_seconds": round(cpu),
        "seconds": round(time.monotonic() - clock),
        "processes": asked.processes,
    }
    asked.results.mkdir(parents=True, exist_ok=True)
    (asked.results / FILE).write_text(json.dumps(row, indent=1) + "\n", encoding="utf-8")
    for line in broken:
        console.print(f"[red]{line}[/red]", highlight=False)
    console.print(told_in_words(row), highlight=False)
    return 1 if broken else 0


def lived(seeds: Iterable[int]) -> tuple[int, float, list[str]]:
    """Offers made in the days of these seeds, seconds of CPU, and the laws that were broken."""
    began, offers, broken = time.process_time(), 0, []
    for seed in seeds:
        try:
            offers += history(seed)
        except AssertionError as law:
            broken.append(f"history({seed}): {str(law).splitlines()[0] if str(law) else 'a law is broken'}")
    return offers, time.process_time() - began, broken


def told_in_words(row: dict[str, object]) -> str:
    """The row of the report."""
    broken = row["broken"]
    assert isinstance(broken, list)
    held = f"**{len(broken)} broke a law**" if broken else "every law held in all of them"
    return (
        f"{row['days']} random days of {row['events_a_day']} events and more, {row['offers']} offers: {held}; "
        f"{row['cpu_seconds']} s of CPU, {row['seconds']} s in {row['processes']} processes"
    )


def last(results: Path) -> str:
    """What the last run told, for the report; empty when there was none."""
    try:
        row = json.loads((results / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ""
    return told_in_words(row)
