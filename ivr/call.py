"""What a flow can do with a call. The real line is in `pbx/line.py`; tests script their own caller.

Whatever a flow awaits raises `CallerHungUp` when she is gone. What she keys arrives as it is keyed, also ahead of
the question.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from ivr.call_log import CallLog
from ivr.prompts import Phrase
from routing.events import MissReason
from routing.model import Agent, Caller, CallId, Language


class CallerHungUp(Exception):
    """The caller is gone: leaves the flow."""


@dataclass(frozen=True, slots=True)
class Keys:
    """What she keyed: digits, `*` and `#`, without the `#` that ends a number. Never logged."""

    keys: str


@dataclass(frozen=True, slots=True)
class Silence:
    """She keyed nothing in time."""


@dataclass(frozen=True, slots=True)
class Words:
    """She spoke: the key of the choice that she named, None when none or several fit. Her words are not kept."""

    key: str | None
    confidence: float = 0.0
    """How sure the recogniser is of the word it is least sure of, 0 to 1."""


Heard = Keys | Words | Silence

FIRST_KEY = timedelta(seconds=5)  # time to find the keypad
NEXT_KEY = timedelta(seconds=4)  # time between two digits of a number read from paper


@dataclass(frozen=True, slots=True)
class Sayable:
    """A choice that may be spoken: its key, and the prompt whose name its words stand under (`ivr.words`)."""

    key: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """A prompt and the keys it waits for, or with `may_say` the words that stand for them.

    With `most` 1 the first key answers. Otherwise `#`, `most` keys, or `next_key` of silence end the answer.
    A key wins over words, also over those heard just before it.
    """

    phrases: tuple[Phrase, ...]
    most: int = 1
    first_key: timedelta = FIRST_KEY
    next_key: timedelta = NEXT_KEY
    may_say: tuple[Sayable, ...] = ()


class TalkEnd(StrEnum):
    """Who ended the conversation."""

    CALLER = "caller"
    AGENT = "agent"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Missed:
    """The phone was rung and nobody spoke. Not `dialled`: nothing leads there, and nothing rang."""

    why: MissReason
    dialled: bool = True


@dataclass(frozen=True, slots=True)
class AgentPhone:
    """Ring this agent; `shows` is what the telephone displays beside the caller's number.

    `telephone` is the extension at which he sits; empty: his own. Who picks up `hears` that, in the first of his
    languages, before the two are connected; she hears music meanwhile.
    """

    agent: Agent
    shows: str
    telephone: str = ""
    hears: tuple[Phrase, ...] = ()


@dataclass(frozen=True, slots=True)
class Person:
    """Dial this person outside, E.164. She hears `hears` in `language` before she is connected.

    `attempt` names the call, if it keeps a promise: that it connected her can be asked for after everybody has gone.
    """

    number: str
    hears: Phrase
    language: Language
    attempt: str = ""


class Wish(StrEnum):
    """What an agent wants who leaves the conversation by a key (`dialplan.names.KEYS_APART`)."""

    CONSULT = "consult"
    """Ask a colleague before the caller is passed on."""
    PASS = "pass"
    """Pass her on at once."""


@dataclass(frozen=True, slots=True)
class Apart:
    """The agent has left the conversation by a key. `leg` is his telephone; the caller is on her own."""

    wish: Wish
    leg: "AgentLeg"


class Talk(Protocol):
    """A conversation that goes on."""

    async def ended(self) -> "TalkEnd | Apart":
        """Wait for its end. Does not raise `CallerHungUp`: that is one of the answers."""
        ...

    async def on_hold(self) -> "HoldingLeg":
        """Wait until the agent holds the caller by a key; for ever, if he does not. She hears music."""
        ...

    @property
    def held(self) -> timedelta:
        """How long the agent's telephone has had her on hold by its own key, until now."""
        ...


