"""Who gets the next caller. Pure: the same desk, event and moment give the same decision.

Any event may come in any state, late or twice: what no longer applies changes nothing. An entry leaves the
queue only when an agent answers it or it says that it leaves.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import assert_never

from routing.events import (
    AgentAnswered,
    AgentMissed,
    AgentReturned,
    AgentSignedIn,
    AgentSignedOut,
    AgentTookBreak,
    CallAdopted,
    CallEnded,
    CallerJoined,
    CallerLeft,
    Decision,
    DeskCommand,
    DeskEvent,
    DeviceChanged,
    MissReason,
    MomentArrived,
    WithdrawOffer,
)
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
    SignedOut,
    Talking,
    WrappingUp,
)
from routing.offering import make_offers, next_wake, tell_places

GONE_GRACE = timedelta(seconds=5)  # from «the caller is gone» to her leaving; after it she is offered again

Commands = list[DeskCommand]


def decide(desk: Desk, event: DeskEvent, now: datetime) -> Decision:
    """The desk after `event` at `now` (UTC), and what is to be done, in order.

    Free agents are rung for the callers who waited longest, callers who wait hear their place, and the last
    command is when to look again.
    """
    commands: Commands = []
    desk = _after_event(desk, event, now, commands)
    desk = _after_time(desk, now, commands)
    desk = make_offers(desk, now, commands)
    desk = tell_places(desk, now, commands)
    commands.extend(next_wake(desk, now))
    return Decision(desk, tuple(commands))


def _after_event(desk: Desk, event: DeskEvent, now: datetime, commands: Commands) -> Desk:
    match event:
        case CallerJoined(entry):
            return _caller_joined(desk, entry, now)
        case CallerLeft(entry_id):
            return _caller_left(desk, entry_id, commands)
        case AgentSignedIn(agent):
            return _signed_in(desk, agent, now)
        case AgentSignedOut(agent):
            return _steps_away(desk, agent, SignedOut(), commands)
        case AgentTookBreak(agent, reason):
            return _takes_break(desk, agent, OnBreak(reason, now), commands)
        case AgentReturned(agent):
            return _returned(desk, agent, now)
        case AgentAnswered(agent, entry_id):
            return _answered(desk, agent, entry_id, now, commands)
        case AgentMissed(agent, entry_id, why):
            return _missed(desk, agent, entry_id, why, now)
        case CallEnded(agent, entry_id):
            return _call_ended(desk, agent, entry_id, now)
        case CallAdopted(agent, entry_id, since):
            return _talks(desk, agent, entry_id, since, commands)
        case DeviceChanged(agent, device):
            return _device_changed(desk, agent, device, now, commands)
        case MomentArrived():
            return desk
        case _:
            assert_never(event)


def _after_time(desk: Desk, now: datetime, commands: Commands) -> Desk:
    """Wrap-ups that are over, offers of whose end nobody told, callers said to be gone who did not leave."""
    while (due := desk.seats.next_deadline()) and due[0] <= now:
        until, agent = due
        match desk.seats[agent].state:
            case WrappingUp():
                desk = _in_state(desk, agent, Available(until))
            case Offered(entry=entry):
                commands.append(WithdrawOffer(agent, entry))
                desk = _missed(desk, agent, entry, MissReason.NO_ANSWER, now)
    while (due_entry := desk.queue.next_release()) and due_entry[0] <= now:
        desk = replace(desk, queue=desk.queue.unoffered(due_entry[1]))
    return desk


# ---- what callers do ----


def _caller_joined(desk: Desk, entry: QueueEntry, now: datetime) -> Desk:
    if entry.id in desk.talks:  # a repeated event: she speaks with an agent already
        return desk
    return replace(desk, queue=desk.queue.joined(entry, now))


def _caller_left(desk: Desk, entry: EntryId, commands: Commands) -> Desk:
    agent = desk.offers.get(entry)
    if agent is not None:
        commands.append(WithdrawOffer(agent, entry))
        desk = _freed(desk, agent, entry)
    return replace(desk, queue=desk.queue.left(entry))


# ---- what agents do ----


def _signed_in(desk: Desk, agent: AgentId, now: datetime) -> Desk:
    seat = desk.seats.get(agent)
    if seat is None:
        return desk
    if isinstance(seat.state, SignedOut):
        return _in_state(desk, agent, Available(now))
    if isinstance(seat.next_state, SignedOut):
        return replace(desk, seats=desk.seats.with_seat(replace(seat, next_state=None)))
    return desk


def _steps_away(desk: Desk, agent: AgentId, to: OnBreak | SignedOut, commands: Commands) -> Desk:
    """To a break or home: at once, unless he speaks with a caller of the desk."""
    seat = desk.seats.get(agent)
    if seat is None:
        return desk
    match seat.state:
        case Talking(entry=str()):
            return replace(desk, seats=desk.seats.with_seat(replace(seat, next_state=to)))
        case Offered(entry=entry):
            commands.append(WithdrawOffer(agent, entry))
            return _in_state(_offer_over(desk, entry), agent, to)
        case SignedOut() | Available() | Talking() | WrappingUp() | OnBreak():
            return _in_state(desk, agent, to)
        case _:
            assert_never(seat.state)


def _takes_break(desk: Desk, agent: AgentId, pause: OnBreak, commands: Commands) -> Desk:
    seat = desk.seats.get(agent)
    if seat is None or isinstance(seat.state, SignedOut):
        return desk
    if isinstance(seat.state, OnBreak) and seat.state.reason is pause.reason:
        return desk
    return _steps_away(desk, agent, pause, commands)


def _returned(desk: Desk, agent: AgentId, now: datetime) -> Desk:
    """Back from a break or from writing; in a conversation, it takes back the wish to step away."""
    seat = desk.seats.get(agent)
    if seat is None:
        return desk
    match seat.state:
        case OnBreak() | WrappingUp():
            return _in_state(desk, agent, Available(now))
        case Talking():
            return replace(desk, seats=desk.seats.with_seat(replace(seat, next_state=None)))
        case SignedOut() | Available() | Offered():
            return desk
        case _:
            assert_never(seat.state)


def _answered(desk: Desk, agent: AgentId, entry: EntryId, now: datetime, commands: Commands) -> Desk:
    """The truth is on the wire: whoever picked up talks, even where the desk had thought otherwise."""
    if desk.queue.get(entry) is None:  # she left in the same moment, or the event is repeated
        return desk
    return _talks(desk, agent, entry, now, commands)


def _missed(desk: Desk, agent: AgentId, entry: EntryId, why: MissReason, now: datetime) -> Desk:
    """The entry is back in its place; what happens to the agent depends on why."""
    if desk.offers.get(entry) != agent:
        return desk
    match why:
        case MissReason.NO_ANSWER | MissReason.REFUSED | MissReason.BUSY:
            # Offers go to idle telephones only: one that then is busy was declined or must not be rung again.
            return _in_state(_offer_over(desk, entry), agent, OnBreak(BreakReason.MISSED_OFFER, now))
        case MissReason.UNREACHABLE:
            return _freed(_with_device(desk, agent, Device.UNREACHABLE), agent, entry)
        case MissReason.CALLER_GONE:
            desk = _freed(desk, agent, entry)
            return replace(desk, queue=desk.queue.unoffered(entry, held_until=now + GONE_GRACE))
        case _:
            assert_never(why)


def _call_ended(desk: Desk, agent: AgentId, entry: EntryId, now: datetime) -> Desk:
    if desk.talks.get(entry) != agent:
        return desk
    desk = replace(desk, talks=_without(desk.talks, entry))
    after = desk.seats[agent].next_state
    match after:
        case None:
            return _in_state(desk, agent, WrappingUp(now + desk.rules.wrap_up))
        case OnBreak(reason):
            return _in_state(desk, agent, OnBreak(reason, now))
        case SignedOut():
            return _in_state(desk, agent, after)
        case _:
            assert_never(after)


def _device_changed(desk: Desk, agent: AgentId, device: Device, now: datetime, commands: Commands) -> Desk:
    seat = desk.seats.get(agent)
    if seat is None:
        return desk
    desk = _with_device(desk, agent, device)
    match seat.state, device:
        case Available(), Device.IN_USE:
            return _in_state(desk, agent, Talking(None, now))
        case Talking(entry=None), Device.IDLE | Device.UNREACHABLE:
            return _in_state(desk, agent, Available(now))
        case Offered(entry=entry), Device.UNREACHABLE:
            commands.append(WithdrawOffer(agent, entry))
            return _missed(desk, agent, entry, MissReason.UNREACHABLE, now)
    return desk


# ---- steps they share ----


def _talks(desk: Desk, agent: AgentId, entry: EntryId, since: datetime, commands: Commands) -> Desk:
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
            desk = _offer_over(desk, other)
        case Talking(entry=str(talk)) if talk != entry:
            desk = replace(desk, talks=_without(desk.talks, talk))
    earlier = desk.talks.get(entry)
    if earlier is not None and earlier != agent:
        desk = _in_state(desk, earlier, WrappingUp(since + desk.rules.wrap_up))
    desk = replace(desk, talks={**desk.talks, entry: agent})
    return _in_state(desk, agent, Talking(entry, since))


def _freed(desk: Desk, agent: AgentId, entry: EntryId) -> Desk:
    """The offer is over, and the agent free for as long as if it had not been."""
    state = desk.seats[agent].state
    assert isinstance(state, Offered)
    return _in_state(_offer_over(desk, entry), agent, Available(state.free_since))


def _offer_over(desk: Desk, entry: EntryId) -> Desk:
    """The entry is in its place again; the caller of this says what becomes of the agent."""
    return replace(desk, offers=_without(desk.offers, entry), queue=desk.queue.unoffered(entry))


def _with_device(desk: Desk, agent: AgentId, device: Device) -> Desk:
    return replace(desk, seats=desk.seats.with_seat(replace(desk.seats[agent], device=device)))


def _in_state(desk: Desk, agent: AgentId, state: AgentState) -> Desk:
    seat = replace(desk.seats[agent], state=state, next_state=None)
    return replace(desk, seats=desk.seats.with_seat(seat))


def _without(pairs: dict[EntryId, AgentId], entry: EntryId) -> dict[EntryId, AgentId]:
    left = pairs.copy()
    left.pop(entry, None)
    return left
