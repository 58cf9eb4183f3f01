"""What supervisors may see and do by telephone, as their flow knows it."""

from datetime import datetime
from typing import Protocol

from routing.model import Callback, CallbackId
from routing.overrides import Becomes, Reason
from routing.overview import Overview


class Supervision(Protocol):
    """The centre from above; kept outside the flows."""

    async def overview(self) -> Overview:
        """The centre now, the day's figures included where they can be had."""
        ...

    def overdue(self) -> tuple[Callback, ...]:
        """Promises whose time is over, the oldest first, but for those that somebody took over."""
        ...

    def take_over(self, reference: CallbackId, telephone: str) -> bool:
        """Only this telephone is rung for the promise from now on; False when it is not to be taken any more."""
        ...

    def change_hours(self, becomes: Becomes, until: datetime | None, why: Reason, by: str) -> bool:
        """The centre is open or closed from now on; False when that cannot be kept: then nothing changes."""
        ...
