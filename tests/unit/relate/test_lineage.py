"""Credits, and dates within one outlet, tell who has a text from whom; else nothing does."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from semsearch.model.article import DatePrecision
from semsearch.model.relation import Lineage, LineageKind, RelationKind, Side
from semsearch.relate.lineage import lineage, parents
from semsearch.relate.profile import Profile, days_apart
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
        pytest.param(-9.5, -9.5, None, "one date has no time of day", id="one-day"),
        pytest.param(-9.5, 14.4, None, "one date has no time of day", id="within-a-day"),
        pytest.param(-9.5, 14.5, "a", "a is dated a day earlier", id="the-next-day"),
    ],
)
def test_dates_tell_within_one_outlet(
    hours_a: float | None, hours_b: float | None, first: Side | None, reason: str
) -> None:
    a = profile(REPORT, hours=hours_a, name="The Tide")
    b = profile(REPORT, hours=hours_b, name="The Tide")
    found = told(COPY, a, b)
    assert found.first == first
    assert reason in found.reasons
    assert found.kind is (LineageKind.COPY_OF if first else LineageKind.UNKNOWN)
    assert told(COPY, b, a).first == {"a": "b", "b": "a", None: None}[first]


@pytest.mark.parametrize("outlets", [("The Tide", "The Quay"), ("", ""), ("The Tide", "")])
def test_dates_alone_tell_nothing_of_two_outlets(outlets: tuple[str, str]) -> None:
    a, b = profile(REPORT, name=outlets[0]), profile(REPORT, hours=30, name=outlets[1])
    found = told(COPY, a, b)
    assert (found.kind, found.first) == (LineageKind.UNKNOWN, None)
    assert found.reasons[:2] == (
        "a is dated 30.0 hours earlier",
        "that alone does not tell where the text came from",
    )


@pytest.mark.parametrize(
    ("day", "first", "reason", "hours"),
    [
        (3, "a", "a is dated 2 days earlier", 48.0),
        (4, "a", "a is dated a day earlier", 24.0),
        (5, None, "one date has no time of day", 0.0),
        (6, "b", "b is dated a day earlier", 24.0),
        (7, "b", "b is dated 2 days earlier", 48.0),
    ],
)
def test_a_day_is_no_midnight(day: int, first: Side | None, reason: str, hours: float) -> None:
    dates = (
        (datetime(2024, 3, day, tzinfo=UTC), DatePrecision.DAY),
        (datetime(2024, 3, 5, 15, 20, tzinfo=UTC), DatePrecision.TIME),
    )
    one = profile(REPORT, name="The Tide")
    a, b = (
        replace(
            one,
            article=replace(one.article, published=moment, precision=precision),
            seconds=moment.timestamp(),
        )
        for moment, precision in dates
    )
    found = told(COPY, a, b)
    assert found.first == first
    assert reason in found.reasons
    assert days_apart(a, b) == hours / 24


def test_a_credit_to_the_other_outlet_outweighs_the_dates() -> None:
    wire = profile(REPORT, name="Reuters", provider="wire.example", hours=5)
    paper = profile(f"PELLWORTH (Reuters) - {REPORT}", name="The Tide", hours=0)
    found = told(COPY, paper, wire)
    assert found.first == "b"
    assert found.kind is LineageKind.COPY_OF
    assert found.reasons[0] == "a credits Reuters, whose article b is"


@pytest.mark.parametrize(
    "credit",
    ["This article first appeared in The Tide.", "Source: The Tide", "Republished from The Tide."],
)
def test_an_outlet_is_credited_as_an_agency_is(credit: str) -> None:
    own = profile(REPORT, name="The Tide", hours=5)
    other = profile(f"{REPORT}\n\n{credit}", name="The Quay", hours=0)
    found = told(COPY, own, other)
    assert (found.first, found.reasons[0]) == ("a", "b credits the outlet of a")


def test_two_that_credit_each_other_tell_nothing() -> None:
    a = profile(f"{REPORT}\n\nSource: The Quay", name="The Tide")
    b = profile(f"{REPORT}\n\nSource: The Tide", name="The Quay", hours=30)
    assert told(COPY, a, b).first is None


def test_an_agency_named_in_the_midst_of_a_text_is_no_credit() -> None:
    body = f"{'A word. ' * 80}\n\n{REPORT}\n\nReuters reported it, too.\n\n{OTHER}"
    a, b = profile(body, name="The Tide"), profile(body, name="Reuters", hours=5)
    assert told(COPY, a, b).first is None


def test_an_agencys_own_text_that_is_dated_earlier_came_first() -> None:
    agency = profile(f"PELLWORTH (Reuters) - {REPORT}", name="Reuters")
    paper = profile(REPORT, name="The Tide", hours=5)
    found = told(COPY, paper, agency)
    assert (found.first, found.reasons[0]) == ("b", "b is an agency's own article")
    assert told(COPY, profile(REPORT, name="The Tide", hours=-5), agency).first is None


def test_what_an_agency_prints_without_its_credit_may_be_a_release() -> None:
    agency, paper = profile(REPORT, name="AP"), profile(REPORT, name="The Tide", hours=200)
    assert told(COPY, paper, agency).first is None


@pytest.mark.parametrize(("hours", "first"), [(0, "b"), (-20, "b"), (20, None)])
def test_the_release_of_a_press_wire_came_first_unless_it_is_dated_later(
    hours: float, first: Side | None
) -> None:
    carrier = profile(f"PELLWORTH, March 5 /PRNewswire/ -- {REPORT}", name="The Tide")
    wire = profile(REPORT, name="Wire desk", provider="www.prnewswire.com", hours=hours)
    assert told(COPY, carrier, wire).first == "b"  # it is credited, whatever the dates
    bare = profile(REPORT, name="The Tide")
    assert told(COPY, bare, wire).first == first


def test_copies_of_a_third_outlets_text_tell_nothing_of_each_other() -> None:
    a = profile(f"PELLWORTH (AP) - {REPORT}", name="The Tide", hours=0)
    b = profile(REPORT, name="The Tide", hours=5)
    found = told(COPY, a, b)
    assert found.first is None
    assert found.reasons[0] == "AP is credited, and neither is its own article"


def test_a_zone_that_is_not_known_may_be_half_a_day_off() -> None:
    agency = profile(f"PELLWORTH (Reuters) - {REPORT}", name="Reuters")
    for hours, first in ((5, None), (20, "a")):
        paper = profile(REPORT, name="The Tide", hours=hours)
        unsure = replace(paper, article=replace(paper.article, zone_assumed=True))
        assert told(COPY, agency, unsure).first == first


def test_both_credit_a_third() -> None:
    a = profile(f"PELLWORTH (AP) - {REPORT}", name="The Tide", hours=5)
    b = profile(f"By The Associated Press\n\n{REPORT}", name="The Quay", hours=0)
    found = told(COPY, a, b)
    assert found.kind is LineageKind.COMMON_SOURCE
    assert found.source == "AP"
    assert found.first is None
    assert {(credit.span.side, credit.agency) for credit in found.credits} == {
        ("a", "AP"),
        ("b", "AP"),
    }


def test_kept_added_and_cut_follow_the_order_of_publication() -> None:
    parts = paragraphs(REPORT)
    early, late = "\n\n".join(parts[:4]), "\n\n".join(parts[1:])
    found = told(EDITED, profile(late, hours=4, name="The Tide"), profile(early, name="The Tide"))
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
