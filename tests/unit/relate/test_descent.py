"""Each version hangs on the earlier one that holds most of its words."""

from hypothesis import given
from hypothesis import strategies as st

from semsearch.relate.lineage import parents
from semsearch.relate.profile import Profile
from tests.unit.relate.profiles import OTHER, REPORT, profile

FIRST, SECOND, THIRD = OTHER.split("\n\n")[:3]


def version(identity: str, *paragraphs: str, hours: float | None = 0) -> Profile:
    """The report with some paragraphs added."""
    return profile("\n\n".join((REPORT, *paragraphs)), identity=identity, hours=hours)


def test_a_late_version_hangs_on_the_one_whose_additions_it_has() -> None:
    original = version("o")
    longer = version("longer", FIRST, hours=2)
    longest = version("longest", FIRST, SECOND, hours=4)
    other = version("other", THIRD, hours=3)
    found = parents(original, [longer, longest, other])
    assert [one.article.id for one in found] == ["o", "longer", "o"]


def test_copies_hang_on_the_original_not_on_each_other() -> None:
    original = version("o")
    copies = [version(name, hours=hours) for hours, name in enumerate("cab", start=1)]
    assert parents(original, copies) == [original] * 3


def test_what_has_no_date_or_an_earlier_one_hangs_on_the_original() -> None:
    original = version("o", hours=5)
    longer = version("longer", FIRST, hours=6)
    undated = version("undated", FIRST, hours=None)
    before = version("before", FIRST, hours=1)
    assert parents(original, [longer, undated, before]) == [original] * 3


@given(
    st.lists(
        st.tuples(st.sampled_from(["", FIRST, f"{FIRST}\n\n{SECOND}"]), st.integers(-1, 5)),
        max_size=6,
    )
)
def test_it_is_a_tree_whatever_the_order(told: list[tuple[str, int]]) -> None:
    original = version("o")
    others = [
        version(f"v{number}", text, hours=None if hours < 0 else hours)
        for number, (text, hours) in enumerate(told)
    ]
    found = tree(original, others)
    assert tree(original, others[::-1]) == found
    for one in found:
        way = [one]
        while way[-1] != "o":
            way.append(found[way[-1]])
            assert len(way) <= len(found) + 1


def tree(original: Profile, others: list[Profile]) -> dict[str, str]:
    """Ids by the ids of those that come from them."""
    above = parents(original, others)
    return {one.article.id: up.article.id for one, up in zip(others, above, strict=True)}
