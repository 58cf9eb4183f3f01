"""Calls that the centre places of its own accord, each under a channel id of ours."""

from collections.abc import Mapping

from dialplan import names

ANSWER_MARGIN = 2.0  # seconds beyond the ringing until Originate must have reported


def originate(
    unique: str, channel: str, seconds: float, shows: str, facts: Mapping[str, str]
) -> dict[str, str]:
    """The headers of an Originate: ring `channel` for so long; who answers enters AsyncAGI with these variables.

    `shows` is the caller id; without it the trunk says who calls.
    """
    headers = {
        "ActionID": unique,
        "Channel": channel,
        "ChannelId": unique,
        "Context": names.CALLED,
        "Exten": "s",
        "Priority": "1",
        "Async": "true",
        "Timeout": str(int(seconds * 1000)),
        "Variable": ",".join(f"{name}={value}" for name, value in facts.items()),
    }
    return headers | {"CallerID": shows} if shows else headers
