"""What readers do not see is no word, and the words stand where they stood."""

import pytest

from semsearch.model.article import Article, Field
from semsearch.text.passages import split_article
from semsearch.text.shingles import article_words
from semsearch.text.tokens import indexed_text, spellings, visible, words

BRACKETS = str.maketrans("", "", "[]")  # around the text of a link
PLAIN = "Pilots of the harbour authority don’t block Marks & Vane ships"


@pytest.mark.parametrize(
    "text",
    [
        "Pil\u00adots of the har\u00adbour auth\u00ador\u00adity don’t block Marks & Vane ships",
        ("Pil\u200bots of the har\u200cbour auth\u200dor\u2060ity don’t block Marks &"
         " Va\ufeffne ships"),
        "Pil&shy;ots of the har&shy;bour authority don’t block Marks & Vane ships",
        "Pil&amp;shy;ots of the harbour authority don&#8217;t block Marks &amp; Vane ships",
        "Pilots of the harbour authority don&amp;#8217;t block Marks &amp;amp; Vane ships",
        "Pilots of the harbour authority don&#x2019;t block Marks &#38; Vane&nbsp;ships",
        "Pilots&nbsp;of&nbsp;the&nbsp;harbour&#160;authority don&rsquo;t block Marks & Vane ships",
        "<p class='x'>Pilots</p> of <b>the</b> harbour authority don’t block Marks & Vane ships",
        "&lt;p&gt;Pilots&lt;/p&gt; of the harbour authority don’t block Marks & Vane ships",
        "&amp;lt;p&amp;gt;Pilots of the harbour authority don’t block Marks & Vane ships",
        ("&lt;script&gt;track(visitor)&lt;/script&gt; Pilots of the harbour authority don’t block"
         " Marks & Vane ships"),
        ('[Pilots](https://a.example/walkout_(port)) of the [harbour authority](/x "About it")'
         " don’t block Marks & Vane ships"),
        ("![](data:image/png;base64,iVBORw0KGgo+/A=) Pilots of the harbour authority don’t block"
         " Marks & Vane ships"),
        ("Pilots of the harbour authority don’t block Marks & Vane ships"
         ' <img src="data:image/png;base64,iVBORw0KGgo">'),
        '[mc4wp_form id="3"] Pilots of the harbour authority don’t block Marks & Vane ships',
        *(
            f"Pilots of the harbour authority {target} don’t block Marks & Vane ships"
            for target in [
                *("![](DATA:image/png;base64,iVBOR)", "data:image/png;base64, iVBORw0KGgo="),
                f"data:image/png;base64,iVBOR\n{'iVBORw0KGgo' * 6}\n{'iVBORw0KGgo' * 6}",
                *("![](attachment:a.png)", "![](blob:https://a.example/1)", "![](cid:part1)"),
                *("![](img/a.png)", "![](a.jpg)"),
            ]
        ),
        "Pilots of the harbour authority don’t block Marks & Vane ships\n\n[1]: https://a.example/x",
        *(
            f"Pil{sign}ots of the har{sign}bour authority don’t block Marks & Va{sign}ne ships"
            for sign in [
                *"\x08\x7f\x9d\u034f\u061c\u115f\u180e\u200e\u202c\u2063\u2069\u3164\ufe0f\uffa0",
                *("\U000e0041", "&lrm;", "&#8203;", "&amp;#x200b;", "&ZeroWidthSpace;", "&#173;"),
                *("<wbr>", "<wbr />", "&lt;wbr&gt;", "<b></b>", "<!-- x -->", "<em><i>"),
            ]
        ),
        "<b>P</b>ilots of <i>the</i><br>harbour authority don’t block Marks & Vane ships",
        "<span>Pilots</span><span>of</span> the harbour authority don’t block Marks & Vane ships",
        "&#60;p&#62;Pilots of the harbour authority&#x3C;br&#x3E;don’t block Marks & Vane ships",
        "&LT;p&GT;Pilots&amp;amp;nbsp;of the harbour authority don’t block Marks &amp Vane ships",
        "<![CDATA[Pilots of the harbour&nbsp authority don’t block Marks & Vane ships]]>",
        "\\n\\nPilots of the harbour authority don’t block Marks\\r\\n& Vane_x000D_\nships",
    ],
)  # fmt: skip
def test_what_is_not_seen_is_no_word(text: str) -> None:
    expected = [word.term for word in words(PLAIN)]
    found = words(text)
    assert [word.term for word in found] == expected
    for word, plain in zip(found, words(PLAIN), strict=True):
        shown = visible(text[word.start : word.end]).text
        assert shown == PLAIN[plain.start : plain.end]
    assert spellings(text) == spellings(PLAIN)
    assert indexed_text(text).translate(BRACKETS).split() == PLAIN.split()
    assert article_words(Article("a", "T", body=text)).hashes.tolist() == (
        article_words(Article("a", "T", body=PLAIN)).hashes.tolist()
    )
    (passage,) = (
        piece.text
        for piece in split_article(Article("a", "", body=text), lambda t: [9] * len(t), 50, 1)
        if piece.passage.field is Field.BODY
    )
    assert passage.translate(BRACKETS) == PLAIN


