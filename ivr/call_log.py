"""A call's record and trace as they grow. Every change is kept at once, whatever happens to the call afterwards."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from routing.model import CallbackId
from routing.record import CallRecord, Recorder, TraceLine

MILLISECOND = timedelta(milliseconds=1)


class CallLog:
    """The record of one call. Versions and sequence numbers rise with the call's age in milliseconds.

    They therefore go on rising when a restarted controller continues a call whose earlier numbers it never saw.
    """

    def __init__(self, recorder: Recorder, record: CallRecord, now: Callable[[], datetime]) -> None:
        """Begin with `record` (already kept or not); `now` gives aware UTC moments."""
        self._recorder = recorder
        self.now = now
        self._seq = 0
        self.record = record
        self.took: CallbackId | None = None
        """The promise taken in this call; of one that keeps a promise, `record.callback` is that one."""

    def begin(self) -> None:
        """Keep the first record."""
        self._recorder.record(self.record)

    def set(self, **changes: Any) -> None:
        """Change fields of the record, by `CallRecord`'s names."""
        version = max(self.record.version + 1, self._age_in_milliseconds(self.now()))
        self.record = replace(self.record, version=version, **changes)
        self._recorder.record(self.record)

    def note(self, what: str, /, **facts: object) -> None:
        """Add a line to the trace. Never keyed digits, telephone numbers or transcripts."""
        now = self.now()
        self._seq = max(self._seq + 1, self._age_in_milliseconds(now))
        texts = {name: str(value) for name, value in facts.items()}
        self._recorder.record(TraceLine(self.record.id, self._seq, now, what, texts))

    def _age_in_milliseconds(self, now: datetime) -> int:
        return max(1, (now - self.record.started_at) // MILLISECOND)
