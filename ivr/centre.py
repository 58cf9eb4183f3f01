"""What the centre's configuration means to a flow. `config/` builds it; flows read it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from zoneinfo import ZoneInfo

from ivr.studio import Supervisor
from ivr.targets import Contact
from routing.callbacks import CallbackRules
from routing.hours import OpeningHours
from routing.indicators.outcome import Goal
from routing.model import Agent, AgentId, DeskRules, Language, Subject

__all__ = ["AgentRules", "CallbackRules", "Centre", "QueueRules"]


@dataclass(frozen=True, slots=True)
class AgentRules:
    """What agents key and hear."""

    sign_in_pin: bool = False
    """Whether an agent keys his PIN at his own telephone too; at another's he always does."""
    whisper: bool = True
    """Whether an agent who picks up hears who calls before the two are connected."""
    recall_after: timedelta = timedelta(minutes=1)
    """When an agent set aside after a missed call is rung once, to come back with a key; zero: not at all."""


@dataclass(frozen=True, slots=True)
class QueueRules:
    """How long a caller may wait and what she is offered meanwhile."""

    longest_wait: timedelta = timedelta(minutes=30)
    most_waiting: int = 200
    most_per_agent: int = 20
    """Callers who may wait for each agent at work who speaks their language."""
    nobody_for: timedelta = timedelta(minutes=1)
    """How long a caller waits while nobody who speaks her language is signed in."""
    offer_callback_after: timedelta = timedelta(seconds=60)
    """From this wait on, key 1 while waiting takes a callback; she is told so if her wait cannot be estimated."""
    offer_callback_when_wait_exceeds: timedelta = timedelta(minutes=3)
    """She is told of it once the range for her whole wait reaches beyond this."""
    grace_at_closing: timedelta = timedelta(minutes=15)
    """Those who wait at closing are served this long, then promised a callback."""
    information_every: timedelta = timedelta(minutes=2)
    """So often who waits hears a recorded article, on her subject first; zero: never."""
    information: tuple[str, ...] = ()
    """Codes of the articles that everybody who waits hears after those on her subject."""


@dataclass(frozen=True, slots=True)
class Centre:
    """The centre as flows know it.

    `languages` in the order of the language menu: key 1, 2, 3. `subjects` in the order of the subject menu:
    key 1, 2, …. `numbers` are the dialled numbers that are the centre's own.
    """

    name: Mapping[Language, str]
    zone: ZoneInfo
    hours: OpeningHours
    numbers: tuple[str, ...]
    languages: tuple[Language, ...]
    subjects: tuple[Subject, ...]
    agents: Mapping[AgentId, Agent]
    callbacks: CallbackRules = field(default_factory=CallbackRules)
    quiet: OpeningHours | None = None
    """«Open» while nobody is called back; None: people may be called whenever the centre is open."""
    queue: QueueRules = field(default_factory=QueueRules)
    desk: DeskRules = field(default_factory=DeskRules)
    agent_rules: AgentRules = field(default_factory=AgentRules)
    languages_by_prefix: Mapping[str, tuple[Language, ...]] = field(default_factory=dict)
    """In which order the language menu says its lines to numbers that begin so (E.164); the keys stay the same."""
    goal: Goal = field(default_factory=Goal)
    """What was agreed about service: every service level that is shown or said is counted by it."""
    survey: bool = False
    """Who stays on the line after a conversation is asked whether she was satisfied."""
    supervisors: tuple[Supervisor, ...] = ()
    beep: bool = True
    """An agent and his caller hear a tone when a supervisor begins to listen."""
    articles: Mapping[Subject, tuple[str, ...]] = field(default_factory=dict)
    """Recorded information by subject, in the order of its keys."""
    directory: tuple[Contact, ...] = ()
    """Whom outside an agent may pass a caller to."""
    cndp_receipt: str = ""
    """The digits of the CNDP's receipt for the declaration, or nothing."""
    other_subject: Subject = Subject("other")
    """The subject of a caller who keys 0: a person, whatever the question."""

    @property
    def every_article(self) -> tuple[str, ...]:
        """The codes of all recorded information, once each."""
        return tuple(dict.fromkeys(code for codes in self.articles.values() for code in codes))

    def spoken_order(self, number: str | None) -> tuple[Language, ...]:
        """The languages as they are said to this number: its region's first, by the longest prefix that fits."""
        fits = [
            prefix for prefix in self.languages_by_prefix if number is not None and number.startswith(prefix)
        ]
        first = self.languages_by_prefix[max(fits, key=len)] if fits else ()
        return tuple(dict.fromkeys((*first, *self.languages)))
