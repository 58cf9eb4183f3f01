"""The report: `latest.md` for people, `latest.json` for whoever compares runs, and a plot."""

import json
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from bench import histories
from bench.figures import Figure
from bench.machine import Machine
from bench.rounds import Round
from bench.sizes import Sizes
from server import parts

RESULTS = Path(__file__).parent / "results"
PLOT = "latest.png"
OURS, NATIVE = (
    "#0b6e6e",
    "#c65d21",
)  # told apart by form too: circles and a full line, squares and a broken line

HOW = """\
Native is the same two menus and a queue in Asterisk's dialplan and app_queue, with the same sounds, the same
Asterisk program and configuration, and no controller; on either a caller hears her place once, as she joins the
line. Each side has an Asterisk of its own; they are loaded in turn, and who comes first changes from round to
round. Menu calls are placed in halves, after sixty that are not counted: on the one side, on the other, on the
other again and on the one. Callers are SIPp with sound and RFC 4733 keys, at ports that take what they hear, agents
real softphones. P1: one capture of the loopback, from the first packet that ends the key to the first frame of the
next prompt. P4: from the agent's BYE to the next INVITE at his telephone; app_queue with `ringinuse=no`,
`wrapuptime=0`, `retry=1`, ours with `wrap_up: 0s`. P4b sends the sound of 300 callers both ways beside it; two rows
tell whose the difference is: the controller's part, from the manager's event that the telephone is free to the
command that rings it, and Asterisk's and the machine's, from an OPTIONS request to its answer. CPU from
`/proc/<pid>/stat`, anonymous memory from `smaps_rollup`. A ratio is taken in each round; the median of the rounds
is shown, with a bootstrap over rounds and over what was seen in each. P7, P10 and P11 run in one process, CPU time
only. P12: `Speech.sounds`, by the clock. S1 and S2: one recogniser's process with a real model, fed in real time."""


def write(
    folder: Path,
    figures: Sequence[Figure],
    rounds: Sequence[Round],
    sizes: Sizes,
    machine: Machine,
    began: datetime,
    seconds: float,
) -> Path:
    """Write all three; the place of the text."""
    folder.mkdir(parents=True, exist_ok=True)
    used = versions()  # first: what is written here makes the checkout differ from its revision
    plot(folder / PLOT, figures, rounds)
    facts = {
        "began": began.isoformat(),
        "seconds": round(seconds),
        "sizes": asdict(sizes),
        "machine": asdict(machine),
    }
    rows = [asdict(figure) | {"reached": figure.reached, "aimed": figure.aimed} for figure in figures]
    data = {**facts, "versions": used, "figures": rows, "rounds": [asdict(each) for each in rounds]}
    (folder / "latest.json").write_text(json.dumps(data, indent=1, ensure_ascii=False), encoding="utf-8")
    text = folder / "latest.md"
    text.write_text(_text(folder, figures, rounds, sizes, machine, used, began, seconds), encoding="utf-8")
    return text


def versions() -> dict[str, str]:
    """Of what was measured, and with what."""
    return {
        "mowakaba": _revision(),
        "asterisk": _first_line(parts.find("asterisk"), "-V").removeprefix("Asterisk "),
        "sipp": _first_line(parts.find("sipp"), "-v").removeprefix("SIPp ").rstrip("."),
        "panoramisk": version("panoramisk"),
        "sqlalchemy": version("SQLAlchemy"),
    }


def _laws(folder: Path) -> list[str]:
    told = histories.last(folder)
    return [f"The desk's laws (`python -m bench histories`): {told}.", ""] if told else []


def _text(
    folder: Path,
    figures: Sequence[Figure],
    rounds: Sequence[Round],
    sizes: Sizes,
    machine: Machine,
    used: dict[str, str],
    began: datetime,
    seconds: float,
) -> str:
    lines = [
        "# Mowakaba against native Asterisk",
        "",
        f"Made by `make bench`, {began:%Y-%m-%d %H:%M} UTC, {seconds / 60:.1f} minutes, {len(rounds)} rounds. "
        "Ratios count; absolute values belong to this machine.",
        "",
        f"- machine: {machine.processor}, {machine.cores} cores, {machine.memory_gb} GB, {machine.system}, "
        f"Python {machine.python}; load average at the start {machine.load:.2f}",
        "- versions: " + ", ".join(f"{name} {number}" for name, number in used.items()),
        f"- per round and side: {sizes.menu_calls} menu calls at {sizes.menu_rate:g}/s; {sizes.hand_overs} hand-overs "
        f"with {sizes.waiting} or more waiting; a crowd of {sizes.crowd} waiting (ours)",
        "",
        "| id | what | ours | native | ratio | 95 % interval | reach | aim | reached |",
        "|---|---|---:|---:|---:|---:|---:|---:|---|",
        *(_row(figure) for figure in figures),
        "",
        *_laws(folder),
        f"![Key to prompt, and agent free to ring]({PLOT})",
        "",
        "## How it is measured",
        "",
        HOW,
        "",
    ]
    troubles = [trouble for each in rounds for trouble in each.troubles]
    unheard = sum(each.ours.no_prompt + each.native.no_prompt for each in rounds)
    failed = sum(each.ours.failed + each.native.failed for each in rounds)
    if troubles or unheard or failed:
        lines += ["## What went wrong", ""]
        lines += [f"- {trouble}" for trouble in troubles]
        lines += [f"- {unheard} keys without a recognised next prompt"] if unheard else []
        lines += [f"- {failed} menu calls failed"] if failed else []
        lines.append("")
    return "\n".join(lines)


