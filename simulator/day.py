"""A recorded day: who called, how long each waited and talked, and when each agent was at work."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from routing.events import AgentReturned, AgentSignedIn, AgentSignedOut, AgentTookBreak
from routing.model import Agent, AgentId, DeskRules, EntryId, Language, Subject

Coming = AgentSignedIn | AgentSignedOut | AgentTookBreak | AgentReturned


@dataclass(frozen=True, slots=True)
class Contact:
    """One who joined the line at `joined_at` (UTC), waited `waited`, and talked `handled` with `agent`.

    `handled` and `agent` are None for one who left the line without having talked: hung up, took a callback, was sent
    away. `bound_to_leave`: what made her leave was no choice of hers, so it says nothing of anybody's patience.
    `patience`: how long she would wait, where that is known though she was answered: in an invented day.
    """

    id: EntryId
    language: Language
    subject: Subject
    joined_at: datetime
    waited: timedelta
    handled: timedelta | None = None
    agent: AgentId | None = None
    bound_to_leave: bool = False
    patience: timedelta | None = None

    @property
    def gave_up(self) -> bool:
        """Whether she left because she would wait no longer."""
        return self.handled is None and not self.bound_to_leave

    @property
    def left_line_at(self) -> datetime:
        """When an agent answered her, or she left."""
        return self.joined_at + self.waited


@dataclass(frozen=True, slots=True)
class Attendance:
    """What an agent did at `at` (UTC): came, went, paused, returned."""

    at: datetime
    event: Coming


@dataclass(frozen=True, slots=True)
class Day:
    """Everything a replay needs. `contacts` by `joined_at`, `attendance` by `at`; `rules` are those of the day."""

    contacts: tuple[Contact, ...]
    agents: tuple[Agent, ...]
    attendance: tuple[Attendance, ...]
    rules: DeskRules
