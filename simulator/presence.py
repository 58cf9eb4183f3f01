"""When each agent was at work, told from whom he answered: for days of which nobody kept attendance.

- He comes when he answers his first caller and goes when he has finished with the last.
- Between two conversations he was on break if somebody he serves waited, all in all, for longer than `AWAY_AFTER`
  and he took nobody; he had gone if it was longer than `LONG`. Else he was free: a gap in which nobody waited says
  nothing.
- His pause after a conversation is the middle one of the short gaps during which somebody waited throughout.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from routing.events import AgentReturned, AgentSignedIn, AgentSignedOut, AgentTookBreak
from routing.model import AgentId, BreakReason, Subject
from simulator.day import Attendance, Contact

AWAY_AFTER = timedelta(seconds=30)  # several times the usual pause; who works takes the next caller before
LONG = timedelta(minutes=30)
Talk = tuple[datetime, datetime]


def subjects_served(contacts: Sequence[Contact]) -> dict[AgentId, frozenset[Subject]]:
    """By agent the subjects of those he answered, in the order in which agents first answered."""
    served: dict[AgentId, frozenset[Subject]] = {}
    for one in contacts:
        if one.agent is not None:
            served[one.agent] = served.get(one.agent, frozenset()) | {one.subject}
    return served


def attendance(contacts: Sequence[Contact], wrap_up: timedelta) -> tuple[Attendance, ...]:
    """Who came, went, paused and returned when, in order of time."""
    served = subjects_served(contacts)
    found: list[Attendance] = []
    for agent, talks in _talks(contacts).items():
        found.append(Attendance(talks[0][0], AgentSignedIn(agent)))
        for (_, ended), (began, _) in pairwise(talks):
            if began - ended > LONG:
                found.append(Attendance(ended + wrap_up, AgentSignedOut(agent)))
                found.append(Attendance(began, AgentSignedIn(agent)))
            elif _someone_waited(contacts, served[agent], ended, began) > AWAY_AFTER:
                found.append(
                    Attendance(min(ended + wrap_up, began), AgentTookBreak(agent, BreakReason.PAUSE))
                )
                found.append(Attendance(began, AgentReturned(agent)))
        found.append(Attendance(talks[-1][1] + wrap_up, AgentSignedOut(agent)))
    return tuple(sorted(found, key=lambda one: one.at))


def usual_pause(contacts: Sequence[Contact]) -> timedelta:
    """What agents take between two callers when somebody waits for them; nothing if that never happened."""
    served = subjects_served(contacts)
    gaps = [
        began - ended
        for agent, talks in _talks(contacts).items()
        for (_, ended), (began, _) in pairwise(talks)
        if timedelta() <= began - ended <= AWAY_AFTER
        and _someone_waited(contacts, served[agent], ended, began) == began - ended
    ]
    return sorted(gaps)[len(gaps) // 2] if gaps else timedelta()


def _talks(contacts: Sequence[Contact]) -> dict[AgentId, list[Talk]]:
    """By agent his conversations, in order."""
    talks: dict[AgentId, list[Talk]] = {}
    for one in contacts:
        if one.agent is not None and one.handled is not None:
            talks.setdefault(one.agent, []).append((one.left_line_at, one.left_line_at + one.handled))
    return {agent: sorted(his) for agent, his in talks.items()}


def _someone_waited(
    contacts: Sequence[Contact], subjects: frozenset[Subject], since: datetime, until: datetime
) -> timedelta:
    """For how long of the time between the two at least one with one of these subjects waited."""
    total, reached = timedelta(), since
    for one in contacts:
        if one.joined_at >= until:
            break
        if one.subject in subjects:
            began, ended = max(one.joined_at, reached), min(one.left_line_at, until)
            if ended > began:
                total += ended - began
                reached = ended
    return total
