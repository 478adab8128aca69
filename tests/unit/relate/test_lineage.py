import pytest

from semsearch.model.relation import Lineage, LineageKind, RelationKind, Side
from semsearch.relate.lineage import lineage
from semsearch.relate.profile import Profile
from semsearch.relate.spans import shared_spans
from tests.unit.relate.profiles import REPORT, paragraphs, profile

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
