"""Calls that this controller did not begin, or had lost: whether the two talk, and back from the fallback."""

import asyncio
import contextlib

from dialplan import names
from ivr.flows.resume import Found
from pbx.agi import BREAK
from pbx.channels import Remembered, dialled_by, is_asked, may_be_taken_back
from pbx.events import Leg
from pbx.line import Line
from pbx.link import ActionRefused, ActionTimedOut, Link, LinkLost

LOOK_AGAIN = 5.0  # seconds between two looks at a caller in the fallback


async def found(link: Link, line: Line, facts: Remembered) -> Found:
    """Where a caller was when she was found."""
    talking = await talks(link, line)
    return Found(
        stage=facts.stage,
        language=facts.language,
        subject=facts.subject,
        entered=facts.entered,
        agent=facts.agent,
        talk=line.talk_found() if talking else None,
        connected=facts.connected,
    )


async def talks(link: Link, line: Line) -> bool:
    """Whether she talks. What an earlier controller said to her or made ring is silenced: she goes on anew."""
    channels = await link.collect("CoreShowChannels")
    dialled = dialled_by(line.leg, channels)
    if dialled is None:
        # Not out of Read, which would leave rubbish in its variable: the next key ends it.
        if any(
            row.get("Uniqueid") == line.leg.unique and row.get("Application") == "Playback"
            for row in channels
        ):
            await line.hush()
        return False
    if dialled.connected:
        line.talks.partner = dialled.called
        return True
    if dialled.called is not None:
        link.post("Hangup", {"Channel": dialled.called.channel, "Cause": "16"})
    return False


def to_dialplan(link: Link, leg: Leg) -> None:
    """The channel leaves AsyncAGI: it goes on in the dialplan."""
    link.post("AGI", {"Channel": leg.channel, "Command": BREAK, "CommandID": "break"})


async def taken_back(link: Link, line: Line) -> bool:
    """Take a caller out of the fallback as soon as she only waits there. True when she has gone from it.

    Who is asked for her number and keys nothing waits too: the fallback would end her call.
    """
    asked_since = float("inf")
    while True:
        with contextlib.suppress(LinkLost, ActionRefused, ActionTimedOut):
            for channel in await link.collect("CoreShowChannels"):
                if channel.get("Uniqueid") != line.leg.unique:
                    continue
                now = asyncio.get_running_loop().time()
                asked_since = min(asked_since, now) if is_asked(channel) else float("inf")
                keys_nothing = now - max(asked_since, line.last_key_at) >= LOOK_AGAIN
                if may_be_taken_back(channel) or keys_nothing:
                    to = {
                        "Channel": line.leg.channel,
                        "Context": names.ADOPT,
                        "Exten": "s",
                        "Priority": "1",
                    }
                    link.post("Redirect", to)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LOOK_AGAIN):
                return await line.ended()
