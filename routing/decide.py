"""Who gets the next caller. Pure: the same desk, event and moment give the same decision.

Any event may come in any state, late or twice: what no longer applies changes nothing. An entry leaves the
queue only when an agent answers it or it says that it leaves.
"""

from dataclasses import replace
from datetime import datetime
from typing import assert_never

from routing.changes import (
    answered,
    asked_for_time,
    call_ended,
    caller_joined,
    caller_left,
    device_changed,
    in_state,
    missed,
    offer_over,
    passed,
    returned,
    signed_in,
    steps_away,
    takes_break,
    talks,
)
from routing.events import (
    AgentAnswered,
    AgentAskedForTime,
    AgentMissed,
    AgentReturned,
    AgentSignedIn,
    AgentSignedOut,
    AgentTookBreak,
    CallAdopted,
    CallEnded,
    CallerJoined,
    CallerLeft,
    CallPassed,
    Decision,
    DeskCommand,
    DeskEvent,
    DeviceChanged,
    MomentArrived,
    WithdrawOffer,
)
from routing.model import Available, BreakReason, Desk, Offered, OnBreak, SignedOut, WrappingUp
from routing.offering import make_offers, next_wake, tell_places

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
            return caller_joined(desk, entry, now)
        case CallerLeft(entry_id):
            return caller_left(desk, entry_id, commands)
        case AgentSignedIn(agent, telephone):
            return signed_in(desk, agent, telephone, now)
        case AgentSignedOut(agent):
            return steps_away(desk, agent, SignedOut(), commands)
        case AgentTookBreak(agent, reason):
            return takes_break(desk, agent, OnBreak(reason, now), commands)
        case AgentReturned(agent):
            return returned(desk, agent, now)
        case AgentAskedForTime(agent, times):
            return asked_for_time(desk, agent, times)
        case AgentAnswered(agent, entry_id):
            return answered(desk, agent, entry_id, now, commands)
        case AgentMissed(agent, entry_id, why):
            return missed(desk, agent, entry_id, why, now)
        case CallEnded(agent, entry_id):
            return call_ended(desk, agent, entry_id, now)
        case CallAdopted(agent, entry_id, since):
            return talks(desk, agent, entry_id, since, commands)
        case CallPassed(agent, entry_id, since):
            return passed(desk, agent, entry_id, since, commands)
        case DeviceChanged(agent, device):
            return device_changed(desk, agent, device, now, commands)
        case MomentArrived():
            return desk
        case _:
            assert_never(event)


def _after_time(desk: Desk, now: datetime, commands: Commands) -> Desk:
    """Wrap-ups that are over, offers of whose end nobody told; callers said to be gone who did not leave, or kept
    for one agent, or for whom others were kept, for long enough.
    """
    while (due := desk.seats.next_deadline()) and due[0] <= now:
        until, agent = due
        match desk.seats[agent].state:
            case WrappingUp():
                desk = in_state(desk, agent, Available(until))
            case Offered(entry=entry):
                commands.append(WithdrawOffer(agent, entry))
                desk = in_state(offer_over(desk, entry), agent, OnBreak(BreakReason.MISSED_OFFER, now))
    while (due_entry := desk.queue.next_end()) and due_entry[0] <= now:
        desk = replace(desk, queue=desk.queue.ended(due_entry[1], now))
    return desk