@pytest.mark.parametrize(
    "text",
    [
        *(
            "[sic] the minister (a former pilot)",
            "AT&T and R&D; a < b, c > d",
            "C:\\news, \\nu",
            "data: none yet",
        ),
        *("Terms [see below](not a link)", "Fish &chips; &unknown; 5 & 6", "x [y] (z)", "", " "),
    ],
)
def test_what_is_seen_stays(text: str) -> None:
    assert visible(text).text == text


def test_every_character_knows_where_it_stood() -> None:
    text = "a&amp;b \u00adc<b>d</b>&nbsp;e"
    seen = visible(text)
    assert seen.text == "a&b cd  e"
    assert seen.starts is not None
    assert seen.ends is not None
    assert len(seen.text) == len(seen.starts) == len(seen.ends)
    for place, letter in enumerate(seen.text):
        part = text[slice(*seen.span(place, place + 1))]
        assert visible(part).text in (letter, part)
    assert list(seen.starts) == sorted(seen.starts)
    assert text[slice(*seen.span(0, 3))] == "a&amp;b"


def test_a_picture_makes_no_passage_and_no_language() -> None:
    picture = f"![](data:image/jpeg;base64,{'iVBORw0KGgoAAAANSUhEUgAA' * 2_000})"
    article = Article("a", "T", body=f"{picture}\n\nThe port reopened on Tuesday.")
    bodies = [
        piece
        for piece in split_article(article, lambda t: [len(one) // 4 for one in t], 200, 1)
        if piece.passage.field is Field.BODY
    ]
    assert [piece.text for piece in bodies] == ["The port reopened on Tuesday."]


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("İstinye", "istinye"),
        ("İSTANBUL", "istanbul"),
        ("العبّارة", "العبارة"),
        ("عَبَّارَة", "عبارة"),
        ("كثيرًا", "كثيرا"),
        ("أبريل", "ابريل"),
        ("إلى", "الي"),
        ("علــى", "على"),
        ("کتاب", "كتاب"),
        ("٢١٢", "212"),
        ("۱۴۰۳", "1403"),
        ("שָׁלוֹם", "שלום"),
    ],
)
def test_forms_of_one_word_are_one_word(written: str, asked: str) -> None:
    assert [word.term for word in words(written)] == [word.term for word in words(asked)]
    (word,) = words(f"({written})")
    last = len(written.rstrip("\u064b\u064e\u0650"))
    assert (word.start, word.end) in {(1, 1 + len(written)), (1, 1 + last)}
    assert spellings(written) == spellings(asked)


@pytest.mark.parametrize("text", ["שלום־עולם", "قال: «نعم»، ثم لا؟", "صفحة ١٢٬٥"])
def test_signs_between_words_part_them(text: str) -> None:
    assert len(words(text)) == len(text.replace("־", " ").split()) + ("٬" in text)
