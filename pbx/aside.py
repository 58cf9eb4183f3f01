"""An agent's own leg beside the caller's line: he holds her, or has left her to consult or to pass her on.

A key of his brought it into AsyncAGI (`dialplan/in_talk.py`).
"""

import asyncio
from typing import Any

from dialplan import names
from ivr.call import AgentPhone, Apart, Heard, Keys, Person, Question, Silence, Wish
from pbx.agi import BREAK
from pbx.events import AgiEnded, Leg, PbxEvent
from pbx.line import Line
from pbx.sounds import Sounds, in_lines
from pbx.talks import Talks
from routing.model import Language

NOTHING = "silence/1"
"""What an agent hears where the prompt has no sound."""


class Consultations(Talks):
    """Of an agent with colleagues: his keys count meanwhile. Who is asked has none of a conversation with a caller."""

    keys_count = True
    picked_up = names.WHISPER

    def _dial(self, whom: AgentPhone | Person, target: str, seconds: int, options: str) -> str:
        shows = whom.shows if isinstance(whom, AgentPhone) else ""
        return f'GOSUB {names.CONSULT} s 1 "{target},{seconds},{options},{shows},{self.goes_to}"'

    @property
    def goes_to(self) -> str:
        """Where whom he asked goes on when he hangs up."""
        return "outside" if self.rang_outside else "agent"


class BesideLine(Line):
    """One agent's leg, as `ivr.call.AgentLeg`."""

    kind_of_talks = Consultations
    talks: Consultations

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


class HoldingLine(Line):
    """An agent's leg while he holds her, as `ivr.call.HoldingLeg`.

    Asterisk itself says what he hears and waits for his key, which comes here as an event: he finds his way back to her
    also when the controller has died.
    """

    def __init__(self, *given: Any, **named: Any) -> None:
        """As `Line`."""
        super().__init__(*given, **named)
        self._told = False
        self.ask = self._ask_on_hold

    async def _ask_on_hold(self, question: Question, in_: Language | None = None) -> Heard:
        """Asterisk asks, again and again; the first time it is told what."""
        if not self._told:
            self._told = True
            self.log.note("asked", keys=" ".join(said.key for said in question.phrases), language=in_ or "")
            sounds = await Sounds(self._prompts, self.log).of(question.phrases, in_ or Language.ARABIC)
            self._commands.set(names.V_HOLD, in_lines(sounds)[0] or NOTHING)
            self._wire.post("AGI", {"Channel": self.leg.channel, "Command": BREAK, "CommandID": "break"})
        try:
            async with asyncio.timeout(question.first_key.total_seconds()):
                return Keys(await self.next_key())
        except TimeoutError:
            return Silence()

    async def back(self) -> None:
        """His key has brought him back."""

    def take(self, event: PbxEvent) -> None:
        """He leaves AsyncAGI at once, and is there all the same."""
        if not (isinstance(event, AgiEnded) and event.leg.unique == self.leg.unique):
            super().take(event)

    def push_switch(self) -> None:
        """He has none: when one fires inside the feature that holds, his leg leaves the bridge."""


def comes_beside(line: Line, leg: Leg, arguments: tuple[str, ...]) -> bool:
    """A leg of this call entered AsyncAGI beside its line. False when there is nobody who waits for it."""
    match arguments:
        case (names.PASSED,) if (
            line.sides
        ):  # else who asked him has not left this line: another controller died
            line.talks.passed(leg)
        case (names.HOLD,) if line.talks.talking:
            line.talks.holding.put(line.beside(HoldingLine, leg))
        case (names.APART, wish) if wish in set(Wish) and not line.gone:
            line.talks.apart.put(Apart(Wish(wish), line.beside(BesideLine, leg)))
        case _:
            return False
    return True


BESIDE = frozenset({names.PASSED, names.HOLD, names.APART})
"""The first arguments of such legs."""
