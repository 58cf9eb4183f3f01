"""Whose fault a failed write is: the database's, which passes, or a record's, which does not."""

import sqlite3
from enum import Enum, auto

import asyncpg

from db.engine import DatabaseUnreachable, causes


class Fault(Enum):
    """What a failed write says."""

    OUTAGE = auto()
    """The database is locked, full, slow or gone: try again, for ever."""
    DATA = auto()
    """It refuses a value, and always will."""
    UNKNOWN = auto()
    """Neither is known; a record that alone fails while others pass is the cause."""


# Classes of SQLSTATE. Source: PostgreSQL's manual, appendix A.
REFUSED_VALUES = {"22", "23", "54"}  # data exception, constraint violation, limit exceeded
# connection, transaction state, authorisation, no such database, rolled back, missing table or right,
# resources, state, operator, system
OUTAGES = {"08", "25", "28", "3D", "40", "42", "53", "55", "57", "58"}


def fault_of(error: BaseException) -> Fault:
    """Return whose fault `error` is, by the first of its causes that tells."""
    for cause in causes(error):
        match cause:
            case DatabaseUnreachable() | OSError() | TimeoutError() | sqlite3.OperationalError():
                return Fault.OUTAGE
            case sqlite3.IntegrityError() | sqlite3.DataError() | sqlite3.InterfaceError():
                return Fault.DATA
            case sqlite3.ProgrammingError() if "binding" in str(cause) or "not supported" in str(cause):
                return Fault.DATA
            case asyncpg.exceptions.DataError() | ValueError() | TypeError() | OverflowError():
                return Fault.DATA
            case asyncpg.InterfaceError():
                return Fault.OUTAGE
        sqlstate = str(getattr(cause, "sqlstate", None) or "")
        if sqlstate[:2] in REFUSED_VALUES:
            return Fault.DATA
        if sqlstate[:2] in OUTAGES:
            return Fault.OUTAGE
    return Fault.UNKNOWN
