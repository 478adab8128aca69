"""What a check says of the quotations of a draft, on an archive of a few invented articles."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from semsearch.check import checker, matching
from semsearch.check.matching import Archive
from semsearch.check.words import words_of
from semsearch.errors import DraftTooLongError, InvalidArticleError
from semsearch.export.markdown import markdown
from semsearch.index import Index
from semsearch.library import Library
from semsearch.model.article import Field
from semsearch.model.check import CheckedQuotation, DraftCheck, QuotationStatus, WordChangeKind
from semsearch.store.snapshot import Snapshot
from tests.support.encoder import HashingEncoder
from tests.support.indexes import open_index

SPEECH = (
    "The council met on Tuesday. “We will not sell the harbour to anybody before the 12 cranes "
    "are paid for,” said Mayor Ada Lenn. She left the hall by the back door.\n\n"
    "Harbour pilot Jon Vey called the plan “a gift to people who never set foot on a quay”.\n\n"
    "“[The town] knows (in part) what a crane costs, past or present,” said Bea Orr, who has run "
    "the works on the northern quay for as long as anybody there can think back. “Ask the crew.”"
)
ARTICLES = [
    {
        "id": "first",
        "title": "Mayor keeps the harbour",
        "body": SPEECH,
        "provider": {"name": "Quay Post", "domain": "quaypost.example"},
        "published": "2024-03-05T10:00:00Z",
    },
    {
        "id": "copy",
        "title": "Harbour stays with the town",
        "body": f"{SPEECH} Nobody else spoke.",
        "provider": {"name": "Strait Ledger", "domain": "straitledger.example"},
        "published": "2024-03-06T10:00:00Z",
    },
    {
        "id": "other",
        "title": "Trams run late",
        "body": "Trams in Marrowby will run until two at night from May, the operator said.",
        "provider": {"name": "Marrow Times", "domain": "marrow.example"},
        "published": "2024-04-01T10:00:00Z",
    },
]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    folder: Path = tmp_path_factory.mktemp("check") / "index"
    with open_index(folder, HashingEncoder()) as index:
        index.add(ARTICLES)
        yield index


def one(archive: Index, draft: str) -> CheckedQuotation:
    (found,) = archive.check(draft).quotations
    assert draft[found.start : found.end] == found.text
    if found.source is not None:
        text = archive.get(found.source.article)
        field = {Field.TITLE: text.title, Field.BODY: text.body}[found.source.field]
        assert field[found.source.start : found.source.end] == found.source.text
    return found


@pytest.mark.parametrize(
    ("quotation", "status"),
    [
        (
            "“We will not sell the harbour to anybody before the 12 cranes are paid for,”",
            "verbatim",
        ),
        (
            '"we will not sell the harbour to anybody before the twelve cranes are paid for!"',
            "verbatim",
        ),
        ("“We will not sell the harbour … before the 12 cranes are paid for.”", "cut"),
        ("“sell the harbour to anybody before the 12 cranes are paid for”", "cut"),
        ("“We will not sell the harbour to anybody”", "cut"),
        (
            "“[The town] will not sell the harbour to anybody before the 12 cranes are paid for”",
            "cut",
        ),
        (
            "“[W]e will not sell the harbour to anybody before the 12 cranes are paid for”",
            "verbatim",
        ),
        ("“a gift to people who never set foot on a quay”", "verbatim"),
        ("“[The town] knows (in part) what a crane costs, past or present”", "verbatim"),
        ("“The town knows [in part] what a crane costs, past or present”", "verbatim"),
        ("“knows (in part) what a crane costs, past or present. Ask the crew.”", "cut"),
        ("“[The town] knows (in part) what a crane costs, past or present. Ask us.”", "altered"),
        ("“We will not sell [until the] 12 cranes are paid for,”", "cut"),
        ("“a present for people who seldom set foot on a quay”", "altered"),
        ("“We will sell the harbour to anybody before the 12 cranes are paid for,”", "altered"),
        ("“Every tram will be painted yellow before the winter comes,”", "not_found"),
    ],
)
def test_a_quotation_has_the_status_of_its_best_place(
    archive: Index, quotation: str, status: str
) -> None:
    found = one(archive, f"Reporters were there. {quotation} Ms Lenn said on Tuesday.")
    assert found.status == status
    assert (found.source is None) is (found.status is QuotationStatus.NOT_FOUND)


def test_the_earliest_of_two_copies_is_the_source_and_they_are_one_origin(archive: Index) -> None:
    found = one(archive, "“a gift to people who never set foot on a quay”, said Jon Vey.")
    assert found.source is not None
    assert (found.source.article, found.holders, found.origins) == ("first", 2, 1)
    assert [span.article for span in found.also] == ["copy"]
    assert found.speaker.given == "Jon Vey"


def test_what_was_changed_is_said_numbers_and_negations_first(archive: Index) -> None:
    draft = "“We will now sell the port to anybody before the 21 cranes are paid for,” she said."
    found = one(archive, draft)
    assert found.status is QuotationStatus.ALTERED
    assert [(change.kind, change.was, change.is_) for change in found.changes] == [
        (WordChangeKind.NEGATION, "not", "now"),
        (WordChangeKind.NUMBER, "12", "21"),
        (WordChangeKind.WORD, "harbour", "port"),
    ]
    for change in found.changes:
        assert draft[change.start : change.end] == change.is_
        assert SPEECH[change.source_start : change.source_end] == change.was
    assert found.speaker.source == "Mayor Ada Lenn"


def test_words_left_out_are_named_and_not_others_in_their_place(archive: Index) -> None:
    found = one(archive, "“[The town] knows (in part) what a crane costs, past,” said Ms Orr.")
    assert found.status is QuotationStatus.CUT
    found = one(
        archive, "“We will not sell the harbour before the 12 cranes are paid for,” she said."
    )
    assert [(change.was, change.is_) for change in found.changes] == [("to anybody", "")]


def test_sentences_that_are_joined_without_a_mark_are_altered(archive: Index) -> None:
    found = one(archive, "“The council met on Tuesday. She left the hall by the back door.”")
    assert found.status is QuotationStatus.ALTERED
    assert [change.is_ for change in found.changes] == [""]
    assert found.changes[0].was.startswith("We will not sell")


def test_json_says_is(archive: Index) -> None:
    found = archive.check("“We will now sell the harbour to anybody before the 12 cranes are paid”")
    (quotation,) = TypeAdapter(DraftCheck).dump_python(found, mode="json")["quotations"]
    assert quotation["changes"][0]["is"] == "now"


def test_what_is_passed_over_is_said(archive: Index) -> None:
    found = archive.check("He said “no way” and left. “Never closed and never found it is.")
    assert len(found.quotations) == 1
    assert len(found.notes) == 2
    assert found.archive.articles == 3
    assert found.archive.outlets == 3


@pytest.mark.parametrize("text", ["", " \n"])
def test_no_text_is_refused(archive: Index, text: str) -> None:
    with pytest.raises(InvalidArticleError):
        archive.check(text)


def test_a_draft_of_a_megabyte_is_refused(archive: Index) -> None:
    with pytest.raises(DraftTooLongError):
        archive.check("word " * 200_000)


QUOTED = "“We will not sell the harbour to anybody before the 12 cranes are paid for,”"


@pytest.mark.parametrize(
    ("draft", "quotations"),
    [
        pytest.param("“" + "we will not sell the harbour " * 3_300, 0, id="endless"),
        pytest.param("“" + "we will not sell the harbour " * 60 + "”", 1, id="long"),
        pytest.param("“" * 5_000 + QUOTED, 2, id="marks that open"),
        pytest.param("'\"‘“«„" * 833 + f"\n\n{QUOTED}", 1, id="marks of all kinds"),
        pytest.param(f"{QUOTED} " * 1_250, 300, id="2,500 marks of quotations"),
        pytest.param("\u202e\u2067" + f"قال الوزير {QUOTED} אמר השר " * 10, 10, id="right-to-left"),
        pytest.param("“" + "we [will] … not " * 90 + "”", 1, id="ellipses and brackets"),
    ],
)
def test_a_hostile_draft_is_answered_in_time(archive: Index, draft: str, quotations: int) -> None:
    started = time.process_time()  # whatever else the machine does
    found = archive.check(draft).quotations
    assert time.process_time() - started < 5
    assert len(found) == quotations
    assert all(draft[one.start : one.end] == one.text for one in found)


def test_few_words_are_kept_and_the_answer_is_the_same(
    archive: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = f"{QUOTED} “a present for people who seldom set foot on a quay” {QUOTED}\n\n{SPEECH}"
    whole = archive.check(draft)
    looked_through: list[Archive] = []

    class Watched(Archive):
        def __init__(self, library: Library, snapshot: Snapshot) -> None:
            super().__init__(library, snapshot)
            looked_through.append(self)

    monkeypatch.setattr(checker, "Archive", Watched)
    most = len(words_of(SPEECH)) + 10
    monkeypatch.setattr(matching, "_KEPT_WORDS", most)
    assert replace(archive.check(draft), took_ms=whole.took_ms) == whole
    kept = looked_through[0]._words.values()
    assert 0 < sum(map(len, kept)) <= most


def test_rules_in_a_draft_are_no_front_matter(archive: Index) -> None:
    ruled = f"---\n{SPEECH}\n\n---\nThe end."
    assert len(archive.check(ruled).quotations) == 3
    headed = "---\n# of the desk\ntitle: “We will not sell the harbour to anybody”\n---\nThe end."
    found = archive.check(headed)
    assert (found.quotations, len(found.notes)) == ((), 1)


def test_markdown_keeps_words_as_they_are(archive: Index) -> None:
    text = (
        "“We will not sell the my_harbour to anybody before the 12 cranes are paid for,” he said."
    )
    written = markdown(archive.check(text))
    assert "my_harbour to anybody" in written
    assert "may stand elsewhere" in written


def test_markdown_says_what_was_added_and_what_was_left_out(archive: Index) -> None:
    added = "“We will never not sell the harbour to anybody before the 12 cranes are paid for”"
    assert "“never” added" in markdown(archive.check(added))
    left = "“We will not sell harbour to anybody before the 12 cranes are paid for”"
    assert "“the” left out" in markdown(archive.check(left))
