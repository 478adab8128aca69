"""Scores of filled sheets, against values that were worked out by hand."""

from collections.abc import Iterator
from datetime import date

import pytest

from semsearch.errors import InvalidRequestError
from semsearch.evaluation.audit_claims import Kind
from semsearch.evaluation.audit_score import (
    CLAIMS,
    FilledSheet,
    JudgedClaim,
    Verdict,
    agreement,
    publish,
    score,
    wilson,
)
from semsearch.index import Index
from tests.support.coverage import report, stories
from tests.support.indexes import filled_index

VERDICTS = {"r": Verdict.RIGHT, "w": Verdict.WRONG, "u": Verdict.UNSURE, "-": None}


def sheet(
    verdicts: str, kind: Kind = Kind.SHARED, *, draw: str = "draw", first: int = 0
) -> FilledSheet:
    """One claim a letter: right, wrong, unsure, or a dash for an empty cell."""
    claims = tuple(
        JudgedClaim(f"{kind}-{number}", kind, VERDICTS[letter], ("a", "b"))
        for number, letter in enumerate(verdicts, start=first)
    )
    return FilledSheet(f"{verdicts}.tsv", draw, claims)


def test_every_kind_says_what_is_counted() -> None:
    assert set(CLAIMS) == set(Kind)


def test_one_reader_counts_what_is_right_or_wrong() -> None:
    (one,) = score([sheet("r" * 46 + "w" * 4 + "uu-")]).kinds
    assert (one.kind, one.right, one.n, one.unsure, one.unread) == (Kind.SHARED, 46, 50, 2, 1)
    assert one.precision == 0.92
    assert one.interval == (0.8116, 0.9685)
    assert one.agreement is None


@pytest.mark.parametrize(
    ("right", "n", "low", "high"),
    [
        (8, 10, 0.4902, 0.9433),
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (1, 2, 0.0945, 0.9055),
        (22, 22, 0.8513, 1.0),
    ],
)
def test_intervals_are_wilsons(right: int, n: int, low: float, high: float) -> None:
    assert wilson(right, n) == pytest.approx((low, high), abs=1e-4)


def test_of_two_readers_those_claims_count_on_which_they_agree() -> None:
    (one,) = score([sheet("rrrrwwuru-"), sheet("rrrwwruu-r")]).kinds
    # agreed: 3 right, 1 wrong, 1 unsure; not agreed: rw, wr, ru; not read by both: two
    assert (one.right, one.n, one.unsure, one.unsettled, one.unread) == (3, 4, 1, 3, 2)
    assert one.agreement is not None
    # 5 of 8; first reader 5 right 2 wrong 1 unsure, second 4 right 2 wrong 2 unsure
    assert (one.agreement.n, one.agreement.share) == (8, 0.625)
    chance = (5 * 4 + 2 * 2 + 1 * 2) / 64
    assert one.agreement.kappa == pytest.approx((0.625 - chance) / (1 - chance), abs=1e-4)


def test_kappa_of_the_textbook() -> None:
    # Cohen's table of 50 proposals: 20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no: kappa .4
    right, wrong = Verdict.RIGHT, Verdict.WRONG
    table = [((right, right), 20), ((right, wrong), 5), ((wrong, right), 10), ((wrong, wrong), 15)]
    found = agreement([pair for pair, count in table for _ in range(count)])
    assert found is not None
    assert (found.n, found.share, found.kappa) == (50, 0.7, 0.4)


def test_kappa_is_not_defined_where_both_gave_one_verdict_throughout() -> None:
    found = score([sheet("rrr"), sheet("rrr")]).agreement
    assert found is not None
    assert (found.n, found.share, found.kappa) == (3, 1.0, None)


def test_a_third_sheet_settles_what_two_readers_do_not_agree_on() -> None:
    (one,) = score([sheet("rrw-u"), sheet("rwr-r"), sheet("wrw-u")]).kinds
    # agreed right whatever the third says; settled right and wrong; unread; settled as unsure
    assert (one.right, one.n, one.unsure, one.unsettled, one.unread) == (2, 3, 1, 0, 1)
    (one,) = score([sheet("rrw"), sheet("rwr"), sheet("r", first=1)]).kinds
    assert (one.right, one.n, one.unsettled) == (2, 2, 1)


