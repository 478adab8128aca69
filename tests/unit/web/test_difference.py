"""Two texts side by side: every character once, and what was marked is what changed."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from semsearch.ask.get import view
from semsearch.model.article import Article, Field, Provider
from semsearch.model.relation import Relation, Side
from semsearch.relate.relate import compare
from semsearch.web.difference import Change, DiffColumn, DiffRun, characters, diff_column
from tests.unit.relate.profiles import OTHER, REPORT, START, paragraphs, profile_of

FIRST, *_, LAST = paragraphs(REPORT)
ADDED = paragraphs(OTHER)[0]


def related(a: str, b: str) -> tuple[Article, Article, Relation]:
    """Two articles with these bodies, the first dated earlier."""
    tide = Provider("The Tide")
    one = Article("a", "First headline", "", a, published=START, provider=tide)
    other = replace(one, id="b", title="Second headline", body=b, published=START.replace(hour=20))
    return one, other, compare(profile_of(one), profile_of(other))


def columns(a: str, b: str, *, everything: bool = True) -> tuple[DiffColumn, DiffColumn]:
    one, other, relation = related(a, b)
    assert relation.lineage is not None
    shared = relation.lineage.kept

    def of(article: Article, side: Side) -> DiffColumn:
        return diff_column(view(article), side, shared, relation.lineage, everything=everything)

    return of(one, "a"), of(other, "b")


def runs(text: DiffColumn, change: Change) -> list[DiffRun]:
    return [run for part in text.parts for run in part.runs if run.change is change]


def told(text: DiffColumn, field: Field) -> str:
    return "".join(
        run.text + run.after for part in text.parts if part.field is field for run in part.runs
    )


def test_kept_added_and_cut_are_marked() -> None:
    a = REPORT
    b = REPORT.replace(LAST, ADDED)
    first, later = columns(a, b)
    assert [run.text for run in runs(first, Change.CUT)] == [LAST]
    assert [run.text for run in runs(later, Change.ADDED)] == [ADDED]
    assert runs(first, Change.ADDED) == runs(later, Change.CUT) == []
    (kept,), (same,) = runs(first, Change.KEPT), runs(later, Change.KEPT)
    assert kept.text == same.text == REPORT.removesuffix(f"\n\n{LAST}")
    assert kept.number == same.number == 1
    assert kept.begins
    assert told(first, Field.BODY) == a
    assert told(later, Field.BODY) == b


def test_a_headline_is_not_compared() -> None:
    first, _ = columns(REPORT, f"{REPORT}\n\n{ADDED}")
    title = first.parts[0]
    assert title.field is Field.TITLE
    assert {run.change for run in title.runs} == {Change.ASIDE}


def test_long_runs_are_folded_until_all_is_asked_for() -> None:
    first, _ = columns(REPORT, f"{REPORT}\n\n{ADDED}", everything=False)
    (kept,) = runs(first, Change.KEPT)
    assert kept.left_out == len(REPORT) - len(kept.text) - len(kept.after) > 0
    assert REPORT.startswith(kept.text)
    assert REPORT.endswith(kept.after)


def test_a_column_ends_somewhere() -> None:
    added = "\n\n".join(f"Paragraph {number} tells of harbour {number}." for number in range(2_000))
    _, later = columns(REPORT, f"{REPORT}\n\n{added}", everything=False)
    assert later.beyond > 0
    assert sum(len(run.text) for part in later.parts for run in part.runs) <= 24_000
    _, whole = columns(REPORT, f"{REPORT}\n\n{added}")
    assert whole.beyond == 0


@given(st.permutations([*paragraphs(REPORT), ADDED]), st.integers(0, 5))
def test_every_character_stands_once(order: list[str], cut: int) -> None:
    body = "\n\n".join(order[cut:])
    one, other, relation = related(REPORT, body)
    for article, side in ((one, "a"), (other, "b")):
        shared = relation.evidence.shared if relation.lineage is None else relation.lineage.kept
        text = diff_column(view(article), side, shared, relation.lineage, everything=True)  # type: ignore[arg-type]
        assert told(text, Field.BODY) == article.body
        assert told(text, Field.TITLE) == article.title
        numbers = [run.number for part in text.parts for run in part.runs if run.begins]
        assert len(numbers) == len(set(numbers))


def test_what_is_no_duplicate_shows_shared_runs_alone() -> None:
    one, other, relation = related(REPORT, f"{FIRST}\n\n{OTHER}")
    text = diff_column(view(other), "b", relation.evidence.shared, None, everything=True)
    assert {run.change for part in text.parts for run in part.runs} <= {Change.KEPT, Change.ASIDE}
    assert any(run.text.startswith(FIRST[:40]) for run in runs(text, Change.KEPT))
    empty = diff_column(view(replace(one, title="")), "a", (), None, everything=True)
    assert [part.field for part in empty.parts] == [Field.BODY]


def test_sizes_are_those_of_the_spans() -> None:
    _, _, relation = related(REPORT, REPORT.replace(LAST, ADDED))
    assert relation.lineage is not None
    assert characters(relation.lineage.cut) == sum(len(one.text) for one in relation.lineage.cut)
    assert characters(relation.lineage.kept) == sum(len(one.text) for one in relation.lineage.kept)