def _row(figure: Figure) -> str:
    sign = "≥" if figure.at_least else "≤"
    interval = "–" if figure.interval is None else "{:.3g} – {:.3g}".format(*figure.interval)
    ratio = "–" if figure.ratio is None else f"{figure.ratio:.3g}"
    reached = {None: "not measured", True: "yes", False: "**no**"}[figure.reached]
    if figure.aimed:
        reached = "yes, and the aim"
    bounds = " | ".join("–" if bound is None else f"{sign} {bound:g}" for bound in (figure.reach, figure.aim))
    if figure.reach is None:
        reached = "–"
    return (
        f"| {figure.id} | {figure.what} | {figure.ours} | {figure.native} | {ratio} | {interval} | {bounds} "
        f"| {reached} |"
    )


def plot(file: Path, figures: Sequence[Figure], rounds: Sequence[Round]) -> None:
    """Two distributions, and every ratio with its interval against what was promised."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, (keys, rings, ratios) = pyplot.subplots(1, 3, figsize=(17, 5), layout="constrained")
    for axes, title, ours, native in (
        (
            keys,
            "P1: key → next prompt",
            [second for each in rounds for second in each.ours.key_to_prompt],
            [second for each in rounds for second in each.native.key_to_prompt],
        ),
        (
            rings,
            "P4: agent free → ring",
            [second for each in rounds for second in each.ours.rings.free_to_ring],
            [second for each in rounds for second in each.native.rings.free_to_ring],
        ),
    ):
        for name, seconds, style in (
            (f"Mowakaba (n={len(ours)})", ours, {"color": OURS, "linestyle": "-", "marker": "o"}),
            (f"native (n={len(native)})", native, {"color": NATIVE, "linestyle": "--", "marker": "s"}),
        ):
            ordered = sorted(second * 1000 for second in seconds)
            shares = [100 * (place + 1) / len(ordered) for place in range(len(ordered))]
            axes.plot(
                ordered, shares, label=name, markersize=5, markevery=max(1, len(ordered) // 12), **style
            )
        axes.set_xscale("log")
        axes.set(title=title, xlabel="milliseconds", ylabel="% of cases within")
        axes.grid(alpha=0.3)
        axes.legend()
    _ratios(ratios, [each for each in figures if each.ratio is not None and each.reach])
    figure.savefig(file, dpi=110)
    pyplot.close(figure)


def _ratios(axes: object, figures: Sequence[Figure]) -> None:
    from matplotlib.axes import Axes

    assert isinstance(axes, Axes)
    for place, figure in enumerate(reversed(figures)):
        assert figure.ratio is not None
        assert figure.reach is not None
        # Over what was promised: left of the line is better, also where more is better.
        over = figure.reach / figure.ratio if figure.at_least else figure.ratio / figure.reach
        if figure.interval is not None:
            ends = [
                figure.reach / each if figure.at_least else each / figure.reach for each in figure.interval
            ]
            axes.plot([max(each, 1e-3) for each in ends], [place, place], color="#444444", linewidth=2)
        good = bool(figure.reached)
        axes.plot(
            [max(over, 1e-3)],
            [place],
            marker="o" if good else "X",
            markersize=9,
            color=OURS if good else NATIVE,
        )
    axes.axvline(1, color="#444444", linestyle=":")
    axes.set_yticks(range(len(figures)), [_short(each) for each in reversed(figures)])
    axes.set_xscale("log")
    axes.set(
        title="Against what was promised (● reached, ✖ not)",
        xlabel="ratio / promised ratio; left of 1 is better",
    )
    axes.grid(alpha=0.3, axis="x")


def _short(figure: Figure) -> str:
    for mark in ("p50", "p95"):
        if mark in figure.what and figure.id in ("P1", "P4"):
            return f"{figure.id} {mark}"
    return f"{figure.id} share" if figure.what.endswith("its Asterisk") else figure.id


def _first_line(program: parts.Program, option: str) -> str:
    done = subprocess.run(
        program.command(option),
        env=program.environment(),
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    lines = [line.strip() for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    return lines[0] if lines else "?"


def _revision() -> str:
    git = shutil.which("git")
    if git is None:
        return version("mowakaba")
    done = subprocess.run(
        [git, "describe", "--always", "--dirty"],
        cwd=RESULTS.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip() or version("mowakaba")
