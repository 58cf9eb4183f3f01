"""What is written down of a call before anything else is done with it."""

from datetime import datetime

from pbx.channels import Remembered, stamped_at
from pbx.events import Leg
from routing.model import CallId, Direction
from routing.record import CallRecord

_DIRECTIONS = {
    "agent-code": Direction.INTERNAL,
    "studio": Direction.INTERNAL,
    "supervise": Direction.INTERNAL,
    "overhear": Direction.INTERNAL,
    "alert": Direction.INTERNAL,
    "callback-agent": Direction.OUTBOUND,
    "callback-person": Direction.OUTBOUND,
}


def first_record(call: CallId, leg: Leg, kind: str, facts: Remembered, now: datetime) -> CallRecord:
    """The first version of a call's record. `kind` is how its channel came, by `dialplan.names`.

    One that is adopted has the moment and the facts of its beginning, as far as its channel remembers them.
    """
    adopted = kind == "adopt"
    return CallRecord(
        id=call,
        version=1,
        direction=_DIRECTIONS.get(kind, Direction.INBOUND),
        caller=facts.number,
        dialled=facts.dialled,
        started_at=(stamped_at(leg.unique) or now) if adopted else now,
        language=facts.language if adopted else None,
        subject=facts.subject if adopted else None,
        queued_at=facts.entered if adopted else None,
        agent=facts.agent if adopted and facts.stage == "talk" else None,
        connected_at=facts.connected if adopted else None,
    )
