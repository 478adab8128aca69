"""What is cached is what was read, no more than it may weigh, and nothing after it was cleared."""

from hypothesis import given
from hypothesis import strategies as st

from semsearch.store.cache import Cache

KEYS = st.lists(st.lists(st.integers(0, 12), max_size=6), max_size=20)


@given(KEYS, st.integers(0, 8))
def test_values_are_those_that_are_read_and_weigh_no_more_than_they_may(
    asked: list[list[int]], most: int
) -> None:
    cache = Cache[int, str](most)
    for keys in asked:
        found = cache.get(keys, lambda lacking: {key: str(key) for key in lacking if key})
        assert found == {key: str(key) for key in keys if key}
        assert len(cache) <= most


def test_what_was_asked_for_last_is_not_read_again() -> None:
    cache = Cache[str, int](3, lambda weight: weight)
    read: list[list[str]] = []

    def reading(lacking: list[str]) -> dict[str, int]:
        read.append(lacking)
        return dict.fromkeys(lacking, 1)

    for keys in (["a", "b"], ["a", "c"], ["d"], ["a", "c", "d"], ["b"]):
        cache.get(keys, reading)
    assert read == [["a", "b"], ["c"], ["d"], ["b"]]


def test_what_was_cleared_meanwhile_is_not_kept() -> None:
    cache = Cache[int, str](5)

    def reading(lacking: list[int]) -> dict[int, str]:
        cache.clear()
        return dict.fromkeys(lacking, "of before")

    assert cache.get([1], reading) == {1: "of before"}
    assert cache.get([1], lambda _: {1: "of now"}) == {1: "of now"}
