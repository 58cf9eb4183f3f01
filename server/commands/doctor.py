"""`mowakaba doctor`: what is wrong with this machine or the centre on it, each with the way to mend it."""

from dataclasses import asdict
from typing import TYPE_CHECKING

import typer

from server.commands.place import place_of
from server.commands.show import Json, as_json

if TYPE_CHECKING:
    from server.health import Finding


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("doctor")(doctor)


def doctor(context: typer.Context, json: Json = False) -> None:
    """Examine the machine. Exit code 1 when something must be mended before calls can come."""
    from server.health import Finding, Grade, examine

    place = place_of(context)
    settings = place.settings()
    findings = [Finding("configuration", Grade.OK, str(place.config))]
    findings += [
        Finding("configuration", Grade.WARN, f"{one.key}: {one.what}", one.mend) for one in settings.warnings
    ]
    shown = list(findings)
    if not json:
        for finding in findings:
            _tell(finding)
    for finding in examine(settings, place.state):
        shown.append(finding)
        if not json:
            _tell(finding)
    if json:
        as_json([asdict(finding) for finding in shown])
    if any(finding.grade is Grade.FAIL for finding in shown):
        raise typer.Exit(1)


def _tell(finding: "Finding") -> None:
    mend = f"\n      → {finding.mend}" if finding.mend else ""
    typer.echo(f"{finding.grade:<5} {finding.about}: {finding.what}{mend}")
