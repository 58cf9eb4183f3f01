"""`mowakaba demo`: the whole centre on free ports, with real telephones, in two minutes."""

import asyncio
import tempfile
from pathlib import Path

import typer

from server.commands.place import CommandFailed, Place, place_of


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command()
    def demo(context: typer.Context) -> None:
        """Show the centre at work: calls in three languages, one out of hours, and its promise kept."""
        with tempfile.TemporaryDirectory(prefix="mowakaba-demo-") as folder:
            Path(folder).chmod(0o711)  # Asterisk may run as another user, and finds its own folders below
            asyncio.run(_demo(place_of(context), Path(folder)))


async def _demo(place: Place, folder: Path) -> None:
    from server.demonstration import Demonstration
    from server.embedded import PbxFailed
    from server.parts import PartMissing
    from server.softphone import PhoneDidNotStart, PhoneWaitedInVain

    try:
        await Demonstration(place.config, folder, typer.echo).run()
    except (PartMissing, PbxFailed, PhoneDidNotStart, PhoneWaitedInVain) as problem:
        raise CommandFailed(str(problem)) from None
