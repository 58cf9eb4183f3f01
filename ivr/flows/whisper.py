"""What an agent hears between picking up and being connected: language, subject, her calls of today."""

from ivr.office import Office
from ivr.prompts import Phrase, phrase
from ivr.repertoire import SHORT
from routing.model import Caller, Language, QueueEntry, Subject

MOST_COUNTED = 9  # calls of a day that are told


def whispered(office: Office, caller: Caller, entry: QueueEntry) -> tuple[Phrase, ...]:
    """Most important first; nothing where the centre does without."""
    if not office.centre.agent_rules.whisper:
        return ()
    calls = 1 if caller.number is None else office.agents.calls_today(caller.number)
    return sentence(entry.language, entry.subject, calls)


def sentence(language: Language, subject: Subject, calls: int) -> tuple[Phrase, ...]:
    """«Arabic, funding, second»; a first call is not counted aloud."""
    short = subject in SHORT
    topic = phrase(f"whisper.subject.{subject}") if short else phrase(f"subject.name.{subject}")
    said = (phrase(f"whisper.language.{language}"), topic)
    return said if calls < 2 else (*said, phrase("whisper.calls_today", n=min(calls, MOST_COUNTED)))
