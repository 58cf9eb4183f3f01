"""The sorted map behaves as a dict that is sorted, and never changes what it gave before."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

import routing.ordered
from routing.ordered import Ordered


@pytest.fixture(autouse=True, scope="module")
def small_chunks() -> Iterator[None]:
    """So that few items make many chunks."""
    usual = routing.ordered.CHUNK
    routing.ordered.CHUNK = 2
    yield
    routing.ordered.CHUNK = usual


@given(
    st.lists(st.integers(0, 20), min_size=8),
    st.lists(st.tuples(st.booleans(), st.integers(0, 20), st.text(max_size=1)), min_size=8),
)
def test_it_is_a_dict_that_is_sorted(keys: list[int], changes: list[tuple[bool, int, str]]) -> None:
    ordered: Ordered[int, str] = Ordered()
    plain: dict[int, str] = {}
    for key in keys:
        ordered = ordered.put(key, "first")
        plain[key] = "first"
    for put, key, value in changes:
        before, items_before = ordered, list(ordered.items())
        if put:
            ordered = ordered.put(key, value)
            plain[key] = value
        else:
            ordered = ordered.without(key)
            plain.pop(key, None)
        assert list(before.items()) == items_before
        items = sorted(plain.items())
        assert list(ordered.items()) == items
        assert list(ordered.values()) == [value for _, value in items]
        assert len(ordered) == len(plain)
        assert bool(ordered) == bool(plain)
        assert ordered.first() == (items[0] if items else None)
        for probe in (key - 1, key, key + 1):
            assert ordered.get(probe) == plain.get(probe)
            assert ordered.rank(probe) == sum(one < probe for one in plain)
            assert ordered.first_after(probe) == next((item for item in items if item[0] > probe), None)


@given(st.lists(st.integers(), unique=True))
def test_two_maps_with_the_same_items_are_equal_however_they_came_about(keys: list[int]) -> None:
    one: Ordered[int, int] = Ordered()
    other: Ordered[int, int] = Ordered()
    for key in keys:
        one = one.put(key, -key)
    for key in sorted(keys, reverse=True):
        other = other.put(key, 0).put(key, -key)
    assert one == other
