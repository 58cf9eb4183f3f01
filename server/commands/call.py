"""`mowakaba call`: a scripted caller dials the running centre, and her trace is printed as it happens."""

import asyncio
import re
from typing import Annotated

import typer

from routing.model import Language
from server.commands.place import CommandFailed, Place, place_of

LONGEST_CALL = 3600.0  # seconds
CALLER = re.compile(r"\+?[\w.-]+", re.ASCII)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("call")(call)


def call(
    context: typer.Context,
    number: Annotated[str, typer.Argument(help="One of the centre's numbers.")] = "2000",
    language: Annotated[Language, typer.Option(help="ar, zgh or fr.")] = Language.ARABIC,
    subject: Annotated[int, typer.Option(min=0, max=9, help="The key she presses in the subject menu.")] = 1,
    stays: Annotated[float, typer.Option(help="Seconds after the last key before she hangs up.")] = 20.0,
    caller: Annotated[str, typer.Option(help="The number she calls from.")] = "0600000001",
) -> None:
    """Place a real call to the centre that runs here, through the local test trunk."""
    place = place_of(context)
    settings = place.settings()
    if language not in settings.languages:
        raise CommandFailed(f"the centre does not speak {language}; see languages in {place.config}")
    if not CALLER.fullmatch(caller):
        raise CommandFailed(f'"{caller}" cannot call; write letters and digits, such as 0600000001')
    key = str(settings.languages.index(language) + 1)
    address = "127.0.0.1" if settings.pbx.sip_address == "0.0.0.0" else settings.pbx.sip_address
    asyncio.run(
        _call(place, number, (key, str(subject)), stays, caller, f"{address}:{settings.pbx.sip_port}")
    )


async def _call(
    place: Place, number: str, keys: tuple[str, ...], stays: float, caller: str, server: str
) -> None:
    from server.control import NoController, ask
    from server.parts import PartMissing
    from server.scripted_caller import Script, TraceTold, place_call, tell_traces
    from server.softphone import PhoneDidNotStart, PhoneWaitedInVain

    try:
        known = (await ask(place.state, "caller", number=caller))["language"]
        # Who called before is greeted in her language: she changes it with # first.
        script = Script(number, keys if known is None else ("#", *keys), stays, caller)
        told = TraceTold(typer.echo)
        following = asyncio.create_task(tell_traces(place.state, told))
        ended = asyncio.create_task(told.until("ended", LONGEST_CALL))
        how = await place_call(script, server)
        await ended
        following.cancel()
        typer.echo(how)
    except (NoController, PartMissing, PhoneDidNotStart, PhoneWaitedInVain) as problem:
        raise CommandFailed(str(problem)) from None
