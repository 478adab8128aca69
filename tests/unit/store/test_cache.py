"""What is kept is what was read, never more than it may weigh, and nothing after it was cleared."""

from hypothesis import given
from hypothesis import strategies as st

from semsearch.store.catalog.kept import Kept

KEYS = st.lists(st.lists(st.integers(0, 12), max_size=6), max_size=20)


@given(KEYS, st.integers(0, 8))
def test_values_are_those_that_are_read_and_weigh_no_more_than_they_may(
    asked: list[list[int]], most: int
) -> None:
    kept = Kept[int, str](most)
    for keys in asked:
        found = kept.get(keys, lambda lacking: {key: str(key) for key in lacking if key})
        assert found == {key: str(key) for key in keys if key}
        assert len(kept) <= most


def test_what_was_asked_for_last_is_not_read_again() -> None:
    kept = Kept[str, int](3, lambda weight: weight)
    read: list[list[str]] = []

    def reading(lacking: list[str]) -> dict[str, int]:
        read.append(lacking)
        return dict.fromkeys(lacking, 1)

    for keys in (["a", "b"], ["a", "c"], ["d"], ["a", "c", "d"], ["b"]):
        kept.get(keys, reading)
    assert read == [["a", "b"], ["c"], ["d"], ["b"]]


def test_what_was_cleared_meanwhile_is_not_kept() -> None:
    kept = Kept[int, str](5)

    def reading(lacking: list[int]) -> dict[int, str]:
        kept.clear()
        return dict.fromkeys(lacking, "of before")

    assert kept.get([1], reading) == {1: "of before"}
    assert kept.get([1], lambda _: {1: "of now"}) == {1: "of now"}
