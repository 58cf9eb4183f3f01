"""Which keyed numbers the centre may call back."""

from ivr.centre import CallbackRules
from ivr.numbers import may_be_called, normalise

NOT_ALLOWED = ""


def usable(keyed: str, rules: CallbackRules) -> str | None:
    """E.164 of a number that may be called, `NOT_ALLOWED` for a real one that may not, None for an impossible one."""
    number = normalise(keyed)
    if number is None:
        return None
    return number if may_be_called(number, rules.allowed, rules.refused) else NOT_ALLOWED
