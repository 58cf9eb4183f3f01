"""The life of a promise, whatever happens to it in whatever order."""

from datetime import UTC, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from routing.callbacks import BY_AGENT, CallbackRules, begin_attempt, due, next_attempt
from routing.calling_hours import CallingHours
from routing.hours import OpeningHours, Span
from routing.model import AttemptResult, Callback, CallbackId, CallbackState, Language, Subject
from routing.promise_changes import OPEN_STATES, BeingKept, cancelled, moved, rung, taken_over, talking
from routing.promise_watch import Standing, at_risk, standing
from routing.promised_window import Window, WindowRefused
from routing.zone import MOROCCO, centre_zone

ZONE = centre_zone(MOROCCO)
CALLING = CallingHours(
    OpeningHours(ZONE, ((Span(time(8, 30), time(16, 30)),),) * 5 + ((), ())),
    OpeningHours(ZONE, ((Span(time(12, 30), time(14)),),) * 7),
)
RULES = CallbackRules()
UNCOUNTED = (AttemptResult.NO_TRUNK, AttemptResult.PUT_OFF)
MONDAY = datetime(2026, 11, 23, 10, tzinfo=UTC)
MINUTES = st.integers(0, 3 * 24 * 60).map(lambda minutes: timedelta(minutes=minutes))

results = st.tuples(st.just("ends"), st.sampled_from(AttemptResult))
plain = st.tuples(
    st.sampled_from(["begins", "rings", "talks", "cancelled", "taken over", "waits"]), st.none()
)
windows = st.tuples(st.just("moved"), st.tuples(MINUTES, MINUTES))
steps = st.lists(st.tuples(MINUTES, results | plain | windows | plain), max_size=40)


def asked() -> Callback:
    return Callback(
        id=CallbackId("481516"),
        number="+212612345678",
        language=Language.TAMAZIGHT,
        subject=Subject("legal"),
        asked_at=MONDAY,
        not_before=MONDAY,
        promised_from=MONDAY,
        promised_until=MONDAY + timedelta(hours=6),
        asked_in=None,
    )


def happens(promise: Callback, what: str, with_: object, now: datetime) -> Callback:
    """What the book or the dialer makes of it; unchanged where it does not apply."""
    under_way = promise.state is CallbackState.IN_PROGRESS
    if promise.state not in OPEN_STATES:
        return promise
    match what, with_:
        case "begins", _ if due([promise], now, CALLING):
            return begin_attempt(promise, "ours", now + timedelta(minutes=5))
        case "rings", _ if under_way:
            return rung(promise, now)
        case "talks", _ if under_way and promise.rang_at is not None:
            return talking(promise, now)
        case "ends", AttemptResult() as result:
            return next_attempt(promise, result, now, RULES, CALLING)
        case "cancelled", _:
            return cancelled(promise)
        case "taken over", _:
            return taken_over(promise, "103", now, CALLING)
        case "moved", (timedelta() as begins, timedelta() as lasts):
            return moved(promise, Window(now + begins, now + begins + lasts), now, CALLING)
    return promise


@given(steps)
def test_a_promise_is_kept_once_and_nothing_of_it_is_lost(
    story: list[tuple[timedelta, tuple[str, object]]],
) -> None:
    promise, now, talked, refused_to_change = asked(), MONDAY, False, 0
    for after, (what, with_) in story:
        now += after
        before = promise
        try:
            promise = happens(before, what, with_, now)
        except WindowRefused:
            continue
        except BeingKept:
            refused_to_change += 1
            continue
        assert (promise.id, promise.number, promise.asked_at) == (before.id, before.number, before.asked_at)
        if promise != before:
            assert promise.order > before.order, "the store would not take it"
            assert not talked or what in ("talks", "rings", "ends"), "she talks: nothing else may change it"
        talked = talked or promise.talked_at is not None
        if what == "ends" and with_ in BY_AGENT and promise != before:
            talked = False  # her agent says that it was not she
        if talked and promise.state is not CallbackState.IN_PROGRESS:
            assert promise.state is CallbackState.REACHED
            assert promise.first_attempt_at is not None
        if promise.state is CallbackState.DUE:
            assert (promise.rang_at, promise.talked_at) == (None, None)
            assert promise.holder is None or promise.assigned_to == "103", (
                "only whose telephone has taken it over"
            )
            assert promise.attempts < RULES.most_attempts
            assert (
                promise == before or CALLING.first(promise.not_before, promise.asked_at) == promise.not_before
            )
        if what == "ends" and before.rang_at is not None and with_ not in UNCOUNTED:
            assert promise.attempts == before.attempts, "her telephone rang: it counts"
        if promise.state in (CallbackState.REACHED, CallbackState.CANCELLED):
            assert due([promise], promise.not_before, CALLING) == ()
        risky = at_risk([promise], now, timedelta(minutes=30), lambda _: True)
        if risky:
            assert standing(promise, now) is Standing.OPEN, "what is kept or broken is not about to break"
    assert talked or not refused_to_change, "only who talks cannot change her mind"


@given(MINUTES)
def test_the_next_time_to_call_is_one_and_the_earliest(after: timedelta) -> None:
    moment = MONDAY + after
    first = CALLING.first(moment)
    assert first is not None
    assert first >= moment
    assert CALLING.first(first) == first
    assert CALLING.within(moment, first) == timedelta()
    until = CALLING.until(first)
    assert until is not None
    assert until > first
    assert CALLING.within(first, until) == until - first
