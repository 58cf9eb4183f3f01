"""Bringing the longest waiting to the longest free, telling callers their place, and when to look again.

An agent fits who speaks the entry's language and serves its subject; from the age `subjects_relax_after` on,
the language is enough.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from routing.events import DeskCommand, OfferTo, TellPosition, WakeAt
from routing.model import AgentId, Desk, Language, Offered, QueueEntry

ACCEPTING = timedelta(seconds=30)  # an agent who picked up hears who is to be called back, and accepts
_NAMES = {Language.ARABIC: "Arabic", Language.TAMAZIGHT: "Tamazight", Language.FRENCH: "French"}


def make_offers(desk: Desk, now: datetime, commands: list[DeskCommand]) -> Desk:
    """Ring agents until no free agent fits anyone who waits."""
    while desk.queue and desk.seats.anyone_free():
        # Who fits a younger entry of a class fits its oldest, so the oldest of each class are enough.
        servable = [entry for entry in desk.queue.oldest_of_each_class() if fitting_agent(desk, entry, now)]
        if not servable:
            break
        entry = min(servable, key=lambda entry: (entry.age_from, entry.id))
        agent = fitting_agent(desk, entry, now)
        assert agent is not None
        desk = _offered(desk, entry, agent, now, commands)
    return desk


def fitting_agent(desk: Desk, entry: QueueEntry, now: datetime) -> AgentId | None:
    """The agent who is free longest of those who can serve `entry` at `now`."""
    subject = None if _relaxed(desk, entry, now) else entry.subject
    return desk.seats.longest_free(entry.language, subject)


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
    relaxes = desk.queue.oldest_from_after(now - desk.rules.subjects_relax_after)
    moments = [due[0] for due in (desk.seats.next_deadline(), desk.queue.next_release()) if due]
    if relaxes is not None:
        moments.append(relaxes + desk.rules.subjects_relax_after)
    tell = desk.queue.next_tell()
    if tell and tell[0] > now:
        moments.append(tell[0])
    return (WakeAt(min(moments)),) if moments else ()


def _relaxed(desk: Desk, entry: QueueEntry, now: datetime) -> bool:
    return now - entry.age_from >= desk.rules.subjects_relax_after


def _offered(
    desk: Desk, entry: QueueEntry, agent: AgentId, now: datetime, commands: list[DeskCommand]
) -> Desk:
    seat = desk.seats[agent]
    assert seat.free_since is not None
    until = now + desk.rules.ring_for
    commands.append(OfferTo(agent, entry, until, _why(desk, entry, agent)))
    reported_by = until if entry.callback is None else until + ACCEPTING
    ringing = replace(seat, state=Offered(entry.id, reported_by, free_since=seat.free_since))
    return replace(
        desk,
        seats=desk.seats.with_seat(ringing),
        queue=desk.queue.offered(entry.id),
        offers={**desk.offers, entry.id: agent},
    )


def _why(desk: Desk, entry: QueueEntry, agent: AgentId) -> str:
    language = _NAMES[entry.language]
    waited = "waited longest of those a free agent can serve"
    if entry.subject in desk.seats[agent].agent.subjects:
        return f"{waited}; longest free agent for {entry.subject} in {language}"
    after = f"{desk.rules.subjects_relax_after.total_seconds():g} s"
    return f"{waited}; longest free agent in {language}, subject {entry.subject} relaxed after {after}"
