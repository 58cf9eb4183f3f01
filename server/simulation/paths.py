"""Every way through the menus: each key, silence and hanging up at each question, and whether every call ends.

A question is known by its words, her language and the try it is. At each that is met for the first time, every answer
is given once, by calls that first go the known way there and after it say nothing more. What may go round for ever is
tried by callers who answer everything alike, or with two answers in turn.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import cycle, permutations

from ivr.call import AgentPhone, Missed, Person, Question
from ivr.centre import Centre
from ivr.prompts import Phrase, PromptMissing
from routing.events import MissReason
from routing.hours import Closed
from routing.model import CallEnding, Desk, Language
from server.simulation.house import SimulatedHouse, staffed
from simulator.caller import Act, HangUp, Press, SimulatedCaller, Stay
from simulator.virtual_loop import NobodyMoves, VirtualLoop

KEYS = "1234567890*#"
NUMBERS = ("0612345678#", "0524123456#", "0033612345678#", "12#", "*", "0", "#")
"""At a question for a number: a mobile, a landline, one abroad, an impossible one, and keys that are none."""
LATER = 100.0  # seconds in the line until she keys: a callback has been offered by then
MOST_STEPS = (
    1500  # of a call that waits as long as anybody may; the longest of the delivered centre has about 400
)
MOST_QUESTIONS = 400  # of a caller who goes round and round: every circle has an end of its own
ONE_CALL = timedelta(hours=2)
NUMBER = "+212612345678"

Words = Callable[[Language, Phrase], str]
"""The words of a phrase; raises PromptMissing."""
Place = tuple[str, ...]
"""A question as she experiences it."""


@dataclass(frozen=True, slots=True)
class Scene:
    """When she calls, from which number, and who is there."""

    name: str
    at: datetime
    number: str | None = NUMBER
    agents: int = 99
    answered: bool = True
    """Whether the agents pick up."""
    heard_unanswered: bool = False


@dataclass(frozen=True, slots=True)
class Fault:
    """A way on which something is wrong: what she did, in order, and what was wrong."""

    scene: str
    way: tuple[str, ...]
    what: str


@dataclass(slots=True)
class Found:
    """What the check has seen."""

    calls: int = 0
    places: int = 0
    longest: int = 0
    endings: set[CallEnding] = field(default_factory=set)
    languages: set[Language] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)


class Follower:
    """Gives the answers of `way`, then those of `then` for ever; keeps what she was asked."""

    def __init__(self, way: tuple[Act, ...], then: Iterator[Act], known: Collection[Place] = ()) -> None:
        """A call that has gone its way and comes to a `known` place goes on as one before it: it is cut short."""
        self._way, self._then, self._known = deque(way), then, known
        self.places: list[tuple[Place, tuple[Act, ...]]] = []
        """Each question with the answers that may be given to it."""
        self.gave: list[Act] = []

    def asked(self, question: Question, caller: SimulatedCaller) -> Act:
        """The next answer."""
        words = (f"{phrase.key}{dict(phrase.slots) or ''}" for phrase in question.phrases)
        where = (str(caller.log.record.language), *words)
        return self._next(where, answers(question))

    def in_line(self, caller: SimulatedCaller) -> Act:
        """The line is a question too: whether she keys something, stays or goes."""
        return self._next(("line", str(caller.log.record.language)), IN_LINE)

    def _next(self, place: Place, possible: tuple[Act, ...]) -> Act:
        if len(self.gave) >= MOST_QUESTIONS:
            raise TooLong(f"asked more than {MOST_QUESTIONS} times")
        # The same question asked a second and third time in a row leads elsewhere.
        again = sum(before == place for before, _ in self.places[-2:])
        here = (*place, str(again))
        if not self._way and here in self._known and self.gave:
            raise GoesOnAsBefore
        self.places.append((here, possible))
        act = self._way.popleft() if self._way else next(self._then)
        if isinstance(act, Press) and place[0] == "line":
            act = replace(act, after=LATER)
        self.gave.append(act)
        return act


class GoesOnAsBefore(Exception):  # noqa: N818 - named for what is so
    """The rest of this call is known."""


class TooLong(Exception):  # noqa: N818 - named for what is wrong
    """A call that does not end."""


def answers(question: Question) -> tuple[Act, ...]:
    """Everything she may do at a question."""
    keys = tuple(KEYS) if question.most == 1 else NUMBERS
    return (*(Press(key) for key in keys), Stay(), HangUp())


IN_LINE: tuple[Act, ...] = (*(Press(key, LATER) for key in KEYS), Stay(), HangUp(30))
SILENT: tuple[Act, ...] = (Stay(),)


def scenes(centre: Centre, now: datetime) -> tuple[Scene, ...]:
    """Open with an agent, open with nobody who answers, just before closing, and closed; with a number and without.

    Raises ValueError when the centre does not open in the next months: then there is nothing to be shown.
    """
    closed = _closed_from(centre, now)
    opens = centre.hours.first_open(closed)
    if opens is None:
        raise ValueError("the centre does not open any more: see that opening_hours have a day")
    some = opens + timedelta(minutes=30)
    closes = _closed_from(centre, some)
    return (
        Scene("open, agents are free", some),
        Scene("open, nobody picks up, no number", some, number=None, answered=False),
        Scene("open, nobody at work", some, agents=0),
        Scene("a minute before closing, nobody at work", closes - timedelta(minutes=1), agents=0),
        Scene("closed", closes + timedelta(hours=1)),
        Scene("closed, no number", closes + timedelta(hours=1), number=None),
        Scene("closed, heard before it is answered", closes + timedelta(hours=1), heard_unanswered=True),
    )


def check_paths(
    centre: Centre,
    now: datetime,
    words: Words,
    progress: Callable[[int, int], None] = lambda done, everything: None,
    chosen: Callable[[Scene], bool] = lambda scene: True,
) -> Found:
    """Go every way. `progress` is told calls made and calls known to be needed."""
    found = Found()
    words = cache_of(words)
    for scene in filter(chosen, scenes(centre, now)):
        desk = staffed(centre, scene.agents, scene.at)
        _explore(centre, scene, words, found, desk, progress)
        for first, second in [*((act, act) for act in answers_alike()), *permutations(answers_alike(), 2)]:
            _go(centre, scene, words, found, (), cycle((first, second)), desk)
    return found


def cache_of(words: Words) -> Words:
    """The same words, looked up once each."""
    known: dict[tuple[Language, str, tuple[tuple[str, str], ...]], str] = {}

    def cached(language: Language, phrase: Phrase) -> str:
        asked = (phrase.language or language, phrase.key, tuple(sorted(phrase.slots.items())))
        if asked not in known:
            known[asked] = words(language, phrase)
        return known[asked]

    return cached


def answers_alike() -> tuple[Act, ...]:
    """The keys of which menus are made, and silence, as answers to everything."""
    return (*(Press(key) for key in "1289*#0"), Stay())


def _explore(
    centre: Centre, scene: Scene, words: Words, found: Found, desk: Desk, progress: Callable[[int, int], None]
) -> None:
    seen: set[Place] = set()
    ways: deque[tuple[Act, ...]] = deque([()])
    while ways:
        way = ways.popleft()
        follower = _go(centre, scene, words, found, way, cycle(SILENT), desk, seen)
        for index, (place, possible) in enumerate(follower.places):
            if place not in seen and index >= len(way) - 1:
                seen.add(place)
                before = tuple(follower.gave[:index])
                ways.extend((*before, act) for act in possible if act != follower.gave[index])
        progress(found.calls, found.calls + len(ways))
    found.places += len(seen)


def _go(
    centre: Centre,
    scene: Scene,
    words: Words,
    found: Found,
    way: tuple[Act, ...],
    then: Iterator[Act],
    desk: Desk,
    known: Collection[Place] = (),
) -> Follower:
    """One call, from its first ring to its end, or to where its end is known."""
    follower = Follower(way, then, known)
    loop = VirtualLoop()
    trouble = ""
    try:
        ending, steps = loop.run_until_complete(_call(centre, scene, desk, words, follower, found.languages))
        found.endings.add(ending)
        found.longest = max(found.longest, steps)
        if steps > MOST_STEPS:
            trouble = f"{steps} steps, more than {MOST_STEPS}"
    except GoesOnAsBefore:
        pass
    except NobodyMoves as problem:
        trouble = f"a dead end: {problem}"
    except TimeoutError:
        trouble = f"it does not end within {ONE_CALL}"
    except PromptMissing as problem:
        trouble = f"she hears nothing: {problem}"
    except Exception as problem:  # whatever a flow raises is what is looked for
        trouble = f"{type(problem).__name__}: {problem}"
    finally:
        _end(loop)
    found.calls += 1
    if trouble:
        found.faults.append(Fault(scene.name, tuple(map(in_words, follower.gave)), trouble))
    return follower


async def _call(
    centre: Centre, scene: Scene, desk: Desk, words: Words, follower: Follower, languages: set[Language]
) -> tuple[CallEnding, int]:
    house = SimulatedHouse(centre, scene.at, desk=desk)
    steps = 0

    def heed(phrase: Phrase, language: Language) -> None:
        nonlocal steps
        steps += 1
        languages.add(language)
        words(language, phrase)

    async def rung(caller: SimulatedCaller, whom: AgentPhone | Person, at_most: float) -> Missed | float:
        if scene.answered:
            await asyncio.sleep(min(3.0, at_most))
            return 60.0
        await asyncio.sleep(at_most)
        return Missed(MissReason.NO_ANSWER)

    async with asyncio.timeout(ONE_CALL.total_seconds()):
        ending = await house.called(
            scene.number, follower, rung, heed=heed, heard_unanswered=scene.heard_unanswered
        )
    desk = house.desk.desk
    if list(desk.queue) or desk.offers or desk.talks:
        raise RuntimeError("the call is over, and somebody waits, is rung or talks")
    await house.close()
    return ending, steps


def _end(loop: VirtualLoop) -> None:
    for task in asyncio.all_tasks(loop):
        task.cancel()
    loop.run_until_complete(asyncio.sleep(0))
    loop.close()


def in_words(act: Act) -> str:
    """What she did."""
    match act:
        case Press(keys):
            return keys
        case Stay():
            return "nothing"
        case HangUp():
            return "hangs up"


def _closed_from(centre: Centre, moment: datetime) -> datetime:
    state = centre.hours.at(moment)
    return moment if isinstance(state, Closed) else state.until
