"""Which centre a command is about: its configuration file and its state folder."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from server.parts import CHECKOUT

if TYPE_CHECKING:
    from config.schema import Settings


class CommandFailed(Exception):  # noqa: N818 - named for what is wrong
    """A command cannot do what was asked; the message says why and what to do. `code` is the exit code."""

    def __init__(self, message: str, code: int = 1) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Place:
    """The configuration file and the state folder; neither need exist."""

    config: Path
    state: Path

    def settings(self) -> "Settings":
        """The checked configuration. Raises `ConfigError`, which ends the command with exit code 2."""
        # Imported here: `mowakaba --help` needs none of it.
        from config.load import load

        return load(self.config, os.environ)


def find_place(config: Path | None, state: Path | None, environ: Mapping[str, str] = os.environ) -> Place:
    """What was asked for, else the environment's, else config/center.yaml and var/ of the checkout."""
    home = CHECKOUT if (CHECKOUT / "pyproject.toml").is_file() else Path()
    return Place(
        config or Path(environ.get("MOWAKABA_CONFIG") or CHECKOUT / "config/center.yaml"),
        state or Path(environ.get("MOWAKABA_STATE") or home / "var"),
    )


def place_of(context: typer.Context) -> Place:
    """The place that this command was called with."""
    place = context.find_object(Place)
    return place if place is not None else find_place(None, None)
