"""The section `alerts`: what a supervisor is called for, and who is called."""

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from config.kinds import Code, Section
from config.moments import duration
from config.values import YesOrNo, listed, whole
from routing.alerts import AlertRules, Kind, Rule

SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
Lasting = Annotated[timedelta, duration(timedelta(), DAY)]
_RULES = AlertRules()


class RuleSection(Section):
    """`for` how long it has to last, and whether it counts while the centre is closed."""

    lasting: Lasting = Field(default=5 * MINUTE, alias="for")
    out_of_hours: YesOrNo = False


class WaitSection(RuleSection):
    """Somebody waits longer than `over`."""

    over: Annotated[timedelta, duration(SECOND, 8 * HOUR)] = 10 * MINUTE


class CountSection(RuleSection):
    """More than `over` people or promises."""

    over: Annotated[int, whole(0, 100_000)] = 0


class LevelSection(RuleSection):
    """Under so many per cent."""

    under: Annotated[int, whole(1, 100, "a whole number of per cent")] = 60


class AlertsSection(Section):
    """What is watched; a line that is not written is not. With nobody to call nothing is."""

    call: Annotated[tuple[Code, ...], listed("ids of supervisors such as [hind, omar]")] = ()
    again: Annotated[timedelta, duration(MINUTE, DAY)] = _RULES.again
    ring_for: Annotated[timedelta, duration(5 * SECOND, 3 * MINUTE)] = _RULES.ring_for
    nobody_signed_in: RuleSection | None = None
    longest_wait: WaitSection | None = None
    waiting: CountSection | None = None
    promises_at_risk: CountSection | None = None
    service_level: LevelSection | None = None
    database: RuleSection | None = None

    @property
    def rules(self) -> AlertRules:
        """As the program thinks of it."""
        found: list[Rule] = []
        for kind in Kind:
            section: RuleSection | None = getattr(self, kind)
            match section:
                case None:
                    continue
                case WaitSection(over=over):
                    limit = over.total_seconds()
                case CountSection(over=most):
                    limit = most
                case LevelSection(under=level):
                    limit = level
                case _:
                    limit = 0
            found.append(Rule(kind, section.lasting, limit, section.out_of_hours))
        return AlertRules(tuple(found), self.again, self.ring_for)
