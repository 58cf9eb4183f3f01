"""Persons, promises and menus: what the log says of them."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from routing.indicators.callers import Callers, first_contact_resolution
from routing.indicators.figure import Figure
from routing.indicators.menus import menus, time_before_queue
from routing.indicators.part import Part
from routing.indicators.promises import promises
from routing.model import CallbackId, CallbackState, CallId, Direction, Language, Subject
from routing.record import CallRecord, TraceLine
from tests.store.records import a_callback
from tests.support.days import NINE, TODAY, E, a_call, a_log

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
LATER = TODAY.end + 30 * DAY
ONE, TWO = "+212611111111", "+212622222222"


def part(*calls: CallRecord, **more: object) -> Part:
    ordered = sorted(calls, key=lambda call: call.started_at)
    return Part(a_log(*ordered, **({"as_of": LATER} | more)), TODAY)  # type: ignore[arg-type]


def callers(*calls: CallRecord, **more: object) -> dict[str, Figure]:
    return {figure.formula: figure for figure in Callers(part(*calls, **more)).figures()}


def test_a_person_is_counted_once_and_one_without_a_number_not_at_all() -> None:
    calls = (
        a_call(E.ANSWERED, 1, caller=ONE),
        a_call(E.CLOSED, caller=ONE),
        a_call(E.ANSWERED, 1, caller=None),
    )
    assert callers(*calls)["unique_callers"].value == 1


def test_a_caller_who_called_within_the_week_before_is_a_repeat_caller() -> None:
    week_ago = a_call(E.ANSWERED, 1, caller=ONE, at=NINE - 7 * DAY)
    longer_ago = a_call(E.ANSWERED, 1, caller=TWO, at=NINE - 7 * DAY - HOUR)
    today = (a_call(E.ANSWERED, 1, caller=ONE), a_call(E.ANSWERED, 1, caller=TWO))
    found = callers(week_ago, longer_ago, *today)["repeat_callers"]
    assert (found.rows, found.denominator) == ((today[0].id,), 2)


def test_who_was_lost_may_be_reached_later_by_either_side() -> None:
    lost = [a_call(E.ABANDONED, 60, caller=f"+21261111111{n}") for n in range(4)]
    called_again = a_call(E.ANSWERED, 5, caller=lost[0].caller, at=NINE + HOUR)
    called_back = a_call(E.ANSWERED, 0, caller=lost[1].caller, at=NINE + DAY, direction=Direction.OUTBOUND)
    in_vain = a_call(E.ABANDONED, 5, caller=lost[2].caller, at=NINE + 2 * DAY)
    found = callers(*lost, called_again, called_back, in_vain)
    assert found["callers_lost"].value == 4
    assert found["callers_lost_then_reached"].rows == (lost[0].id, lost[1].id)
    assert found["callers_finally_lost"].rows == (lost[2].id, lost[3].id)


def test_a_machine_at_her_number_is_not_she() -> None:
    lost = a_call(E.ABANDONED, 60, caller=ONE)
    machine = replace(
        a_call(E.ANSWERED, 0, caller=ONE, at=NINE + DAY, direction=Direction.OUTBOUND), ending=E.NOT_REACHED
    )
    found = callers(lost, machine)
    assert found["callers_lost_then_reached"].rows == ()
    assert found["callers_finally_lost"].rows == (lost.id,)
    assert first_contact_resolution(part(machine)).denominator == 0


def test_nobody_is_finally_lost_before_the_week_is_over() -> None:
    lost = a_call(E.ABANDONED, 60, caller=ONE)
    assert callers(lost, as_of=NINE + 6 * DAY)["callers_finally_lost"].value == 0
    assert callers(lost, as_of=NINE + 7 * DAY)["callers_finally_lost"].value == 1


def test_who_took_a_callback_or_heard_that_it_is_closed_is_not_lost() -> None:
    assert callers(a_call(E.CALLBACK_TAKEN, 60), a_call(E.CLOSED))["callers_lost"].value == 0


def test_one_contact_was_enough_unless_she_calls_again_on_the_same_subject_within_the_week() -> None:
    first = a_call(E.ANSWERED, 5, caller=ONE)
    other_subject = a_call(E.ANSWERED, 5, caller=ONE, at=NINE + DAY, subject=Subject("rights"))
    other_person = a_call(E.ANSWERED, 5, caller=TWO, at=NINE + DAY)
    too_late = a_call(E.ANSWERED, 5, caller=ONE, at=NINE + 8 * DAY)
    assert first_contact_resolution(part(first, other_subject, other_person, too_late)).value == 1
    again = a_call(E.ABANDONED, 5, caller=ONE, at=NINE + 6 * DAY)
    assert first_contact_resolution(part(first, again)).value == 0


def test_a_contact_of_yesterday_is_not_resolved_yet() -> None:
    assert first_contact_resolution(part(a_call(E.ANSWERED, 5), as_of=NINE + DAY)).value is None


def kept(id: str, **values: object):
    window = {"asked_at": NINE, "promised_from": NINE + HOUR, "promised_until": NINE + 2 * HOUR}
    return a_callback(id, **(window | values))  # type: ignore[arg-type]


def test_a_promise_is_kept_when_she_was_first_dialled_inside_her_window() -> None:
    state = CallbackState.REACHED
    rows = (
        kept("1", first_attempt_at=NINE + HOUR, attempts=1, state=state),
        kept("2", first_attempt_at=NINE + 2 * HOUR, attempts=3, state=state),
        kept("3"),
        kept("4", state=CallbackState.CANCELLED),
        kept("5", promised_until=LATER + HOUR),
        kept("6", first_attempt_at=NINE + 1.5 * HOUR, attempts=4, state=CallbackState.GIVEN_UP),
    )
    found = {figure.formula: figure for figure in promises(part(callbacks=rows))}
    assert (found["promises_kept"].rows, found["promises_kept"].of) == (("1", "6"), ("1", "2", "3", "6"))
    assert (found["callbacks_reached"].rows, found["callbacks_reached"].of) == (
        ("1", "2"),
        ("1", "2", "4", "6"),
    )
    assert found["time_to_first_attempt"].value == (60 + 120 + 90) * 60 / 3
    assert found["attempts_per_reach"].value == (1 + 3 + 4) / 2
    assert found["callbacks_asked"].value == 6


def test_who_is_rung_before_her_agent_waits_from_picking_up_to_his_voice() -> None:
    picked_up: dict[str, Any] = {"at": NINE, "direction": Direction.OUTBOUND, "answered_at": NINE}
    first = a_call(E.ANSWERED, 30, **picked_up)  # joined the line ten seconds later
    left = a_call(E.NOT_REACHED, 60, **picked_up)
    agent_first = a_call(E.ANSWERED, None, **picked_up)
    found = {figure.formula: figure for figure in promises(part(first, left, agent_first))}
    assert found["wait_after_connection"].value == 40
    assert found["wait_after_connection"].rows == (first.id,)


def note(call: CallRecord, seq: int, what: str, **facts: str) -> TraceLine:
    return TraceLine(
        CallId(call.id), seq, call.started_at, what, {"menu": "subject", "language": "fr"} | facts
    )


def test_callbacks_accepted_are_those_of_the_calls_in_which_one_was_offered() -> None:
    took, did_not = a_call(E.CALLBACK_TAKEN, 60, callback=CallbackId("1")), a_call(E.ABANDONED, 60)
    unasked = a_call(E.CALLBACK_TAKEN, 60, callback=CallbackId("2"))
    notes = (
        note(took, 1, "callback offered"),
        note(took, 2, "callback offered"),
        note(did_not, 1, "callback offered"),
    )
    found = {figure.formula: figure for figure in promises(part(took, did_not, unasked, notes=notes))}
    assert (found["callbacks_accepted"].rows, found["callbacks_accepted"].of) == (
        (took.id,),
        (took.id, did_not.id),
    )


def test_a_menu_tells_where_callers_leave_and_which_answers_were_of_no_use() -> None:
    one, two = a_call(E.ANSWERED, 5), a_call(E.LEFT_IN_MENU, language=Language.ARABIC)
    notes = (
        note(one, 1, "menu asked again", because="invalid"),
        note(one, 2, "menu asked again", because="silence"),
        note(one, 3, "menu asked again", because="repeat"),
        note(one, 4, "menu answered", key="1"),
        note(two, 1, "menu left", language="ar"),
    )
    whole = part(one, two, notes=notes)
    found = {figure.formula: figure for figure in menus(whole)}
    assert {figure.about for figure in found.values()} == {"subject"}
    assert (found["menu_drop"].numerator, found["menu_drop"].denominator) == (1, 2)
    assert (found["menu_invalid"].numerator, found["menu_invalid"].denominator) == (1, 4)
    assert found["menu_silent"].value == 0.25
    in_arabic = {figure.formula: figure for figure in menus(whole.of_language("ar"))}
    assert (in_arabic["menu_drop"].value, in_arabic["menu_silent"].value) == (1, None)


def test_the_time_before_the_queue_is_that_of_who_joined_it() -> None:
    found = time_before_queue(part(a_call(E.ANSWERED, 5), a_call(E.LEFT_IN_MENU)))
    assert (found.value, found.denominator) == (10, 1)
