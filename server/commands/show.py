"""How commands show what they found: a table for people, JSON for programs."""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

Json = Annotated[bool, typer.Option("--json", help="Print JSON: whole values, times in UTC.")]
EARLIEST, LATEST = 2000, 9000
"""Years that a command is asked of: a moment beyond them is mistyped, and not every clock goes so far."""
FullNumbers = Annotated[
    bool, typer.Option("--full-numbers", help="Show telephone numbers whole in the table.")
]


def as_json(value: object) -> None:
    """Print `value` as JSON, moments as ISO 8601 in UTC."""
    text = json.dumps(value, ensure_ascii=False, indent=2, default=_plain)
    # A file's name need not be UTF-8; JSON must.
    typer.echo(text.encode(errors="backslashreplace").decode())


def _plain(value: object) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return str(value)


def table(columns: Sequence[str], rows: Iterable[Sequence[str]], empty: str) -> None:
    """Print a table, or `empty` when it has no rows."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    drawn = Table(*columns, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        drawn.add_row(*(Text(cell) for cell in row))
    if not drawn.row_count:
        typer.echo(empty)
        return
    console = Console()
    # A pipe has no width: nothing is cut off there.
    console.print(drawn) if console.is_terminal else Console(width=240).print(drawn)


def number(value: str | None, full: bool) -> str:
    """A telephone number as tables show it: masked, because others look at the screen too."""
    from routing.masking import mask

    if value is None:
        return "–"
    return value if full else mask(value)


def local(moment: datetime | None, zone: ZoneInfo, form: str = "%Y-%m-%d %H:%M:%S") -> str:
    """A moment as the centre's clock shows it."""
    return "–" if moment is None else moment.astimezone(zone).strftime(form)


def seconds(length: float | None) -> str:
    """Whole seconds, as minutes and seconds."""
    if length is None:
        return "–"
    minutes, rest = divmod(round(length), 60)
    return f"{minutes}:{rest:02}"


def word(value: object | None) -> str:
    """A word, or a dash for nothing."""
    return "–" if value is None else str(value)


def moment(text: str, zone: ZoneInfo) -> datetime:
    """An ISO 8601 moment; without an offset it is the centre's time. Raises `BadParameter`."""
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        mend = "write 2026-11-23T08:30+00:00, or 2026-11-23T08:30 for the centre's own time"
        raise typer.BadParameter(f'"{text}" is not a moment; {mend}') from None
    if not EARLIEST <= parsed.year <= LATEST:
        raise typer.BadParameter(f'"{text}" is not between the years {EARLIEST} and {LATEST}')
    return parsed if parsed.tzinfo is not None else parsed.replace(tzinfo=zone)
