"""Why a telephone was not answered: SIP codes and dial states as the desk's reasons.

What an agent's own telephone answers is his; what comes from outside may be the operator's word and not hers.
`TechCause` of the hang-up counts first: Asterisk folds 480 into NOANSWER and 603 and 408 into CHANUNAVAIL.
"""

from collections.abc import Mapping

from routing.events import MissReason

_BY_ANYONE = {
    486: MissReason.BUSY,
    600: MissReason.BUSY,
    603: MissReason.REFUSED,
    487: MissReason.NO_ANSWER,
    480: MissReason.UNREACHABLE,
    408: MissReason.UNREACHABLE,
    404: MissReason.UNREACHABLE,
}
BY_AGENT = _BY_ANYONE | {403: MissReason.REFUSED, 503: MissReason.UNREACHABLE}
"""SIP codes of an agent's telephone."""
BY_PERSON = _BY_ANYONE | {
    607: MissReason.REFUSED,
    608: MissReason.REFUSED,
    # A trunk that does not know us, or fails, says nothing about her.
    **dict.fromkeys((401, 403, 407, *range(500, 600)), MissReason.NO_TRUNK),
}
"""SIP codes of whoever was dialled through a trunk. Only 603, 607 and 608 are her own no."""

_BY_STATUS = {
    "BUSY": MissReason.BUSY,
    "NOANSWER": MissReason.NO_ANSWER,
    "CANCEL": MissReason.CALLER_GONE,
    "CONGESTION": MissReason.UNREACHABLE,
    "CHANUNAVAIL": MissReason.UNREACHABLE,
    "DONTCALL": MissReason.REFUSED,
}


def why_missed(status: str, sip: int | None, by_sip: Mapping[int, MissReason] = BY_AGENT) -> MissReason:
    """The reason for a dial `status` (DIALSTATUS, may be empty) and the SIP code, if any was given."""
    if sip is not None and sip in by_sip:
        return by_sip[sip]
    return _BY_STATUS.get(status, MissReason.NO_ANSWER if sip is None else MissReason.UNREACHABLE)
