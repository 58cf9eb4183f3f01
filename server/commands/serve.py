"""`mowakaba serve`: the centre runs until it is told to stop."""

import asyncio
import contextlib
import gc
import signal
from datetime import datetime
from typing import Annotated

import typer

from server.commands.place import CommandFailed, Place, place_of


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command()
    def serve(
        context: typer.Context,
        now: Annotated[
            datetime | None,
            typer.Option(
                formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M%z"],
                help="Pretend that it is this moment (UTC unless it says otherwise) and go on from there.",
            ),
        ] = None,
        leave_asterisk: Annotated[
            bool,
            typer.Option(
                "--leave-asterisk",
                help="When stopped, leave Asterisk running even without calls; with calls it always is.",
            ),
        ] = False,
    ) -> None:
        """Answer calls. Prints a line beginning «ready» when they can be taken; stop it with Ctrl-C."""
        import uvloop

        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_serve(place_of(context), now, leave_asterisk))


async def _serve(place: Place, now: datetime | None, leave_asterisk: bool) -> None:
    from datetime import UTC

    from db.journal import JournalInUse
    from dialplan.text import Unfit
    from ivr.prompts import PromptMissing
    from routing.zone import StaleZoneData
    from server.clock import pretended
    from server.controller import Controller
    from server.embedded import PbxFailed
    from server.logs import set_up_logs
    from server.parts import PartMissing
    from server.pbx_files import Unsafe
    from server.ports import PortInUse
    from speech.catalogue import CatalogueError

    settings = place.settings()
    for warning in settings.warnings:
        _say(f"warning: {warning}")
    set_up_logs(settings.log)
    moment = now if now is None or now.tzinfo is not None else now.replace(tzinfo=UTC)
    controller = Controller(settings, place.state, pretended(moment), say=_say)
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(sign, stopping.set)
    starting = asyncio.create_task(controller.start())
    stopped = asyncio.create_task(stopping.wait())
    await asyncio.wait({starting, stopped}, return_when=asyncio.FIRST_COMPLETED)
    if not starting.done():
        starting.cancel()
        await asyncio.gather(starting, return_exceptions=True)
        return
    stopped_before = starting.exception()
    if stopped_before is not None:
        stopped.cancel()
        words = (
            CatalogueError,
            JournalInUse,
            PartMissing,
            PbxFailed,
            PortInUse,
            PromptMissing,
            StaleZoneData,
            Unfit,
            Unsafe,
        )
        if isinstance(stopped_before, words):
            raise CommandFailed(str(stopped_before))
        if isinstance(stopped_before, OSError):
            name = stopped_before.filename or place.state
            raise CommandFailed(
                f"{name}: {stopped_before.strerror}; see: mowakaba doctor --state {place.state}"
            )
        raise stopped_before
    _look_only_at_what_comes_now()
    plan = controller.plan
    _say(f"ready: calls to {', '.join(settings.numbers)} at {plan.sip_address}:{plan.sip_port}")
    await stopped
    calls = len(controller.reception.lines)
    if calls and not leave_asterisk:
        _say(f"stopping; {calls} calls go on in Asterisk: start again to take them over")
    else:
        _say("stopping")
    await controller.stop(leave_pbx=leave_asterisk or calls > 0)


def _look_only_at_what_comes_now() -> None:
    """What the start has made stays until the end: the garbage collector need not look through it again.

    Looking through all of it takes a quarter of a second, in which nothing else runs.
    """
    gc.collect()
    gc.freeze()


def _say(line: str) -> None:
    """To whoever started the centre; it goes on, and stops in order, when nobody reads any more."""
    with contextlib.suppress(BrokenPipeError):
        print(line, flush=True)
