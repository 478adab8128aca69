"""Words and phrases of Chinese, Japanese, Thai and Korean are found, and nothing denies them."""

from collections.abc import Iterator
from itertools import pairwise

import pytest
from tantivy import TextAnalyzerBuilder, Tokenizer

from semsearch.index import Index
from semsearch.model.search import Mode, Query
from semsearch.text.tokens import Visible
from tests.support.articles import make_article
from tests.support.encoder import HashingEncoder
from tests.support.indexes import fast_folder, filled_index, ids, open_index

TEXTS = {
    "ja": ("港でストライキ始まる", "組合は五パーセントの賃上げを求めている。"),
    "zh": ("水库将放空维修", "阿德尔水库将在7月放空，以便维修闸门。"),
    "th": ("น้ำท่วมถนนสายหลัก", "น้ำท่วมถนนสายหลักของเมืองในวันจันทร์ ตำรวจปิดการจราจร"),
    "ko": ("시의회 재산세 인상", "시의회는 재산세를 인상하기로 결정했다."),
    "hi": ("बाढ़ से सड़क बंद", "हिन्दी में लिखी खबर।"),
    "el": ("Απεργία στο λιμάνι", "ＡＢＣ社 in the Straße"),
    "he": ("שביתה בנמל", 'ארה"ב הגיבה'),
    "en": ("Strike at the port", "The union wants five per cent more from 7 July."),
}


@pytest.fixture(scope="module")
def index() -> Iterator[Index]:
    with filled_index() as opened:
        opened.add(make_article(name, title, body=body) for name, (title, body) in TEXTS.items())
        opened.add(make_article(f"other{n}", "Council meets", body="A vote.") for n in range(5))
        yield opened


WORDS = [
    ("ストライキ", "ja"),
    ("賃上げ", "ja"),
    ("港", "ja"),
    ("水库", "zh"),
    ("闸门维修", "zh"),
    ("ถนน", "th"),
    ("ตำรวจ", "th"),
    ("재산세", "ko"),
    ("인상하기로", "ko"),
    ("시의회", "ko"),
    ("हिन्दी", "hi"),
    ("सड़क", "hi"),
]


@pytest.mark.parametrize(("word", "article"), WORDS)
def test_a_word_is_found(index: Index, word: str, article: str) -> None:
    found = index.search(Query(word, mode=Mode.LEXICAL))
    assert ids(found)[0] == article
    assert not [note for note in found.query.interpreted.notes if "No article" in note]


@pytest.mark.parametrize(
    ("phrase", "article"),
    [
        ("ストライキ", "ja"),
        ("五パーセント", "ja"),
        ("放空维修", "zh"),
        ("7月放空", "zh"),
        ("ถนนสายหลัก", "th"),
        ("재산세를 인상", "ko"),
        ("सड़क बंद", "hi"),
        ("ABC社", "el"),
        ("STRASSE", "el"),
        ("ΑΠΕΡΓΊΑ ΣΤΟ ΛΙΜΆΝΙ", "el"),
    ],
)
def test_a_phrase_is_found(index: Index, phrase: str, article: str) -> None:
    assert ids(index.search(Query(f'"{phrase}"'))) == [article]


@pytest.mark.parametrize(
    ("word", "article", "notes"),
    [
        ("ΑΠΕΡΓΙΑ", "el", ('Read "ΑΠΕΡΓΙΑ" as "απεργία".',)),
        ('ארה"ב', "he", ()),
    ],
)
def test_marks_that_many_leave_out_hide_no_word(
    index: Index, word: str, article: str, notes: tuple[str, ...]
) -> None:
    found = index.search(Query(word, mode=Mode.LEXICAL))
    assert ids(found)[0] == article
    assert found.query.interpreted.notes == notes


@pytest.mark.parametrize("phrase", ["ライキスト", "空放维修", "月放库", "หลักสายถนน"])
def test_what_stands_nowhere_is_said_to(index: Index, phrase: str) -> None:
    (note,) = index.search(Query(f'"{phrase}"')).query.interpreted.notes
    assert note.startswith("No article holds")


@pytest.mark.parametrize(("word", "article"), WORDS)
def test_what_is_marked_is_the_word(index: Index, word: str, article: str) -> None:
    del article
    passage = index.search(Query(word, mode=Mode.LEXICAL)).hits[0].passage
    marked = [passage.text[start:end] for start, end in passage.highlights]
    spans = list(passage.highlights)
    assert all(a[1] <= b[0] for a, b in pairwise(spans))
    assert set("".join(marked)) <= set(word)


def test_points_and_forms_of_an_index_made_before_are_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def asked(opened: Index, question: str) -> tuple[list[str], int]:
        found = opened.search(Query(question, mode=Mode.LEXICAL))
        notes = [note for note in found.query.interpreted.notes if "rebuild" in note]
        return ids(found), len(notes)

    with fast_folder() as folder, monkeypatch.context() as old:
        old.setattr("semsearch.store.local.lexical.indexed_text", lambda text: text)
        old.setattr("semsearch.store.local.lexical.visible", Visible)
        opened = open_index(folder / "index", HashingEncoder())
        opened.add([make_article("ar", "أبريل", body="جنحت العبّارة في ٢١ أبريل.")])
        opened.add([make_article("en", "Ferry", body="A ferry ran aground in April.")])
        assert asked(opened, "ابريل")[1] == 1
        assert asked(opened, "April") == (["en"], 0)
        old.undo()
        opened.rebuild()
        for phrase in ("في ٢١ أبريل", "في 21 ابريل", "جنحت العبارة"):
            (note,) = opened.search(f'"{phrase}"').query.interpreted.notes
            assert note == f'Every answer holds "{phrase}".'
        for question in ("أبريل", "ابريل", "العبارة", "عبّارة العبّارة", "21", "٢١"):
            assert asked(opened, question) == (["ar"], 0)
        opened.close()


def test_an_index_made_before_says_what_to_do(
    index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    def notes(opened: Index) -> list[str]:
        found = opened.search(Query("水库", mode=Mode.LEXICAL)).query.interpreted.notes
        return [note for note in found if "rebuild" in note]

    assert notes(index) == []
    with fast_folder() as folder, monkeypatch.context() as old:
        # 0.1.0 took a line without blanks as one word.
        simple = TextAnalyzerBuilder(Tokenizer.simple()).build()
        old.setattr("semsearch.store.local.lexical.indexed_text", lambda text: text)
        old.setattr("semsearch.store.local.lexical.ANALYZER", simple)
        old.setattr("semsearch.store.local.lexical.AS_WRITTEN", simple)
        opened = open_index(folder / "index", HashingEncoder())
        opened.add([make_article("zh", *TEXTS["zh"][:1], body=TEXTS["zh"][1])])
        assert len(notes(opened)) == 1
        old.undo()
        opened.rebuild()
        assert notes(opened) == []
        assert ids(opened.search(Query("水库", mode=Mode.LEXICAL))) == ["zh"]
        opened.close()
