"""Bringing the longest waiting to the agent who fits best, telling callers their place, and when to look again.

Who fits follows from the steps of `DeskRules.relax`; of those the better skilled is rung, then who is free longest.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from routing.events import DeskCommand, OfferTo, TellPosition, WakeAt
from routing.model import Desk, Offered, QueueEntry
from routing.reasons import Choice, why

ACCEPTING = timedelta(seconds=30)  # an agent who picked up hears who is to be called back, and accepts


def make_offers(desk: Desk, now: datetime, commands: list[DeskCommand]) -> Desk:
    """Ring agents until no free agent fits anyone who waits."""
    while desk.queue and desk.seats.anyone_free():
        choice = next_choice(desk, now)
        if choice is None:
            break
        desk = _offered(desk, choice, now, commands)
    return desk


def next_choice(desk: Desk, now: datetime) -> Choice | None:
    """The oldest who can be served at `now`, and by whom."""
    # Who fits a younger entry of a class fits its oldest, so the oldest of each class are enough.
    for entry, reserved in sorted(_first_ones(desk), key=lambda one: (one[0].age_from, one[0].id)):
        if reserved and not spared(desk, entry):
            continue
        if desk.queue.is_kept(entry.id):
            assert entry.prefers is not None
            return Choice(entry, entry.prefers)
        step = desk.rules.relax.at(now - entry.age_from)
        found = desk.seats.longest_free(entry.language, entry.subject, desk.rules.relax.profiles(step))
        if found is not None:
            return Choice(entry, *found, step)
    return None


def spared(desk: Desk, callback: QueueEntry) -> bool:
    """Whether an agent can be given to a callback and the reserve of its language stay free.

    With no more agents at work than the reserve, all but one are kept: one alone must keep the promises too.
    """
    language = callback.language
    left_free = min(desk.rules.reserve, desk.seats.at_work(language) - 1)
    return desk.seats.free(language) > left_free


def tell_places(desk: Desk, now: datetime, commands: list[DeskCommand]) -> Desk:
    """A live caller who is not being offered hears her place when she joins and every `position_every`."""
    every = desk.rules.position_every
    while (due := desk.queue.next_tell()) and due[0] <= now and every > timedelta():
        _, entry = due
        place = desk.queue.place(entry)
        assert place is not None
        commands.append(TellPosition(entry, place))
        desk = replace(desk, queue=desk.queue.told(entry, now + every))
    return desk


def next_wake(desk: Desk, now: datetime) -> tuple[WakeAt, ...]:
    """The next moment at which time alone may change something; none when nothing is awaited."""
    moments = [due[0] for due in (desk.seats.next_deadline(), desk.queue.next_end()) if due]
    for step in desk.rules.relax.steps:
        relaxes = desk.queue.oldest_from_after(now - step.after)
        if relaxes is not None and step.after:
            moments.append(relaxes + step.after)
    tell = desk.queue.next_tell()
    if tell and tell[0] > now:
        moments.append(tell[0])
    return (WakeAt(min(moments)),) if moments else ()


def _first_ones(desk: Desk) -> Iterator[tuple[QueueEntry, bool]]:
    """Whoever may be next, and whether the reserve holds her back."""
    yield from desk.queue.oldest_of_each_class()
    for agent in desk.queue.kept():
        if desk.seats[agent].free_since is not None:
            yield from desk.queue.kept_for(agent)


def _offered(desk: Desk, choice: Choice, now: datetime, commands: list[DeskCommand]) -> Desk:
    entry, agent = choice.entry, choice.agent
    seat = desk.seats[agent]
    assert seat.free_since is not None
    until = now + desk.rules.ring_for
    commands.append(OfferTo(agent, entry, until, why(desk, choice, now)))
    reported_by = until if entry.callback is None else until + ACCEPTING
    ringing = replace(seat, state=Offered(entry.id, reported_by, free_since=seat.free_since))
    return replace(
        desk,
        seats=desk.seats.with_seat(ringing),
        queue=desk.queue.offered(entry.id),
        offers={**desk.offers, entry.id: agent},
    )
