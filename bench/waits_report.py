"""The table and the plot of `python -m bench waits`. No row of the data is in either."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from bench.ranges import Quality, Told, quality

HOW = """\
Ranges told at entry, meant to hold 80 % of the waits that follow; seconds. The day is replayed {replays} times through
`routing.decide`, with other draws of what the data does not show (who was answered: how long she would have stayed; who
gave up: how long she would have talked), and the replays are counted together. Score is the interval score for 80 %:
width and ten times the miss on either side; less is better. Error is that of the middle; with a bias above 0 it is
longer than the waits.

Ours is what callers hear (`routing/foresight.py`) and knows at each moment only what has happened by then. The three
others have the same callers. *Learnt as ours*: the reach on either side of their number is learnt by our own
method, and what it supposes at first are their errors of this very day. *Best in hindsight*: of all ranges whose
ends are straight lines of their number, those with the least score at our coverage, chosen with each whole replay
known: nobody could say them at the time. *As spoken* is ours as a caller hears it in French. Who hung up counts with
the wait she would have had.
The settings of ours were chosen on replays 1 and 2 of this day.
The number of trials, and how pauses are read, were changed later for their cost, with all these days in view.
"""
COLOURS = ("#0b6e6e", "#c65d21", "#6a4c93", "#7a7a7a")
LINES = ("-", "--", "-.", ":")
FEWEST_IN_HOUR = 20


def write(
    folder: Path,
    tables: Mapping[str, Mapping[tuple[str, str], Quality]],
    rows: Mapping[tuple[str, str], Sequence[Told]],
    replays: int,
) -> Path:
    """Write both; the place of the table."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = ["# The told wait on a recorded day", "", HOW.format(replays=replays)]
    for title, table in tables.items():
        lines += [f"## {title}", "", "| ranges | made | told | coverage | width | score | error | bias |"]
        lines.append("|---|---|---:|---:|---:|---:|---:|---:|")
        for (name, made), it in table.items():
            figures = f"{it.width:.0f} | {it.score:.0f} | {it.error:.0f} | {it.bias:+.0f}"
            lines.append(f"| {name} | {made} | {it.told} | {it.coverage:.1%} | {figures} |")
        lines.append("")
    lines.append("![by hour, and by what was told](waits.png)")
    plot(folder / "waits.png", rows)
    text = folder / "waits.md"
    text.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return text


def plot(file: Path, rows: Mapping[tuple[str, str], Sequence[Told]]) -> None:
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    figure, (score, cover, reliable) = plt.subplots(1, 3, figsize=(17, 5), layout="constrained")
    shown = {row: told for row, told in rows.items() if row[1] in ("", "learnt as ours")}
    for (row, told), colour, line in zip(shown.items(), COLOURS, LINES, strict=True):
        hours = sorted({one.hour for one in told})
        by_hour = {hour: [one for one in told if one.hour == hour] for hour in hours}
        seen = {hour: quality(its) for hour, its in by_hour.items() if len(its) >= FEWEST_IN_HOUR}
        score.plot(
            list(seen),
            [it.score for it in seen.values()],
            color=colour,
            ls=line,
            marker="o",
            ms=3,
            label=row[0],
        )
        cover.plot(
            list(seen), [100 * it.coverage for it in seen.values()], color=colour, ls=line, marker="o", ms=3
        )
    score.set(
        title="interval score by hour (less is better)",
        xlabel="hour of the day",
        ylabel="seconds",
        ylim=(0, None),
    )
    score.legend(fontsize=8, title="others: learnt as ours", title_fontsize=8)
    cover.axhline(80, color="black", lw=0.8)
    cover.set(title="waits inside the range, by hour", xlabel="hour of the day", ylabel="%", ylim=(0, 100))
    _reliability(reliable, next(iter(rows.values())))
    figure.savefig(file, dpi=110)
    plt.close(figure)


def _reliability(axes: object, ours: Sequence[Told]) -> None:
    """Of callers who were told alike: the mean range, and where four of five of their waits were."""
    from matplotlib.axes import Axes

    assert isinstance(axes, Axes)
    by_told = sorted(ours, key=lambda one: one.middle)
    groups = [group for group in np.array_split(np.arange(len(by_told)), 12) if len(group)]
    at, low, high, least, most, half = [], [], [], [], [], []
    for group in groups:
        its = [by_told[i] for i in group]
        at.append(np.mean([one.middle for one in its]))
        low.append(np.mean([one.low for one in its]))
        high.append(np.mean([one.high for one in its]))
        ten, fifty, ninety = np.quantile([one.wait for one in its], (0.1, 0.5, 0.9))
        least.append(ten)
        half.append(fifty)
        most.append(ninety)
    axes.fill_between(at, low, high, color=COLOURS[0], alpha=0.25, label="told: mean range")
    axes.plot(at, at, color=COLOURS[0], lw=0.8, label="told: middle")
    apart = [np.subtract(half, least), np.subtract(most, half)]
    axes.errorbar(
        at, half, yerr=apart, color="black", fmt="o", ms=3, lw=1, label="waits: middle, four of five"
    )
    axes.set(title="ours: what was told and what followed", xlabel="middle told, seconds", ylabel="seconds")
    axes.legend(fontsize=8)
