"""What the agent who was connected says of an attempt: that a machine answered, or that the number is not hers. Pure.

Whether a person speaks only he can hear. His word counts as if the attempt had ended so, during the talk and after it.
"""

from dataclasses import replace
from datetime import datetime

from routing.callbacks import CallbackRules, next_attempt
from routing.calling_hours import CallingHours
from routing.model import AttemptResult, Callback, CallbackState, CallEnding, Outcome

RESULTS = {
    Outcome.NOT_THERE: AttemptResult.MACHINE,
    Outcome.WRONG_NUMBER: AttemptResult.WRONG_NUMBER,
}
"""Outcomes of a talk that was none with her."""


def as_said(result: AttemptResult, outcome: Outcome | None) -> AttemptResult:
    """How an attempt ended that came to `result`, with the `outcome` that its agent has keyed so far."""
    if result is not AttemptResult.REACHED or outcome is None:
        return result
    return RESULTS.get(outcome, result)


def ending_as_said(ending: CallEnding, outcome: Outcome | None) -> CallEnding:
    """The same of the call that was made for it."""
    if ending not in (CallEnding.ANSWERED, CallEnding.NOT_REACHED):
        return ending
    return CallEnding.NOT_REACHED if outcome in RESULTS else CallEnding.ANSWERED


def corrected(
    ended: Callback, outcome: Outcome, now: datetime, rules: CallbackRules, calling: CallingHours
) -> Callback:
    """The promise whose attempt `ended` with a talk, as its agent tells it: due again, given up, or reached."""
    result = as_said(AttemptResult.REACHED, outcome)
    return next_attempt(replace(ended, state=CallbackState.IN_PROGRESS), result, now, rules, calling)
