"""A day with fewer or more agents than it had."""

from collections import Counter
from dataclasses import replace

from routing.model import AgentId
from simulator.day import Attendance, Day


def with_agents(day: Day, wanted: int) -> Day:
    """The day with so many of those who came to work.

    Fewer: those who answered most stay. More: each further one comes and goes, and speaks and knows, as one of those
    who answered most. Raises ValueError unless `wanted` is 1 or more and somebody came.
    """
    answered = Counter(one.agent for one in day.contacts if one.agent is not None)
    here = {change.event.agent for change in day.attendance}
    ranked = sorted(
        (one for one in day.agents if one.id in here), key=lambda one: (-answered[one.id], one.id)
    )
    if wanted < 1 or not ranked:
        raise ValueError("a day needs at least one agent who comes to work")
    agents = []
    attendance: list[Attendance] = []
    for number in range(wanted):
        model = ranked[number % len(ranked)]
        again = number // len(ranked)
        copy = AgentId(f"{model.id}+{again}") if again else model.id
        agents.append(replace(model, id=copy, extension=f"{model.extension}{again or ''}"))
        attendance += [
            replace(one, event=replace(one.event, agent=copy))
            for one in day.attendance
            if one.event.agent == model.id
        ]
    return replace(day, agents=tuple(agents), attendance=tuple(sorted(attendance, key=lambda one: one.at)))
