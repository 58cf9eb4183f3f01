"""Why a telephone was not answered: SIP codes and dial states as the desk's reasons. One table, one default.

`TechCause` of the hang-up counts first: Asterisk folds 480 into NOANSWER and 603 and 408 into CHANUNAVAIL.
"""

from routing.events import MissReason

_BY_SIP = {
    486: MissReason.BUSY,
    600: MissReason.BUSY,
    603: MissReason.REFUSED,
    403: MissReason.REFUSED,
    487: MissReason.NO_ANSWER,
    480: MissReason.UNREACHABLE,
    408: MissReason.UNREACHABLE,
    404: MissReason.UNREACHABLE,
    503: MissReason.UNREACHABLE,
}

_BY_STATUS = {
    "BUSY": MissReason.BUSY,
    "NOANSWER": MissReason.NO_ANSWER,
    "CANCEL": MissReason.CALLER_GONE,
    "CONGESTION": MissReason.UNREACHABLE,
    "CHANUNAVAIL": MissReason.UNREACHABLE,
    "DONTCALL": MissReason.REFUSED,
}


def why_missed(status: str, sip: int | None) -> MissReason:
    """The reason for a dial `status` (DIALSTATUS, may be empty) and the SIP code, if any was given."""
    if sip is not None and sip in _BY_SIP:
        return _BY_SIP[sip]
    return _BY_STATUS.get(status, MissReason.NO_ANSWER if sip is None else MissReason.UNREACHABLE)
