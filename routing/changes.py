"""What each event does to the desk, before anyone is offered anything.

Each function takes the desk and gives the desk after; withdrawn offers are added to `commands`. An event that
no longer applies gives the desk back as it was.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import assert_never

from routing.events import DeskCommand, MissReason, WithdrawOffer
from routing.model import (
    AgentId,
    AgentState,
    Available,
    BreakReason,
    Desk,
    Device,
    EntryId,
    Offered,
    OnBreak,
    QueueEntry,
    Seat,
    SignedOut,
    Talking,
    WrappingUp,
)

GONE_GRACE = timedelta(seconds=5)  # from «the caller is gone» to her leaving; after it she is offered again

Commands = list[DeskCommand]


# ---- what callers do ----


def caller_joined(desk: Desk, entry: QueueEntry, now: datetime) -> Desk:
    """She waits from now on; who waits already keeps her place."""
    if entry.id in desk.talks:  # a repeated event: she speaks with an agent already
        return desk
    rules = desk.rules
    kept_until = entry.entered_at + rules.prefer_for
    reserved_until = entry.entered_at + rules.reserve_for
    kept = kept_until > now and _waits_for_one(desk, entry)
    reserved = entry.callback is not None and rules.reserve > 0 and reserved_until > now
    queue = desk.queue.joined(entry, now, kept_until if kept else None, reserved_until if reserved else None)
    return replace(desk, queue=queue)


def _waits_for_one(desk: Desk, entry: QueueEntry) -> bool:
    """Whether the agent she prefers is at work, speaks her language and serves her subject."""
    seat = None if entry.prefers is None else desk.seats.get(entry.prefers)
    return (
        seat is not None
        and seat.at_work
        and seat.agent.speaks(entry.language) > 0
        and seat.agent.knows(entry.subject) > 0
    )


def caller_left(desk: Desk, entry: EntryId, commands: Commands) -> Desk:
    """She no longer waits; a phone that rings for her stops."""
    agent = desk.offers.get(entry)
    if agent is not None:
        commands.append(WithdrawOffer(agent, entry))
        desk = _freed(desk, agent, entry)
    return replace(desk, queue=desk.queue.left(entry))


# ---- what agents do ----


def signed_in(desk: Desk, agent: AgentId, telephone: str | None, now: datetime) -> Desk:
    """The agent is at work, at his own telephone or at `telephone`. One who had asked to go stays."""
    seat = desk.seats.get(agent)
    if seat is None or _taken(desk, seat, telephone):
        return desk
    if isinstance(seat.next_state, SignedOut):
        seat = replace(seat, next_state=None)
        desk = seated(desk, seat)
    if telephone == seat.agent.extension:
        telephone = None
    if seat.telephone != telephone and not isinstance(seat.state, Offered | Talking):
        # What this telephone can do is told next; until then nobody is offered to it.
        seat = replace(seat, telephone=telephone, device=Device.UNREACHABLE)
        desk = seated(desk, seat)
    return in_state(desk, agent, Available(now)) if isinstance(seat.state, SignedOut) else desk


def _taken(desk: Desk, seat: Seat, telephone: str | None) -> bool:
    """Whether another agent is at work at the telephone at which this one would sit."""
    wanted = telephone or seat.agent.extension
    return any(
        other.extension == wanted and other.agent.id != seat.agent.id
        for other in desk.seats.values()
        if not isinstance(other.state, SignedOut)
    )


def steps_away(desk: Desk, agent: AgentId, to: OnBreak | SignedOut, commands: Commands) -> Desk:
    """To a break or home: at once, unless he speaks with a caller of the desk."""
    seat = desk.seats.get(agent)
    if seat is None:
        return desk
    match seat.state:
        case Talking(entry=str()):
            return seated(desk, replace(seat, next_state=to))
        case Offered(entry=entry):
            commands.append(WithdrawOffer(agent, entry))
            return in_state(offer_over(desk, entry), agent, to)
        case SignedOut() | Available() | Talking() | WrappingUp() | OnBreak():
            return in_state(desk, agent, to)
        case _:
            assert_never(seat.state)


def takes_break(desk: Desk, agent: AgentId, pause: OnBreak, commands: Commands) -> Desk:
    """The agent pauses; someone who is not at work cannot."""
    seat = desk.seats.get(agent)
    if seat is None or isinstance(seat.state, SignedOut):
        return desk
    if isinstance(seat.state, OnBreak) and seat.state.reason is pause.reason:
        return desk
    return steps_away(desk, agent, pause, commands)


def returned(desk: Desk, agent: AgentId, now: datetime) -> Desk:
    """Back from a break or from writing; in a conversation, it takes back the wish to step away."""
    seat = desk.seats.get(agent)
    if seat is None:
        return desk
    match seat.state:
        case OnBreak() | WrappingUp():
            return in_state(desk, agent, Available(now))
        case Talking():
            return seated(desk, replace(seat, next_state=None))
        case SignedOut() | Available() | Offered():
            return desk
        case _:
            assert_never(seat.state)


def asked_for_time(desk: Desk, agent: AgentId, times: int) -> Desk:
    """More time to write, as often as the rules allow."""
    seat = desk.seats.get(agent)
    if seat is None or not isinstance(seat.state, WrappingUp):
        return desk
    if times != seat.state.extended + 1 or times > desk.rules.wrap_up_extensions:
        return desk
    return in_state(desk, agent, WrappingUp(seat.state.until + desk.rules.wrap_up_extra, times))


def answered(desk: Desk, agent: AgentId, entry: EntryId, now: datetime, commands: Commands) -> Desk:
    """The truth is on the wire: whoever picked up talks, even where the desk had thought otherwise."""
    if desk.queue.get(entry) is None:  # she left in the same moment, or the event is repeated
        return desk
    return talks(desk, agent, entry, now, commands)


def missed(desk: Desk, agent: AgentId, entry: EntryId, why: MissReason, now: datetime) -> Desk:
    """The entry is back in its place; what happens to the agent depends on why."""
    if desk.offers.get(entry) != agent:
        return desk
    match why:
        case MissReason.NO_ANSWER | MissReason.REFUSED | MissReason.BUSY:
            # Offers go to idle telephones only: one that then is busy was declined or must not be rung again.
            return in_state(offer_over(desk, entry), agent, OnBreak(BreakReason.MISSED_OFFER, now))
        case MissReason.UNREACHABLE | MissReason.NO_TRUNK:  # the second is never said of an agent
            return _freed(_with_device(desk, agent, Device.UNREACHABLE), agent, entry)
        case MissReason.CALLER_GONE:
            desk = _freed(desk, agent, entry)
            return replace(desk, queue=desk.queue.unoffered(entry, held_until=now + GONE_GRACE))
        case _:
            assert_never(why)


def passed(desk: Desk, agent: AgentId, entry: EntryId, since: datetime, commands: Commands) -> Desk:
    """`agent` talks with whom a colleague passed on; a break, or being away, goes on after it."""
    if desk.talks.get(entry) == agent:  # a repeated event
        return desk
    seat = desk.seats.get(agent)
    desk = talks(desk, agent, entry, since, commands)
    if seat is None:
        return desk
    # Who was with her beside a colleague goes on with what he had asked for.
    after = seat.state if isinstance(seat.state, OnBreak | SignedOut) else seat.next_state
    later = replace(desk.seats[agent], next_state=after)
    return replace(desk, seats=desk.seats.with_seat(later))


def call_ended(desk: Desk, agent: AgentId, entry: EntryId, now: datetime) -> Desk:
    """Wrap-up begins, or what the agent had asked for meanwhile."""
    if desk.talks.get(entry) != agent:
        return desk
    desk = replace(desk, talks=_without(desk.talks, entry))
    after = desk.seats[agent].next_state
    match after:
        case None:
            return in_state(desk, agent, WrappingUp(now + desk.rules.wrap_up))
        case OnBreak(reason):
            return in_state(desk, agent, OnBreak(reason, now))
        case SignedOut():
            return in_state(desk, agent, after)
        case _:
            assert_never(after)


def device_changed(desk: Desk, agent: AgentId, device: Device, now: datetime, commands: Commands) -> Desk:
    """What the telephone can do is kept always; what the agent does follows where it must."""
    seat = desk.seats.get(agent)
    if seat is None:
        return desk
    desk = _with_device(desk, agent, device)
    match seat.state, device:
        case Available(), Device.IN_USE:
            return in_state(desk, agent, Talking(None, now))
        case Talking(entry=None), Device.IDLE | Device.UNREACHABLE:
            return in_state(desk, agent, Available(now))
        case Offered(entry=entry), Device.UNREACHABLE:
            commands.append(WithdrawOffer(agent, entry))
            return missed(desk, agent, entry, MissReason.UNREACHABLE, now)
    return desk


# ---- steps they share ----


def talks(desk: Desk, agent: AgentId, entry: EntryId, since: datetime, commands: Commands) -> Desk:
    """`agent` talks with `entry` since `since`; whatever the desk had intended for either is withdrawn."""
    rung = desk.offers.get(entry)
    if rung is not None and rung != agent:
        commands.append(WithdrawOffer(rung, entry))
        desk = _freed(desk, rung, entry)
    desk = replace(desk, offers=_without(desk.offers, entry), queue=desk.queue.left(entry))
    seat = desk.seats.get(agent)
    if seat is None:
        return desk
    match seat.state:
        case Offered(entry=other) if other != entry:
            commands.append(WithdrawOffer(agent, other))
            desk = offer_over(desk, other)
        case Talking(entry=str(talk)) if talk != entry:
            desk = replace(desk, talks=_without(desk.talks, talk))
    earlier = desk.talks.get(entry)
    if earlier is not None and earlier != agent:
        desk = in_state(desk, earlier, WrappingUp(since + desk.rules.wrap_up))
    desk = replace(desk, talks={**desk.talks, entry: agent})
    return in_state(desk, agent, Talking(entry, since))


def _freed(desk: Desk, agent: AgentId, entry: EntryId) -> Desk:
    """The offer is over, and the agent free for as long as if it had not been."""
    state = desk.seats[agent].state
    assert isinstance(state, Offered)
    return in_state(offer_over(desk, entry), agent, Available(state.free_since))


def offer_over(desk: Desk, entry: EntryId) -> Desk:
    """The entry is in its place again; the caller of this says what becomes of the agent."""
    return replace(desk, offers=_without(desk.offers, entry), queue=desk.queue.unoffered(entry))


def _with_device(desk: Desk, agent: AgentId, device: Device) -> Desk:
    return seated(desk, replace(desk.seats[agent], device=device))


def in_state(desk: Desk, agent: AgentId, state: AgentState) -> Desk:
    """The agent does this now; what he had asked for later is settled by it. Who goes leaves a foreign telephone."""
    seat = replace(desk.seats[agent], state=state, next_state=None)
    if isinstance(state, SignedOut) and seat.telephone is not None:
        seat = replace(seat, telephone=None, device=Device.UNREACHABLE)
    return seated(desk, seat)


def seated(desk: Desk, seat: Seat) -> Desk:
    """With this seat. Nobody is kept for an agent who is not at work."""
    queue = desk.queue if seat.at_work else desk.queue.kept_no_more(seat.agent.id)
    return replace(desk, seats=desk.seats.with_seat(seat), queue=queue)


def _without(pairs: dict[EntryId, AgentId], entry: EntryId) -> dict[EntryId, AgentId]:
    left = pairs.copy()
    left.pop(entry, None)
    return left
