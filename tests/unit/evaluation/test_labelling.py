"""Labelling: what is asked, what is kept, and going on later."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from semsearch.errors import StorageError
from semsearch.evaluation.labelling import Labeller, append_line, card, pool
from semsearch.evaluation.questions import Question, read_judgments, read_questions
from semsearch.evaluation.report import LabelReport
from semsearch.evaluation.systems import Answer, System
from semsearch.index import Index
from tests.support.articles import make_article, write_markdown
from tests.support.encoder import HashingEncoder
from tests.support.indexes import filled_index, open_index


class Reader:
    """Types the given lines; then nobody types any more."""

    def __init__(self, *lines: str) -> None:
        self._lines = iter(lines)
        self.told: list[str] = []
        self.prompts: list[str] = []

    def ask(self, prompt: str) -> str:
        self.prompts.append(prompt)
        try:
            return next(self._lines)
        except StopIteration:
            raise EOFError from None


@pytest.fixture
def index() -> Iterator[Index]:
    with filled_index(
        make_article(name, f"Title {name}", excerpt=f"Excerpt of {name}.") for name in "abcd"
    ) as services:
        yield services


def systems(*rankings: Sequence[str]) -> list[System]:
    def make(number: int, ranking: Sequence[str]) -> System:
        return System(f"s{number}", "", lambda _question: Answer(tuple(ranking)))

    return [make(number, ranking) for number, ranking in enumerate(rankings)]


def label(folder: Path, index: Index, reader: Reader, *rankings: Sequence[str]) -> LabelReport:
    return Labeller(
        folder / "queries.jsonl",
        folder / "qrels.tsv",
        systems(*(rankings or ("abc", "bcd"))),
        index,
        reader.ask,
        reader.told.append,
    ).run()


def judged(folder: Path) -> dict[str, int]:
    return {one.article: one.grade for one in read_judgments(folder / "qrels.tsv")}


def ask_one(folder: Path, text: str = "Who?") -> None:
    (folder / "queries.jsonl").write_text(f'{{"id": "q", "text": "{text}"}}\n', "utf-8")


def test_every_article_of_the_pool_is_asked_once(tmp_path: Path, index: Index) -> None:
    ask_one(tmp_path)
    reader = Reader("2", "1", "0", "2")
    assert label(tmp_path, index, reader) == LabelReport(asked=0, judged=4, skipped=0, left=0)
    assert judged(tmp_path).keys() == set("abcd")
    assert sorted(judged(tmp_path).values()) == [0, 1, 2, 2]
    told = "\n".join(reader.told)
    assert "Who?" in told
    for name in "abcd":
        assert f"Title {name}\nLisk Gazette, 2024-03-05\nExcerpt of {name}." in told


def test_it_goes_on_where_it_stopped(tmp_path: Path, index: Index) -> None:
    ask_one(tmp_path)
    assert label(tmp_path, index, Reader("2", "q")).left == 3
    first = judged(tmp_path)
    assert label(tmp_path, index, Reader("1")) == LabelReport(0, 1, 0, 2)  # the input ended
    assert label(tmp_path, index, Reader("0", "0")) == LabelReport(0, 2, 0, 0)
    assert first.items() <= judged(tmp_path).items()
    reader = Reader()
    assert label(tmp_path, index, reader) == LabelReport(0, 0, 0, 0)
    assert reader.prompts == []


def test_what_was_skipped_comes_again_and_nonsense_is_asked_again(
    tmp_path: Path, index: Index
) -> None:
    ask_one(tmp_path)
    done = label(tmp_path, index, Reader("s", "yes", "2", "skip", " 1 "))
    assert done == LabelReport(asked=0, judged=2, skipped=2, left=2)
    assert label(tmp_path, index, Reader("0", "0")).left == 0


def test_each_grade_is_on_disk_before_the_next_is_asked(tmp_path: Path, index: Index) -> None:
    ask_one(tmp_path)
    reader = Reader("2", "1", "0", "2")
    kept: list[int] = []
    typed = reader.ask

    def ask(prompt: str) -> str:
        path = tmp_path / "qrels.tsv"
        kept.append(len(read_judgments(path)) if path.is_file() else 0)
        return typed(prompt)

    reader.ask = ask  # type: ignore[method-assign]
    label(tmp_path, index, reader)
    assert kept == [0, 1, 2, 3]


def test_without_a_file_questions_are_typed(tmp_path: Path, index: Index) -> None:
    reader = Reader("Who won?", "", "What of Mars? “Ö”", "none", "", "q")
    assert label(tmp_path, index, reader).asked == 2
    assert read_questions(tmp_path / "queries.jsonl") == [
        Question("q1", "Who won?"),
        Question("q2", "What of Mars? “Ö”", "none", answerable=False),
    ]
    assert not (tmp_path / "qrels.tsv").exists()
    assert label(tmp_path, index, Reader(), "").asked == 0


def test_nothing_typed_leaves_nothing_behind(tmp_path: Path, index: Index) -> None:
    assert label(tmp_path, index, Reader("")) == LabelReport(0, 0, 0, 0)
    assert not (tmp_path / "queries.jsonl").exists()


def test_unanswerable_questions_are_not_graded(tmp_path: Path, index: Index) -> None:
    (tmp_path / "queries.jsonl").write_text('{"id": "q", "text": "?", "kind": "none"}', "utf-8")
    reader = Reader()
    assert label(tmp_path, index, reader).left == 0
    assert reader.prompts == []


def test_grades_by_file_name_count(tmp_path: Path) -> None:
    services = open_index(tmp_path / "index", HashingEncoder())
    file = write_markdown(tmp_path / "articles" / "the-ferry.md", {"title": "Ferry"})
    services.add_files(file)
    (identity,) = (one.id for one in services.library.catalog.all_articles())
    ask_one(tmp_path)
    append_line(tmp_path / "qrels.tsv", "q\t0\tthe-ferry\t2")
    assert label(tmp_path, services, Reader(), [identity]).left == 0
    services.close()


def test_the_pool_is_deduplicated_cut_and_in_an_order_without_ranks() -> None:
    question = Question("q", "Who?")
    found = pool(question, systems("abc", "cde"), depth=2)
    assert sorted(found) == list("abcd")
    assert found == pool(question, systems("dcx", "bae"), depth=2)


def test_long_texts_are_cut_and_unknowns_named() -> None:
    bare = make_article("a", "Title", excerpt="", body="word " * 400, published=None)
    shown = card(bare)
    assert len(shown) < 700
    assert "no date" in shown
    assert shown.endswith("…")


def test_a_line_is_never_glued_to_a_torn_one(tmp_path: Path) -> None:
    path = tmp_path / "qrels.tsv"
    path.write_bytes(b"q\t0\ta\t1")
    append_line(path, "q\t0\tb\t2")
    assert path.read_bytes() == b"q\t0\ta\t1\nq\t0\tb\t2\n"


def test_a_refusing_disk_is_told(tmp_path: Path) -> None:
    with pytest.raises(StorageError):
        append_line(tmp_path / "nowhere" / "qrels.tsv", "x")