class Call(Protocol):
    """One caller on the line."""

    @property
    def id(self) -> CallId:
        """The contact's id: the same in the log, the trace and the telephone exchange."""
        ...

    @property
    def caller(self) -> Caller:
        """Who calls."""
        ...

    @property
    def dialled(self) -> str:
        """The number of the centre that she dialled."""
        ...

    @property
    def arrived_at(self) -> datetime:
        """When the telephone exchange saw the call, in UTC."""
        ...

    @property
    def heard_unanswered(self) -> bool:
        """Whether she can hear something before the call is answered, and so before she pays."""
        ...

    async def say_unanswered(self, *phrases: Phrase, in_: Language, stays: timedelta) -> None:
        """Say this before `answer`, then wait so long; a key ends both and is kept for the next question."""
        ...

    async def answer(self) -> None:
        """Pick up. From here the caller pays."""
        ...

    async def say(self, *phrases: Phrase, in_: Language) -> None:
        """Play to the end; keys pressed meanwhile are kept for the next question."""
        ...

    async def ask(self, question: Question, in_: Language | None = None) -> Heard:
        """Play the question and wait for keys; a key silences it. Phrases may carry their own language."""
        ...

    async def record(self, to: str, at_most: timedelta, silence: timedelta) -> None:
        """After a tone, put what is said into `to`.wav, an absolute path, until `#` or so much `silence`."""
        ...

    def understands(self, language: Language) -> bool:
        """Whether she may speak in this language now, where a question says what."""
        ...

    async def music(self) -> None:
        """Start music on hold; it stops by itself when anything else is said."""
        ...

    async def next_key(self) -> str:
        """The next key she presses, from now on or keyed ahead; waits for ever."""
        ...

    def give_back(self, key: str) -> None:
        """A key that was no answer to the last question is the first one for the next."""
        ...

    async def ring(self, whom: AgentPhone | Person, at_most: timedelta) -> Talk | Missed:
        """Ring a telephone while the caller hears music (an agent: the ringing); a `Talk` when they speak."""
        ...

    async def join(self, leg: "AgentLeg | ThirdLeg") -> Talk:
        """She talks with this agent, who had left her, or with the third, who is left of three."""
        ...

    async def take_over(self, within: timedelta) -> Talk | None:
        """She is joined with whom her agent consulted, now that he has left them; None when that one is gone too."""
        ...

    async def third(self, within: timedelta) -> "ThirdLeg | None":
        """Whom her agent consulted and has brought in; None when that one is gone."""
        ...

    async def withdraw(self) -> None:
        """Stop ringing for this call; the pending `ring` returns `Missed(CALLER_GONE)`."""
        ...

    async def remember(self, **facts: str) -> None:
        """Put facts on the channel itself, so that a restarted controller finds them."""
        ...

    async def hang_up(self) -> None:
        """End the call."""
        ...

    @property
    def log(self) -> CallLog:
        """The call's record and trace."""
        ...


class AgentLeg(Call, Protocol):
    """The agent's own telephone while he is out of the conversation: `CallerHungUp` says that he hung up.

    Keys that he presses while he talks with a colleague count, other than a caller's.
    """

    def let_go(self) -> None:
        """End the conversation with the colleague; the agent stays."""
        ...

    def bring_in(self) -> None:
        """The same, but the colleague stays on the telephone: the caller has him by `third`."""
        ...


class ThirdLeg(Call, Protocol):
    """The telephone of a colleague who is with the caller and her agent."""

    async def stay_with(self, her: Call) -> None:
        """All three hear one another, whenever she talks, until she is gone. `CallerHungUp` when he hangs up."""
        ...


class HoldingLeg(Call, Protocol):
    """The agent's own telephone while he holds the caller."""

    async def back(self) -> None:
        """He is with her again."""
        ...


class SupervisorCall(Call, Protocol):
    """A supervisor's telephone."""

    async def overhear(self, leg: str, *, beep: bool) -> None:
        """Be with the conversation of the leg with this unique id until it ends; `ivr.overhearing.KEYS` switch how.

        With `beep` both hear a short tone at its beginning.
        """
        ...
