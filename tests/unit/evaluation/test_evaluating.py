"""A whole evaluation over a small archive, and how it is shown."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import TypeAdapter
from rich.console import Console

from semsearch.errors import InvalidRequestError
from semsearch.evaluation import rendering
from semsearch.evaluation.evaluating import evaluate, load_set
from semsearch.evaluation.questions import Judgment, LabelledSet, Question, SetFiles, resolve
from semsearch.evaluation.report import EvalReport, SystemFigures
from semsearch.evaluation.systems import Answer, System, build_systems, chosen, reciprocal_ranks
from semsearch.index import Index
from semsearch.model.search import Confidence, Query
from tests.support.articles import make_article, write_markdown
from tests.support.indexes import filled_index

TITLES = {
    "ferry": "Ferry runs aground in the harbour",
    "otter": "Otter | stolen from the market",
    "tram": "Tram budget cut by the mayor",
    "dam": "Dam drain replaced before the storm",
}
QUESTIONS = [
    Question("q1", "Ferry in the harbour", "fact"),
    Question("q2", "Otter stolen", "fact"),
    Question("q3", "storm", "vague"),
    Question("n1", "Salt on Mars?", "none", answerable=False),
    Question("n2", "Cod on the moon?", "none", answerable=False),
]
JUDGMENTS = [
    Judgment("q1", "ferry", 2),
    Judgment("q1", "dam", 0),
    Judgment("q2", "otter", 2),
    Judgment("q3", "dam", 2),
    Judgment("q3", "tram", 1),
    Judgment("q3", "lost", 1),
]


@pytest.fixture
def index() -> Iterator[Index]:
    with filled_index(make_article(name, title) for name, title in TITLES.items()) as services:
        yield services


@pytest.fixture
def labelled() -> LabelledSet:
    return resolve(QUESTIONS, JUDGMENTS, {name: name for name in TITLES})


def canned(name: str, rankings: Mapping[str, Sequence[str]]) -> System:
    return System(name, name, lambda question: Answer(tuple(rankings.get(question.id, ()))))


def ours(
    index: Index, order: Mapping[str, Sequence[str]], none: Sequence[str] = ("n1", "q3")
) -> System:
    """Real hits in a given order, with confidence none for the named questions."""

    def answer(question: Question) -> Answer:
        held = {hit.article.id: hit for hit in index.search(Query(question.text)).hits}
        ranking = order.get(question.id, tuple(TITLES))
        hits = tuple(
            replace(held[one], rank=rank, score=1 / rank, score_parts={"lead": 1 / rank})
            for rank, one in enumerate(ranking, start=1)
        )
        confidence = Confidence.NONE if question.id in none else Confidence.HIGH
        return Answer(tuple(ranking), hits, confidence)

    return System("ours", "the product", answer, ours=True)


ORDER = {"q1": ("ferry", "dam"), "q2": ("tram", "otter"), "q3": ("ferry", "otter")}
OTHER = {"q1": ("dam", "ferry"), "q2": ("otter",), "q3": ("tram", "dam")}


@pytest.fixture
def report(index: Index, labelled: LabelledSet) -> EvalReport:
    return evaluate(labelled, [canned("other", OTHER), ours(index, ORDER)], index)


def figures(report: EvalReport, system: str, kind: str = "all") -> SystemFigures:
    found = [one for one in (*report.figures, *report.kinds) if one.system == system]
    return next(one for one in found if one.kind == kind)


def mean(report: EvalReport, system: str, measure: str, kind: str = "all") -> float | None:
    found = figures(report, system, kind).of(measure)
    return None if found is None else found.mean


def test_figures_are_means_over_answerable_questions(report: EvalReport) -> None:
    assert (report.questions, report.answerable, report.unanswerable) == (5, 3, 2)
    assert mean(report, "ours", "mrr") == pytest.approx((1 + 1 / 2 + 0) / 3, abs=1e-6)
    assert mean(report, "ours", "hit") == pytest.approx(1 / 3, abs=1e-6)
    assert mean(report, "ours", "hit", "fact") == 0.5
    assert mean(report, "ours", "hit", "vague") == 0
    assert mean(report, "ours", "hit", "none") is None
    assert mean(report, "other", "mrr") == pytest.approx((1 / 2 + 1 + 1 / 2) / 3, abs=1e-6)
    judged = figures(report, "ours").judged
    assert judged is not None
    assert judged.mean == pytest.approx((1 + 1 / 2 + 0) / 3, abs=1e-6)


def test_confidence_none_is_counted_on_both_sides(report: EvalReport) -> None:
    all_of_ours = figures(report, "ours")
    assert all_of_ours.recognised is not None
    assert (all_of_ours.recognised.mean, all_of_ours.recognised.questions) == (0.5, 2)
    assert all_of_ours.lost is not None
    assert all_of_ours.lost.mean == pytest.approx(0.333333)
    assert all_of_ours.lost.questions == 3
    assert figures(report, "other").recognised is None
    assert figures(report, "other").lost is None


def test_ours_is_compared_with_the_best_other_question_by_question(
    index: Index, labelled: LabelledSet
) -> None:
    bad = canned("bad", {})
    found = evaluate(labelled, [bad, canned("other", OTHER), ours(index, ORDER)], index)
    gaps = {one.measure: one for one in found.differences}
    assert gaps["mrr"].other == "other"
    assert gaps["mrr"].difference.mean == pytest.approx((1 / 2 - 1 / 2 - 1 / 2) / 3, abs=1e-6)
    assert gaps["mrr"].difference.low == -0.5
    assert gaps["mrr"].difference.high == pytest.approx(1 / 2)


def test_the_worst_questions_are_explained(report: EvalReport) -> None:
    worst, better = report.worst
    assert (worst.id, worst.ndcg, worst.first_relevant, worst.unjudged) == ("q3", 0, None, 2)
    assert worst.other_ranks == {"other": 2}
    told = " ".join(worst.why)
    assert "none came among the first 50. One of them: “Dam drain" in told
    assert "other at rank 2" in told
    assert "2 of the first 2 are unjudged" in told
    assert "taken for a question without an answer" in told
    assert (better.id, better.relevant) == ("q2", 1)
    assert better.first_relevant is not None
    assert (better.first_relevant.rank, better.first_relevant.article) == (2, "otter")
    told = " ".join(better.why)
    assert "came at rank 2" in told
    assert "scored 1.000, that one 0.500; the difference is lead +0.500." in told
    assert [hit.grade for hit in better.hits] == [None, 2]


def test_an_evaluation_is_the_same_every_time(
    report: EvalReport, index: Index, labelled: LabelledSet
) -> None:
    again = evaluate(labelled, [canned("other", OTHER), ours(index, ORDER)], index)
    assert replace(again, seconds=0) == replace(report, seconds=0)


def test_json_holds_everything(report: EvalReport) -> None:
    adapter = TypeAdapter(EvalReport)
    assert adapter.validate_json(adapter.dump_json(report)) == report


def test_markdown_is_tables_with_intervals(report: EvalReport) -> None:
    text = rendering.markdown(report)
    assert "| system | nDCG@10 | MRR | recall@10 | hit@1 | judged@10 |" in text
    assert "\n| ours | " in text
    assert "0.333 (0.00–1.00)" in text
    assert "| ours | 50% of 2 (0%–100%) | 33% of 3 (0%–100%) |" in text
    assert "| kind | n | other | ours |" in text
    assert "| fact | 2 |" in text
    assert "1 judged articles are not in the index, 0 of them relevant" in text
    assert "### q3 (vague), nDCG 0.000: storm" in text
    assert "Otter \\| stolen" in text
    for block in text.split("\n\n"):
        rows = [line for line in block.split("\n") if line.startswith("|")]
        assert len({line.replace("\\|", "").count("|") for line in rows}) <= 1


def test_a_terminal_shows_the_same(report: EvalReport) -> None:
    console = Console(width=80, record=True, file=None, force_terminal=False, quiet=True)
    with console.capture() as shown:
        console.quiet = False
        console.print(rendering.terminal(report))
    assert "Answerable questions" in shown.get()
    assert "taken for a question without an answer" in shown.get()


def test_a_set_of_unanswerable_questions_only_can_be_measured(index: Index) -> None:
    alone = resolve(QUESTIONS[3:], [], {})
    found = evaluate(alone, [canned("other", {}), ours(index, {})], index)
    assert found.figures[1].ndcg is None
    assert found.figures[1].recognised is not None
    assert found.differences == ()
    assert "Answered with confidence none" in rendering.markdown(found)


def test_a_set_is_read_from_its_files(index: Index, tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    files = [
        write_markdown(
            archive / f"{name}.md", {"title": "Bank merger", "webUrl": "https://x.example/1"}
        )
        for name in ("first", "second")
    ]
    index.add_files(*files)
    (tmp_path / "queries.jsonl").write_text('{"id": "q", "text": "bank"}\n', "utf-8")
    (tmp_path / "none.jsonl").write_text(
        '{"id": "q", "text": "again"}\n{"id": "n", "text": "Mars?"}\n', "utf-8"
    )
    (tmp_path / "qrels.tsv").write_text("q\t0\tfirst\t1\nz\t0\tunasked\t2\n", "utf-8")
    names = ("queries.jsonl", "qrels.tsv", "none.jsonl")
    found = load_set(SetFiles(tmp_path, *(tmp_path / name for name in names)), index)
    assert [(one.id, one.answerable) for one in found.questions] == [("q", True), ("n", False)]
    (identity,) = found.relevant("q")  # the file that the second replaced, too
    assert index.articles([identity])[identity].title == "Bank merger"
    assert found.unresolved.articles == 0


def test_reciprocal_ranks_are_summed() -> None:
    assert reciprocal_ranks(["ab", "bc"]) == ["b", "a", "c"]
    assert reciprocal_ranks([["a", "b"], ["b", "a"]]) == ["a", "b"]  # a draw goes by id
    # 1/61 + 1/63 > 2/62: the mean of the ends beats the middle
    assert reciprocal_ranks(["abc", "cba"]) == ["a", "c", "b"]
    assert reciprocal_ranks([]) == []


def test_the_compared_systems_use_only_their_own_evidence(index: Index) -> None:
    systems = {one.name: one for one in build_systems(index)}
    assert list(systems) == ["lexical", "dense-title", "dense-lead", "rrf", "ours", "ours-dated"]
    for system in systems.values():
        answer = system.answer(QUESTIONS[0])
        assert answer.ranked[0] == "ferry", system.name
        assert bool(answer.hits) == (answer.confidence is not None) == system.ours
    assert systems["lexical"].answer(Question("x", "zebra")).ranked == ()
    assert len(systems["dense-lead"].answer(Question("x", "zebra")).ranked) == len(TITLES)


def test_systems_are_chosen_by_name(index: Index) -> None:
    systems = build_systems(index, dated=False)
    assert [one.name for one in chosen(systems, ["ours", "rrf"])] == ["rrf", "ours"]
    assert chosen(systems, []) == systems
    with pytest.raises(InvalidRequestError, match="no system psychic"):
        chosen(systems, ["psychic"])
    assert [one.name for one in build_systems(index, dated=True)][-1] == "ours-dated"
