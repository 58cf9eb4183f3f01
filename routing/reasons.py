"""Why an agent is rung for a caller, in words that are stored with the offer. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from routing.model import AgentId, Desk, Language, QueueEntry
from routing.skills import ANY, BEST, Profile, Step

_NAMES = {Language.ARABIC: "Arabic", Language.TAMAZIGHT: "Tamazight", Language.FRENCH: "French"}


@dataclass(frozen=True, slots=True)
class Choice:
    """This agent for this entry. Without a `profile` because she prefers him, else by the step she has come to."""

    entry: QueueEntry
    agent: AgentId
    profile: Profile | None = None
    step: int = 0


def why(desk: Desk, choice: Choice, now: datetime) -> str:
    """Who waited how long and went before how many; by which step he fits, and before whom he was chosen."""
    waited = spelled(max(now - choice.entry.age_from, timedelta()))
    whose = "asked" if choice.entry.callback is not None else "waited"
    said = f"{whose} {waited}{' ago' if whose == 'asked' else ''}, longest of those a free agent can serve"
    return f"{said} ({len(desk.queue)} in line); {_chosen(desk, choice)}"


def spelled(time: timedelta) -> str:
    """A duration as 4 s, 1:12 or 17:03:20 (hours, minutes, seconds)."""
    seconds = int(time.total_seconds())
    minutes, hours = seconds // 60, seconds // 3600
    if not minutes:
        return f"{seconds} s"
    return f"{hours}:{minutes % 60:02}:{seconds % 60:02}" if hours else f"{minutes}:{seconds % 60:02}"


def _chosen(desk: Desk, choice: Choice) -> str:
    entry, agent, profile = choice.entry, choice.agent, choice.profile
    if profile is None:
        return f"preferred: {agent} had her last talk"
    relax = desk.rules.relax
    first_two = list(
        islice(desk.seats.all_free(entry.language, entry.subject, relax.profiles(choice.step)), 2)
    )
    skills = _skills(entry, profile)
    by_step = _step(relax.steps[choice.step], entry, choice.step)
    if len(first_two) < 2:
        return f"{agent} is the only free agent who fits ({skills}); {by_step}"
    other, others = first_two[1]
    if others == profile:
        return f"{agent} is free longest, {other} next ({skills}); {by_step}"
    return f"{agent} is better skilled ({skills}) than {other} ({_skills(entry, others)}); {by_step}"


def _skills(entry: QueueEntry, profile: Profile) -> str:
    return f"{_NAMES[entry.language]} {profile.language}, {entry.subject} {profile.subject or 'none'}"


def _step(step: Step, entry: QueueEntry, number: int) -> str:
    wanted = f"{_NAMES[entry.language]} {_at_least(step.language)}"
    subject = "any subject" if step.subject == ANY else f"{entry.subject} {_at_least(step.subject)}"
    since = f" after {spelled(step.after)}" if number else ""
    return f"step {number + 1}{since}: {wanted}, {subject}"


def _at_least(level: int) -> str:
    return f"{level}" if level == BEST else f"{level} or better"
