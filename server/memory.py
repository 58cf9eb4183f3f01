"""What is known of callers: the language last chosen from a number. In memory: no call waits for it."""

from routing.model import CallId, Direction, Language
from routing.record import CallRecord, Record, Recorder


class Remembering:
    """Implements `ivr.office.Memory`; a recorder that learns from every call that passes through it."""

    def __init__(self, recorder: Recorder) -> None:
        """Records go on to `recorder`."""
        self._recorder = recorder
        self._languages: dict[str, Language] = {}
        self.records: dict[CallId, CallRecord] = {}
        """Calls under way, as last recorded."""

    def learn(self, languages: dict[str, Language]) -> None:
        """From the database at start; what was heard since is newer."""
        self._languages = languages | self._languages

    def language_of(self, number: str) -> Language | None:
        """The language last chosen from this E.164 number."""
        return self._languages.get(number)

    def record(self, record: Record) -> None:
        """Keep, and learn."""
        self._recorder.record(record)
        if isinstance(record, CallRecord):
            if record.ended_at is None:
                self.records[record.id] = record
            else:
                self.records.pop(record.id, None)
            if record.caller and record.language and record.direction is Direction.INBOUND:
                self._languages[record.caller] = record.language
