"""Who talks with whom now, for supervisors who overhear: see `ivr.overhearing.Floor`."""

from collections.abc import Callable, Mapping

from ivr.overhearing import Overheard
from pbx.line import Line
from routing.model import AgentId, CallId


class TelephoneFloor:
    """Reads the lines of the calls under way."""

    def __init__(self, lines: Mapping[CallId, Line], telephone_of: Callable[[AgentId], str]) -> None:
        """`telephone_of`: the extension at which an agent sits."""
        self._lines, self._telephone_of = lines, telephone_of

    def talk_of(self, agent: AgentId) -> Overheard | None:
        """His leg is the caller's partner, or the line itself where he was rung first."""
        own = f"PJSIP/{self._telephone_of(agent)}-"
        for call, line in self._lines.items():
            if line.talks.talking and not line.gone and line.log.record.agent == agent:
                for leg in (line.talks.partner, line.leg):
                    if leg is not None and leg.channel.startswith(own):
                        return Overheard(call, leg.unique)
        return None
