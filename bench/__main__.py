"""`python -m bench`: measure, print progress, write the report. Only what cannot be started ends it with an error."""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench import capture, centre, figures, hearing, histories, machine, micro, report, voice, waits
from bench.rounds import Measuring, Round
from bench.sizes import FULL, QUICK, Sizes

console = Console()


def main() -> int:
    """Run it all; 0 whatever the figures are, 1 when nothing could be measured.

    `waits FILE` and `histories` run that alone.
    """
    if sys.argv[1:2] == ["waits"]:
        return waits.main(sys.argv[2:], report.RESULTS)
    if sys.argv[1:2] == ["histories"]:
        return histories.main(sys.argv[2:], report.RESULTS)
    words = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    words.add_argument("--quick", action="store_true", help="two small rounds, about three minutes")
    words.add_argument("--rounds", type=int, help="so many rounds")
    words.add_argument("--results", type=Path, default=report.RESULTS, help="where the report goes")
    asked = words.parse_args()
    sizes = QUICK if asked.quick else FULL
    try:
        capture.check_rights()
    except capture.CannotCapture as problem:
        console.print(f"[red]{problem}[/red]")
        return 1
    here, began, clock = machine.describe(), datetime.now(UTC), time.monotonic()
    if here.load > 0.5:
        console.print(f"[yellow]this machine is busy (load {here.load:.1f}): figures will be noisy[/yellow]")
    wanted = asked.rounds or sizes.rounds
    with tempfile.TemporaryDirectory(prefix="bench-", dir="/tmp") as name:
        # Asterisk's own user passes through to its files.
        os.chmod(name, 0o711)
        seen = asyncio.run(_rounds(Path(name), sizes, wanted, clock))
    console.rule("without calls")
    told = figures.of_rounds(seen)
    told += micro.figures(lambda line: _say(clock, line))
    told += voice.figures(lambda line: _say(clock, line))
    told += hearing.figures(lambda line: _say(clock, line))
    place = report.write(asked.results, told, seen, sizes, here, began, time.monotonic() - clock)
    _print_table(told)
    console.print(f"written: {place}")
    return 0 if any(figure.ratio is not None for figure in told) else 1


async def _rounds(folder: Path, sizes: Sizes, wanted: int, clock: float) -> list[Round]:
    measuring = Measuring(centre.write(folder), folder, sizes, lambda line: _say(clock, line))
    seen = []
    for number in range(wanted):
        console.rule(f"round {number + 1} of {wanted}")
        seen.append(await measuring.round(number))
    return seen


def _say(clock: float, line: str) -> None:
    for each in line.splitlines():
        console.print(f"[dim]{time.monotonic() - clock:6.0f} s[/dim]  {each}", highlight=False)


def _print_table(told: list[figures.Figure]) -> None:
    table = Table("id", "what", "ours", "native", "ratio", "reach", "aim", "reached")
    for each in told:
        ratio = "–" if each.ratio is None else f"{each.ratio:.3g}"
        reached = {None: "–", True: "[green]yes[/green]", False: "[red]no[/red]"}[each.reached]
        bounds = ("–" if bound is None else f"{bound:g}" for bound in (each.reach, each.aim))
        table.add_row(each.id, each.what, each.ours, each.native, ratio, *bounds, reached)
    console.print(table)


if __name__ == "__main__":
    sys.exit(main())
