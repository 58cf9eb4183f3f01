"""Laws of the wait that a caller is told, whatever was estimated and said before."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.spoken.waits import FAR, STEPS, Wait, rounded, told
from routing.model import Language

LANGUAGES = st.sampled_from(list(Language))
MINUTES = st.floats(0, 600)
ESTIMATES = st.tuples(MINUTES, MINUTES).map(sorted).map(tuple)


@given(language=LANGUAGES, estimate=ESTIMATES)
def test_a_wait_is_said_in_steps_around_the_estimate(
    language: Language, estimate: tuple[float, float]
) -> None:
    low, high = estimate
    wait = rounded(low, high, language)
    steps = STEPS[language]
    assert wait.low in (0, *steps)
    assert wait.high in (*steps, FAR)
    assert all(abs(low - wait.low) <= abs(low - step) for step in (*steps, 0)) or high > steps[-1]
    assert all(abs(high - wait.high) <= abs(high - step) for step in steps[1:]) or high > steps[-1]
    assert wait.low <= wait.high
    assert rounded(wait.low, wait.high, language) == wait


@given(language=LANGUAGES, estimates=st.lists(ESTIMATES, min_size=1, max_size=8))
def test_without_a_reason_nobody_hears_a_longer_wait_than_before(
    language: Language, estimates: list[tuple[float, float]]
) -> None:
    before: Wait | None = None
    for low, high in estimates:
        now = told(low, high, language, before)
        assert rounded(now.low, now.high, language) == now
        if before is not None:
            assert now.high <= before.high
            assert now.low <= before.low
        before = now


@given(language=LANGUAGES, first=ESTIMATES, then=ESTIMATES)
def test_with_a_reason_she_hears_the_new_estimate(
    language: Language, first: tuple[int, int], then: tuple[int, int]
) -> None:
    before = told(*first, language)
    assert told(*then, language, before, grew=True) == rounded(*then, language)


@pytest.mark.parametrize(("low", "high"), [(5, 4), (-1, 5)])
def test_a_wait_that_goes_backwards_is_refused(low: int, high: int) -> None:
    with pytest.raises(ValueError, match="from a smaller to a larger"):
        rounded(low, high, Language.FRENCH)
