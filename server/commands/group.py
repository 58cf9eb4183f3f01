"""`--config` and `--state` anywhere on the line, and failures as words instead of tracebacks."""

from collections.abc import Sequence
from typing import Any

import typer
from typer.core import TyperGroup

EVERYWHERE = ("--config", "--state")


class Commands(TyperGroup):
    """The application: `mowakaba hours --state DIR` is `mowakaba --state DIR hours`."""

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]
        """Put the options that every command takes in front."""
        return super().parse_args(ctx, hoisted(args))

    def invoke(self, ctx: typer.Context) -> Any:  # type: ignore[override]
        """Run the command; a configuration with mistakes ends it with exit code 2, another failure with 1."""
        from config.mistakes import ConfigError
        from server.commands.place import CommandFailed

        try:
            return super().invoke(ctx)
        except ConfigError as error:
            typer.echo(str(error), err=True)
            ctx.exit(2)
        except CommandFailed as failure:
            typer.echo(str(failure), err=True)
            ctx.exit(failure.code)


def hoisted(args: Sequence[str]) -> list[str]:
    """The arguments with `--config X` and `--state X` first; what follows `--` stays."""
    front: list[str] = []
    rest: list[str] = []
    words = list(args)
    while words:
        word = words.pop(0)
        if word == "--":
            return [*front, *rest, word, *words]
        if word in EVERYWHERE and words:
            front += [word, words.pop(0)]
        elif word.startswith(tuple(f"{option}=" for option in EVERYWHERE)):
            front.append(word)
        else:
            rest.append(word)
    return front + rest
