"""A plain account of a desk: what happened to it, and the laws that must hold after every event.

It knows the rules in words and none of the desk's indexes, so that the two can disagree.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from routing.changes import GONE_GRACE
from routing.decide import decide
from routing.events import (
    AgentAnswered,
    AgentMissed,
    CallAdopted,
    CallerJoined,
    CallerLeft,
    CallPassed,
    DeskEvent,
    MissReason,
    MomentArrived,
    OfferTo,
    TellPosition,
    WakeAt,
)
from routing.model import (
    Agent,
    AgentId,
    Available,
    DeskRules,
    Device,
    EntryId,
    Language,
    Offered,
    OnBreak,
    QueueEntry,
    Seat,
    SignedOut,
    Talking,
    WrappingUp,
    desk_for,
)

OPENING = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)


class Account:
    """Tell it what happens with `happens`; it lets the desk decide and raises AssertionError where a law is broken."""

    def __init__(self, agents: Iterable[Agent], rules: DeskRules) -> None:
        self.desk = desk_for(agents, rules)
        self.now = OPENING
        self.waits: dict[EntryId, QueueEntry] = {}
        self.gone: dict[EntryId, datetime] = {}
        self.told: dict[EntryId, datetime] = {}
        self.kept: dict[EntryId, AgentId] = {}
        """Who is kept for the agent she prefers."""
        self.offers_made = 0

    # ---- what happens

    def passes(self, seconds: float) -> None:
        """Time goes on."""
        self.now += timedelta(seconds=seconds)
        self.happens(MomentArrived())

    def happens(self, event: DeskEvent) -> None:
        """One event, and every law after it."""
        self._write_down(event)
        before = self.desk
        decision = decide(before, event, self.now)
        self.desk = decision.desk
        self.gone = {id: until for id, until in self.gone.items() if until > self.now}
        self._forget_keeping()
        assert decide(before, event, self.now) == decision, "the same desk, event and moment decide the same"
        offers = [one for one in decision.commands if isinstance(one, OfferTo)]
        free = self.free_seats() | {offer.agent for offer in offers}
        for command in decision.commands:
            match command:
                case OfferTo() as offer:
                    self._offer_is_right(offer, offers, free)
                    free.discard(offer.agent)
                case TellPosition(id, place):
                    self._telling_is_right(id, place)
        self.offers_made += len(offers)
        self._moments_are_right(decision.commands)
        repeated = decide(self.desk, event, self.now)
        assert repeated.desk == self.desk, "an event that comes twice is harmless"
        assert [one for one in repeated.commands if not isinstance(one, WakeAt)] == []
        self.laws_hold()

    def _write_down(self, event: DeskEvent) -> None:
        match event:
            case CallerJoined(entry) if entry.id not in self.desk.talks and entry.id not in self.waits:
                self.waits[entry.id] = entry
                self._keep(entry)
            case CallerLeft(id) | AgentAnswered(entry=id) | CallAdopted(entry=id) | CallPassed(entry=id):
                for account in (self.waits, self.gone, self.told, self.kept):
                    account.pop(id, None)
            case AgentMissed(agent, id, MissReason.CALLER_GONE) if self.desk.offers.get(id) == agent:
                self.gone[id] = self.now + GONE_GRACE

    def _keep(self, entry: QueueEntry) -> None:
        if entry.prefers is None or entry.prefers not in self.desk.seats:
            return
        person = self.person(entry.prefers)
        fits = entry.language in person.languages and entry.subject in person.subjects
        if fits and at_work(self.desk.seats[entry.prefers]):
            self.kept[entry.id] = entry.prefers

    def _forget_keeping(self) -> None:
        self.kept = {
            id: agent
            for id, agent in self.kept.items()
            if at_work(self.desk.seats[agent])
            and self.now < self.waits[id].entered_at + self.desk.rules.prefer_for
        }

    # ---- what a decision must be like

    def _offer_is_right(self, offer: OfferTo, all_made: list[OfferTo], free: set[AgentId]) -> None:
        agent, entry = offer.agent, offer.entry
        assert self.waits[entry.id] == entry, "an entry never changes"
        assert self.desk.offers[entry.id] == agent
        state = self.desk.seats[agent].state
        assert isinstance(state, Offered)
        assert self.may_have(agent, entry, free)
        assert offer.why
        later = {one.entry.id for one in all_made[all_made.index(offer) + 1 :]}
        for other in self.waits.values():
            waits_on = other.id not in self.gone and (other.id not in self.desk.offers or other.id in later)
            older = (other.age_from, other.id) < (entry.age_from, entry.id)
            assert not (older and waits_on and self.kind(other) == self.kind(entry)), "overtaken in her class"
            if older and waits_on:
                assert not any(self.may_have(one, other, free) for one in free), (
                    "overtaken, though she fitted"
                )
        if entry.id not in self.kept:
            rivals = [one for one in free if one != agent and self.may_have(one, entry, free)]
            assert all(self.rank(agent, entry) < self.rank(one, entry) for one in rivals), "not the best"
        if self.is_reserved(entry):
            speak = [one for one in free if entry.language in self.person(one).languages]
            assert len(speak) - 1 >= self.reserve_of(entry), "a callback takes the reserve"

    def _telling_is_right(self, id: EntryId, place: int) -> None:
        assert [one.id for one in self.desk.queue].index(id) + 1 == place
        assert self.waits[id].callback is None
        last = self.told.get(id)
        assert last is None or self.now - last >= self.desk.rules.position_every
        self.told[id] = self.now

    def _moments_are_right(self, commands: tuple[object, ...]) -> None:
        wakes = [one for one in commands if isinstance(one, WakeAt)]
        assert len(wakes) <= 1
        assert not wakes or commands[-1] is wakes[0]
        just_before = wakes[0].moment - timedelta(microseconds=1) if wakes else self.now + timedelta(days=1)
        assert just_before >= self.now
        quiet = decide(self.desk, MomentArrived(), just_before)
        assert quiet.commands == tuple(wakes), "nothing changes before the moment asked for"
        assert quiet.desk == self.desk

    # ---- what is so between two events

    def laws_hold(self) -> None:
        """Nobody lost, nobody twice, nothing late, and who can be served is."""
        self._no_entry_is_lost_or_changed()
        self._nobody_is_in_two_places()
        self._nothing_is_late()
        free = self.free_seats()
        for entry in self.unoffered():
            assert not any(self.may_have(agent, entry, free) for agent in free), "left waiting"
            if entry.callback is None and self.desk.rules.position_every:
                assert self.now - self.told[entry.id] < self.desk.rules.position_every
        for language in Language:
            assert self.desk.seats.free(language) == len(self.of(language, free))
            busy = [agent for agent, seat in self.desk.seats.items() if at_work(seat)]
            assert self.desk.seats.at_work(language) == len(self.of(language, busy))
            live = [one for one in self.waits.values() if one.language is language and one.callback is None]
            assert self.desk.queue.live(language) == len(live)

    def _no_entry_is_lost_or_changed(self) -> None:
        waiting = list(self.desk.queue)
        assert {entry.id: entry for entry in waiting} == self.waits
        assert len(waiting) == len(self.desk.queue) == len(self.waits)
        assert all((a.age_from, a.id) < (b.age_from, b.id) for a, b in pairwise(waiting))

    def _nobody_is_in_two_places(self) -> None:
        seats = self.desk.seats.values()
        ringing = {s.state.entry: s.agent.id for s in seats if isinstance(s.state, Offered)}
        talking = {s.state.entry: s.agent.id for s in seats if isinstance(s.state, Talking) and s.state.entry}
        assert ringing == self.desk.offers
        assert talking == self.desk.talks
        assert len(set(ringing.values())) == len(ringing)
        assert len(set(talking.values())) == len(talking)
        assert ringing.keys() <= self.waits.keys()
        assert not talking.keys() & self.waits.keys()

    def _nothing_is_late(self) -> None:
        for seat in self.desk.seats.values():
            assert seat.deadline is None or seat.deadline > self.now
            assert seat.next_state is None or (isinstance(seat.state, Talking) and seat.state.entry)
            assert seat.telephone is None or not isinstance(seat.state, SignedOut), "who goes leaves it"
            if isinstance(seat.state, WrappingUp):
                rules = self.desk.rules
                longest = rules.wrap_up + rules.wrap_up_extensions * rules.wrap_up_extra
                assert seat.state.until <= self.now + longest, "writing ends"

    # ---- the rules in words

    def may_have(self, agent: AgentId, entry: QueueEntry, free: set[AgentId]) -> bool:
        """Whether `agent`, one of those `free`, may be rung for `entry` now."""
        if self.is_reserved(entry) and len(self.of(entry.language, free)) - 1 < self.reserve_of(entry):
            return False
        if entry.id in self.kept:
            return self.kept[entry.id] == agent
        now_at = self.desk.rules.relax.steps[self.desk.rules.relax.at(self.now - entry.age_from)]
        person = self.person(agent)
        return (
            entry.language in person.languages
            and person.speaks(entry.language) >= now_at.language
            and person.knows(entry.subject) >= now_at.subject
        )

    def is_reserved(self, entry: QueueEntry) -> bool:
        """Whether it is a callback that leaves the reserve free."""
        rules = self.desk.rules
        return (
            entry.callback is not None
            and rules.reserve > 0
            and self.now < entry.entered_at + rules.reserve_for
        )

    def reserve_of(self, entry: QueueEntry) -> int:
        """How many who speak its language stay free."""
        working = [agent for agent, seat in self.desk.seats.items() if at_work(seat)]
        return min(self.desk.rules.reserve, len(self.of(entry.language, working)) - 1)

    def rank(self, agent: AgentId, entry: QueueEntry) -> tuple[object, ...]:
        """The smaller, the sooner he is rung: by the step that admits him, his skills, and how long he is free."""
        person = self.person(agent)
        language, subject = person.speaks(entry.language), person.knows(entry.subject)
        admits = [
            number
            for number, step in enumerate(self.desk.rules.relax.steps)
            if language >= step.language and subject >= step.subject
        ]
        state = self.desk.seats[agent].state
        assert isinstance(state, Available | Offered)
        since = state.since if isinstance(state, Available) else state.free_since
        return (admits[0], -language, -subject, since, agent)

    def kind(self, entry: QueueEntry) -> tuple[object, ...]:
        """Her class: in it nobody younger goes first."""
        return (entry.language, entry.subject, self.kept.get(entry.id), self.is_reserved(entry))

    def person(self, agent: AgentId) -> Agent:
        """Who sits there."""
        return self.desk.seats[agent].agent

    def of(self, language: Language, agents: Iterable[AgentId]) -> list[AgentId]:
        """Those who speak it."""
        return [agent for agent in agents if language in self.person(agent).languages]

    def free_seats(self) -> set[AgentId]:
        """Who can be offered a call."""
        return {
            agent
            for agent, seat in self.desk.seats.items()
            if isinstance(seat.state, Available) and seat.device is Device.IDLE
        }

    def unoffered(self) -> list[QueueEntry]:
        """Who waits, is not being offered and not said to be gone."""
        return [one for id, one in self.waits.items() if id not in self.desk.offers and id not in self.gone]


def at_work(seat: Seat) -> bool:
    """Whether he is free or will be after what he does now."""
    away = isinstance(seat.state, SignedOut | OnBreak) or seat.next_state is not None
    return not away and seat.device is not Device.UNREACHABLE