def test_kinds_are_scored_apart_and_sheets_may_hold_some_of_them() -> None:
    scored = score([sheet("rr"), sheet("rww", Kind.GROUP), sheet("rw")])
    assert [(one.kind, one.right, one.n) for one in scored.kinds] == [
        (Kind.SHARED, 1, 1),
        (Kind.GROUP, 1, 3),
    ]
    assert scored.draws == ("draw",)
    assert scored.articles == ("a", "b")
    assert scored.agreement is not None
    assert scored.agreement.n == 2


def test_nothing_counts_where_nothing_was_judged() -> None:
    (one,) = score([sheet("--u")]).kinds
    assert (one.n, one.precision, one.interval) == (0, None, None)


def test_sheets_of_several_draws_are_refused_unless_they_are_pooled() -> None:
    sheets = [sheet("rw", draw="one"), sheet("rr", draw="other")]
    with pytest.raises(InvalidRequestError, match="different draws: one; other"):
        score(sheets)
    (one,) = score(sheets, pool=True).kinds
    assert (one.right, one.n, one.agreement) == (3, 4, None)


def test_what_cannot_be_sheets_of_the_same_claims_is_refused() -> None:
    with pytest.raises(InvalidRequestError, match="more than three sheets"):
        score([sheet("r")] * 4)
    shared = sheet("r")
    other = FilledSheet("x", "draw", (JudgedClaim("shared-0", Kind.GROUP, None, ()),))
    with pytest.raises(InvalidRequestError, match="two kinds"):
        score([shared, other])
    with pytest.raises(InvalidRequestError, match=r"r\.tsv holds the claim shared-0 twice"):
        score([FilledSheet(shared.name, "draw", shared.claims * 2)])


# --- publishing ---------------------------------------------------------------------------------


@pytest.fixture
def index() -> Iterator[Index]:
    with filled_index(
        [report(letter, "strike", f"teller {letter}", language="en") for letter in "ab"],
        dimension=512,
    ) as opened:
        yield opened


def test_comparisons_quote_what_was_published_from_fifty_claims_on(index: Index) -> None:
    (story,) = stories(index)
    before = index.compare(story=story)
    day = date(2026, 12, 1)
    sheets = [sheet("r" * 40 + "w" * 10), sheet("r" * 49, Kind.MISSING), sheet("r", Kind.GROUP)]
    publish(index, score(sheets), day)
    after = index.compare(story=story)
    assert before.evidence["shared"] != after.evidence["shared"]
    figure = after.evidence["shared"].precision
    assert figure is not None
    assert (figure.value, figure.n, figure.read_on, figure.at) == (0.8, 50, "draw", day)
    assert figure.interval == (0.6696, 0.8876)
    assert figure.languages == ("en",)
    assert after.evidence["missing"].precision is None
    assert all(fact.evidence.precision == figure for fact in after.shared_facts)
    # Later figures take the place of those of the same kind, and of no other.
    publish(index, score([sheet("r" * 51, Kind.MISSING)]), day)
    assert set(index.precisions()) == {"shared", "missing", "group"}
    again = index.compare(story=story).evidence
    assert again["shared"] == after.evidence["shared"]
    assert again["missing"].precision is not None


def test_figures_are_published_with_the_index_of_the_claims_alone(index: Index) -> None:
    claims = (JudgedClaim("shared-0", Kind.SHARED, Verdict.RIGHT, ("a", "nowhere")),)
    with pytest.raises(InvalidRequestError, match="not in this index, such as nowhere"):
        publish(index, score([FilledSheet("x", "draw", claims)]), date(2026, 12, 1))
    with pytest.raises(InvalidRequestError, match="No claim of these sheets counts"):
        publish(index, score([sheet("--")]), date(2026, 12, 1))
    assert index.precisions() == {}
