"""An agent's own leg beside the caller's line: he holds her, or has left her to consult or to pass her on.

A key of his brought it into AsyncAGI (`dialplan/in_talk.py`).
"""

from dialplan import names
from ivr.call import AgentPhone, Apart, Person, Wish
from pbx.agi import BREAK
from pbx.events import Leg
from pbx.line import Line
from pbx.talks import Talks


class Consultations(Talks):
    """Of an agent with colleagues: his keys count meanwhile."""

    keys_count = True

    def _dial(self, whom: AgentPhone | Person, target: str, seconds: int, options: str) -> str:
        shows = whom.shows if isinstance(whom, AgentPhone) else ""
        return f'GOSUB {names.CONSULT} s 1 "{target},{seconds},{options},{shows},{self.goes_to}"'

    @property
    def goes_to(self) -> str:
        """Where whom he asked goes on when he hangs up."""
        return "outside" if self.rang_outside else "agent"


class BesideLine(Line):
    """One agent's leg, as `ivr.call.HoldingLeg` and `AgentLeg`."""

    kind_of_talks = Consultations
    talks: Consultations

    async def back(self) -> None:
        """Leave AsyncAGI: the bridge, of which his leg is still a member, has him again."""
        if not self.gone:
            self._wire.post("AGI", {"Channel": self.leg.channel, "Command": BREAK, "CommandID": "break"})

    def let_go(self) -> None:
        """Hang up the colleague's leg: his Dial ends, and the agent's goes on."""
        self._commands.end(self.talks.partner)

    def bring_in(self) -> None:
        """The colleague's leg leaves his Dial for where it would go if he had hung up."""
        partner, self.talks.partner = self.talks.partner, None
        if partner is not None:
            headers = {
                "Channel": partner.channel,
                "Context": names.PASSED,
                "Exten": self.talks.goes_to,
                "Priority": "1",
            }
            self._wire.post("Redirect", headers)


def comes_beside(line: Line, leg: Leg, arguments: tuple[str, ...]) -> bool:
    """A leg of this call entered AsyncAGI beside its line. False when there is nobody who waits for it."""
    match arguments:
        case (names.PASSED,):
            line.talks.passed(leg)
        case (names.HOLD,) if line.talks.talking:
            line.talks.holding.put_nowait(line.beside(BesideLine, leg))
        case (names.APART, wish) if wish in set(Wish) and not line.gone:
            line.talks.apart.put_nowait(Apart(Wish(wish), line.beside(BesideLine, leg)))
        case _:
            return False
    return True


BESIDE = frozenset({names.PASSED, names.HOLD, names.APART})
"""The first arguments of such legs."""
