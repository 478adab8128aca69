"""Every form in which questions and judgments come."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from semsearch.errors import InvalidRequestError, NotFoundError
from semsearch.evaluation.questions import (
    Judgment,
    Question,
    read_judgments,
    read_questions,
    resolve,
)


def write(path: Path, *lines: object) -> Path:
    text = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    path.write_text("\n".join(text) + "\n", "utf-8")
    return path


@pytest.fixture
def queries(tmp_path: Path) -> Path:
    return tmp_path / "queries.jsonl"


@pytest.fixture
def qrels(tmp_path: Path) -> Path:
    return tmp_path / "qrels.tsv"


def test_questions_keep_their_order_kind_and_answerability(queries: Path) -> None:
    write(
        queries,
        {"id": "b", "text": "Who?", "kind": "fact", "constraints": {}},
        "",
        {"id": 7, "text": "What?"},
        {"id": "c", "text": "Why?", "kind": "none"},
        {"_id": "d", "text": "Where?", "kind": "vague", "answerable": False},
    )
    assert read_questions(queries) == [
        Question("b", "Who?", "fact"),
        Question("7", "What?"),
        Question("c", "Why?", "none", answerable=False),
        Question("d", "Where?", "vague", answerable=False),
    ]


def test_further_unanswerable_questions_need_not_say_so(queries: Path) -> None:
    write(queries, {"id": "x", "text": "Mars?"}, {"id": "y", "text": "Moon?", "kind": "odd"})
    found = read_questions(queries, answerable=False)
    assert [(one.kind, one.answerable) for one in found] == [("none", False), ("odd", False)]


@pytest.mark.parametrize(
    ("fields", "moment"),
    [
        ({"date": "2022/06/23"}, datetime(2022, 6, 23, tzinfo=UTC)),
        ({"asked_at": "2022-06-23"}, datetime(2022, 6, 23, tzinfo=UTC)),
        ({"asked_at": "2022-06-23T08:00:00+02:00"}, datetime(2022, 6, 23, 6, tzinfo=UTC)),
        (
            {"asked_at": "2022-06-23T08:00:00Z", "date": "1999"},
            datetime(2022, 6, 23, 8, tzinfo=UTC),
        ),
        ({"date": ""}, None),
        ({"date": None}, None),
    ],
)
def test_a_question_may_have_a_day(
    queries: Path, fields: dict[str, object], moment: datetime | None
) -> None:
    write(queries, {"id": "a", "text": "Who?", **fields})
    assert read_questions(queries)[0].asked_at == moment


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{", "not JSON"),
        ("[1]", "not a JSON object"),
        ({"text": "Who?"}, "no id"),
        ({"id": " ", "text": "Who?"}, "no id"),
        ({"id": "a\tb", "text": "Who?"}, "no id"),
        ({"id": "a", "text": ""}, "no text"),
        ({"id": "a"}, "no text"),
        ({"id": "a", "text": "Who?", "kind": 3}, "kind"),
        ({"id": "a", "text": "Who?", "answerable": "yes"}, "answerable"),
        ({"id": "a", "text": "Who?", "date": "soon"}, "'soon' is no date"),
        ({"id": "first", "text": "Who?"}, "first stands there twice"),
        ("[" * 100_000, "line 2"),
    ],
)
def test_what_is_no_question_is_told_with_its_line(queries: Path, line: object, says: str) -> None:
    write(queries, {"id": "first", "text": "Who?"}, line)
    with pytest.raises(InvalidRequestError, match="line 2") as caught:
        read_questions(queries)
    assert says in caught.value.message


def test_a_missing_file_says_how_to_make_one(queries: Path) -> None:
    with pytest.raises(NotFoundError) as caught:
        read_questions(queries)
    assert "eval label" in caught.value.hint


@pytest.mark.parametrize(
    "lines",
    [
        ["q1\t0\ta\t2", "q1\t3\tb c\t0"],
        ["query\titer\tdocument\tgrade", "q1\t0\ta\t2", "", "q1\t3\tb c\t0"],
        ["query-id\tcorpus-id\tscore", "q1\ta\t2", "q1\tb c\t0"],
        ["q1 Q0 a 2\r", "q1\tQ0\tb c\t-1\r"],
    ],
)
def test_judgments_come_in_trec_form_with_or_without_a_header(
    qrels: Path, lines: list[str]
) -> None:
    write(qrels, *lines)
    assert read_judgments(qrels) == [Judgment("q1", "a", 2), Judgment("q1", "b c", 0)]


@pytest.mark.parametrize(
    ("line", "says"),
    [("q1\t0\tb\tgood", "good"), ("q1\tb", "not question"), ("q1\t0\tb\t99", "above 10")],
)
def test_what_is_no_judgment_is_told_with_its_line(qrels: Path, line: str, says: str) -> None:
    write(qrels, "q1\t0\ta\t2", line)
    with pytest.raises(InvalidRequestError, match="line 2") as caught:
        read_judgments(qrels)
    assert says in caught.value.message


def test_articles_are_named_by_id_or_by_file() -> None:
    found = resolve(
        [Question("q", "Who?")],
        [Judgment("q", "id1", 2), Judgment("q", "file2", 1), Judgment("q", "gone", 2)],
        {"id1": "id1", "file2": "id2"},
    )
    assert found.grades == {"q": {"id1": 2, "id2": 1, "gone": 2}}
    assert found.threshold == 2
    assert found.relevant("q") == {"id1", "gone"}
    assert (found.unresolved.articles, found.unresolved.relevant) == (1, 1)
    assert found.unresolved.names == ("gone",)


def test_a_later_judgment_counts_and_of_two_names_the_better_grade() -> None:
    found = resolve(
        [Question("q", "Who?")],
        [
            Judgment("q", "id1", 1),
            Judgment("q", "id1", 0),
            Judgment("q", "file1", 1),
            Judgment("q", "id2", 2),
            Judgment("q", "id2", 1),
        ],
        {"id1": "id1", "id2": "id2", "file1": "id1"},
    )
    assert found.grades == {"q": {"id1": 1, "id2": 1}}


def test_without_grades_of_two_a_one_is_relevant() -> None:
    questions = [
        Question("q", "Who?"),
        Question("r", "What?"),
        Question("n", "?", answerable=False),
    ]
    found = resolve(questions, [Judgment("q", "a", 1), Judgment("r", "a", 0)], {"a": "a"})
    assert found.threshold == 1
    assert found.answerable == (questions[0],)
    assert found.unjudged == (questions[1],)
    assert found.unanswerable == (questions[2],)


def test_judgments_of_another_archive_are_refused() -> None:
    with pytest.raises(InvalidRequestError, match="None of the 1 judged articles"):
        resolve([Question("q", "Who?")], [Judgment("q", "a", 1)], {})
