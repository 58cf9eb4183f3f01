"""A change that another controller may have overtaken is remembered for a while, not for ever."""

from dataclasses import replace

from routing.model import Callback, CallbackId
from routing.promise_changes import cancelled
from server.promise_wishes import MOST, Wishes
from tests.store.records import a_callback


def asked_for(wishes: Wishes, reference: int) -> Callback:
    """Somebody cancels this promise; as its row was."""
    promise = replace(a_callback(), id=CallbackId(str(reference)))
    wishes.made(cancelled, cancelled(promise))
    return promise


def test_cancelling_promises_for_years_fills_no_memory() -> None:
    wishes = Wishes()
    first, second, *others = (asked_for(wishes, 100_000 + n) for n in range(MOST))
    asked_for(wishes, 100_000)
    others.append(asked_for(wishes, 200_000))
    assert wishes.lost_in(second) is None, "the oldest is forgotten"
    assert all(wishes.lost_in(one) is cancelled for one in (first, *others))
