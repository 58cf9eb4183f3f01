"""hours.conf: when the centre is open, written ahead as seconds since 1970 for the fallback.

Asterisk's own time conditions use the machine's zone data, which may be wrong for Morocco; seconds are not.
"""

from collections.abc import Iterable

from dialplan.names import HOURS, HOURS_FILE
from dialplan.plan import PbxPlan
from dialplan.text import Unfit, file, section


def files(plan: PbxPlan) -> dict[str, str]:
    """hours.conf: the context that `Gosub(hours,s,1)` asks."""
    return {
        HOURS_FILE: file(
            __name__, "the hours of center.yaml", (section(HOURS, *_steps(plan.open_intervals)),)
        )
    }


def _steps(intervals: Iterable[tuple[int, int]]) -> list[str]:
    """The first interval that is not over decides. After the last one the centre counts as closed."""
    steps = ["exten => s,1,Set(LOCAL(now)=${EPOCH})"]
    last = 0
    for opens, closes in intervals:
        if not last <= opens < closes:
            raise Unfit(f"open_intervals: ({opens}, {closes}) is not in ascending order")
        last = closes
        steps.append(f" same => n,GotoIf($[${{now}} < {closes}]?{opens},1)")
    return [*steps, " same => n,Return(0)", "exten => _X!,1,Return($[${now} >= ${EXTEN}])"]
