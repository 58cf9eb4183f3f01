"""An agent's own leg beside the caller's line: he holds her, or has left her to consult or to pass her on.

A key of his brought it into AsyncAGI (`dialplan/in_talk.py`).
"""

from dialplan import names
from ivr.call import AgentPhone, Apart, Person, Wish
from pbx.agi import BREAK
from pbx.events import Leg
from pbx.line import Line


class BesideLine(Line):
    """One agent's leg, as `ivr.call.HoldingLeg` and `AgentLeg`. Its keys count also while he talks with a colleague."""

    keys_in_talk = True
    _goes_to = "agent"

    async def back(self) -> None:
        """Leave AsyncAGI: the bridge, of which his leg is still a member, has him again."""
        if not self.gone:
            self._wire.post("AGI", {"Channel": self.leg.channel, "Command": BREAK, "CommandID": "break"})

    def let_go(self) -> None:
        """Hang up the colleague's leg: his Dial ends, and the agent's goes on."""
        self._hang_up_leg(self.partner)

    def bring_in(self) -> None:
        """The colleague's leg leaves his Dial for where it would go if he had hung up."""
        partner, self.partner = self.partner, None
        if partner is not None:
            headers = {
                "Channel": partner.channel,
                "Context": names.PASSED,
                "Exten": self._goes_to,
                "Priority": "1",
            }
            self._wire.post("Redirect", headers)

    def _dial(self, whom: AgentPhone | Person, target: str, seconds: int, options: str) -> str:
        shows, self._goes_to = (whom.shows, "agent") if isinstance(whom, AgentPhone) else ("", "outside")
        return f'GOSUB {names.CONSULT} s 1 "{target},{seconds},{options},{shows},{self._goes_to}"'


def comes_beside(line: Line, leg: Leg, arguments: tuple[str, ...]) -> bool:
    """A leg of this call entered AsyncAGI beside its line. False when there is nobody who waits for it."""
    match arguments:
        case (names.PASSED,):
            line.passed(leg)
        case (names.HOLD,) if line.in_talk:
            line.holding.put_nowait(line.beside(BesideLine, leg))
        case (names.APART, wish) if wish in set(Wish) and not line.gone:
            line.apart.put_nowait(Apart(Wish(wish), line.beside(BesideLine, leg)))
        case _:
            return False
    return True


BESIDE = frozenset({names.PASSED, names.HOLD, names.APART})
"""The first arguments of such legs."""
