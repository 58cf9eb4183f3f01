"""`mowakaba`: the commands of an administrator. Each is a module of `server/commands` with `register(app)`."""

from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from server.commands.group import Commands
from server.commands.place import find_place

COMMANDS = (
    "serve",
    "check",
    "hours",
    "render",
    "say",
    "prompts",
    "message",
    "calls",
    "trace",
    "audit",
    "callbacks",
    "requests",
    "stats",
    "simulate",
    "status",
    "call",
    "demo",
    "doctor",
)
"""In the order of the help. A module is imported at every start: it imports heavy libraries in its functions."""

app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # rich is slow to import
)


@app.callback()
def mowakaba(
    context: typer.Context,
    config: Annotated[
        Path | None,
        typer.Option(help="The centre's YAML file; by default $MOWAKABA_CONFIG, else config/center.yaml."),
    ] = None,
    state: Annotated[
        Path | None,
        typer.Option(help="Where the centre keeps its data; by default $MOWAKABA_STATE, else var/."),
    ] = None,
) -> None:
    """Run and look after the contact centre. --config and --state may stand anywhere on the line."""
    context.obj = find_place(config, state)


for _name in COMMANDS:
    import_module(f"server.commands.{_name}").register(app)
