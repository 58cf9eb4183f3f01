"""To whom a caller may be passed: a colleague, a subject, an entry of the outside directory, and nobody else."""

from collections.abc import Mapping
from dataclasses import dataclass

from routing.model import Agent, AgentId, Subject

SUBJECT = "7"
"""What stands before a subject's key of the menu."""


@dataclass(frozen=True, slots=True)
class Contact:
    """An entry of the outside directory: what agents key for it, and an E.164 number. The only way out of a talk."""

    code: str
    name: str
    number: str


Target = Agent | Contact | Subject


def target_of(
    keys: str,
    agents: Mapping[AgentId, Agent],
    subjects: tuple[Subject, ...],
    directory: tuple[Contact, ...],
    *,
    own: AgentId | None,
) -> Target | None:
    """Whom `keys` mean; None for anything else, whatever it dials elsewhere. `own`: nobody is his own colleague.

    A subject is keyed as 7 and its place in the subject menu. `config/checks.py` keeps the three apart.
    """
    for agent in agents.values():
        if agent.extension == keys and agent.id != own:
            return agent
    for contact in directory:
        if contact.code == keys:
            return contact
    for place, subject in enumerate(subjects, start=1):
        if keys == f"{SUBJECT}{place}":
            return subject
    return None
