"""Dates and credits tell who came first; each version hangs on the one that holds most of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from semsearch.model.relation import Lineage, LineageKind, RelationKind, Side
from semsearch.relate.lineage import lineage, parents
from semsearch.relate.profile import Profile
from semsearch.relate.spans import shared_spans
from tests.unit.relate.profiles import OTHER, REPORT, paragraphs, profile

COPY, EDITED = RelationKind.COPY, RelationKind.EDITED


def told(relation: RelationKind, a: Profile, b: Profile) -> Lineage:
    return lineage(relation, a, b, shared_spans(a, b))


@pytest.mark.parametrize(
    ("hours_a", "hours_b", "first", "reason"),
    [
        pytest.param(0, 3, "a", "a is dated 3.0 hours earlier", id="a"),
        pytest.param(72, 0, "b", "b is dated 3 days earlier", id="b"),
        pytest.param(1, 1, None, "both are dated alike", id="alike"),
        pytest.param(None, 1, None, "the date of one is unknown", id="unknown"),
        pytest.param(-9.5, 1, None, "one date has no time of day", id="a-day-without-time"),
    ],
)
def test_dates_say_which_came_first(
    hours_a: float | None, hours_b: float | None, first: Side | None, reason: str
) -> None:
    found = told(COPY, profile(REPORT, hours=hours_a), profile(REPORT, hours=hours_b))
    assert found.first == first
    assert found.reasons[0] == reason
    assert found.kind is (LineageKind.COPY_OF if first else LineageKind.UNKNOWN)


def test_a_credit_to_the_other_outlet_outweighs_the_dates() -> None:
    wire = profile(REPORT, name="Reuters", provider="wire.example", hours=5)
    paper = profile(f"PELLWORTH (Reuters) - {REPORT}", name="The Tide", hours=0)
    found = told(COPY, paper, wire)
    assert found.first == "b"
    assert found.kind is LineageKind.COPY_OF
    assert found.reasons[0] == "a credits Reuters, whose article b is"


def test_both_credit_a_third() -> None:
    a = profile(f"PELLWORTH (AP) - {REPORT}", name="The Tide", hours=5)
    b = profile(f"By The Associated Press\n\n{REPORT}", name="The Quay", hours=0)
    found = told(COPY, a, b)
    assert found.kind is LineageKind.COMMON_SOURCE
    assert found.source == "AP"
    assert found.first == "b"
    assert {(credit.span.side, credit.agency) for credit in found.credits} == {
        ("a", "AP"),
        ("b", "AP"),
    }


def test_kept_added_and_cut_follow_the_order_of_publication() -> None:
    parts = paragraphs(REPORT)
    early, late = "\n\n".join(parts[:4]), "\n\n".join(parts[1:])
    found = told(EDITED, profile(late, hours=4), profile(early))
    assert found.kind is LineageKind.EDITED_FROM
    assert [(s.side, s.text.rstrip(".")) for s in found.added] == [("a", parts[4].rstrip("."))]
    assert [(s.side, s.text.rstrip(".")) for s in found.cut] == [("b", parts[0].rstrip("."))]
    assert len(found.kept) == 1


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
