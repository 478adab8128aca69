import time

import pytest

from semsearch.text.boilerplate import MarkKind, marks, masked


@pytest.mark.parametrize(
    ("text", "marked", "kind"),
    [
        pytest.param("The <b>ferry</b>", ["<b>", "</b>"], MarkKind.HTML, id="tags"),
        pytest.param(
            'A<br />B<img src="x.png">', ["<br />", '<img src="x.png">'], "html", id="void"
        ),
        pytest.param("A <!-- hidden\nnote --> B", ["<!-- hidden\nnote -->"], "html", id="comment"),
        pytest.param(
            "A <script>if (a < b) {}</SCRIPT > B",
            ["<script>if (a < b) {}</SCRIPT >"],
            MarkKind.HTML,
            id="script-with-its-code",
        ),
        pytest.param("<style>p {}</style>A", ["<style>p {}</style>"], "html", id="style"),
        pytest.param(
            "<script src=x> A <style>p {}</style> B",
            ["<script src=x>", "<style>p {}</style>"],
            MarkKind.HTML,
            id="style-after-a-script-left-open",
        ),
        pytest.param('[mc4wp_form id=""] A', ['[mc4wp_form id=""]'], "shortcode", id="underscore"),
        pytest.param("[gallery] A", ["[gallery]"], MarkKind.SHORTCODE, id="known-name"),
        pytest.param(
            "[caption width=9]A pier[/caption]",
            ["[caption width=9]", "[/caption]"],
            MarkKind.SHORTCODE,
            id="both-ends-but-not-the-text-between",
        ),
        pytest.param("[poll id=3] A", ["[poll id=3]"], MarkKind.SHORTCODE, id="attributes"),
        pytest.param(
            'A {{< figure src="x" >}} B', ['{{< figure src="x" >}}'], "shortcode", id="hugo"
        ),
        pytest.param(
            "{% include x.html %}A {{ b }}",
            ["{% include x.html %}", "{{ b }}"],
            "shortcode",
            id="liquid",
        ),
        pytest.param("A\nALSO READ: B\nC", ["ALSO READ: B"], MarkKind.ALSO_READ, id="also-read"),
        pytest.param("  Read more | B", ["  Read more | B"], MarkKind.ALSO_READ, id="read-more"),
        pytest.param("Related stories – B", ["Related stories – B"], "also_read", id="related"),
        pytest.param("A\nShare this story\n", ["Share this story"], MarkKind.SHARE, id="share"),
        pytest.param("Advertisement\nA", ["Advertisement"], MarkKind.SHARE, id="advertisement"),
        pytest.param("It sailed. (ANI)\nMore", ["(ANI)"], MarkKind.CREDIT, id="agency-at-line-end"),
        pytest.param("It sailed. (QQX) ", ["(QQX) "], MarkKind.CREDIT, id="initials-at-line-end"),
        pytest.param("A\n-- Reuters\nB", ["-- Reuters"], MarkKind.CREDIT, id="credit-line"),
        pytest.param("A. (AFP)\r\nB", ["(AFP)\r"], MarkKind.CREDIT, id="credit-before-crlf"),
        pytest.param("A\r\nPA Media\r\nB", ["PA Media\r"], MarkKind.CREDIT, id="line-before-crlf"),
    ],
)
def test_what_is_not_the_article_is_marked(text: str, marked: list[str], kind: str) -> None:
    found = marks(text)
    assert [text[mark.start : mark.end] for mark in found] == marked
    assert {mark.kind for mark in found} == {MarkKind(kind)}


@pytest.mark.parametrize(
    "text",
    [
        "He said it was “relly [sic] bad”.",
        "She told [the minister] to wait.",
        "[Updated] The ferry sails.",
        "The ferry [a steamer, once] sails [ ] and [1].",
        "If a < b and c > d, then x <3 y.",
        "The <script of the play was lost.",
        "We also read the report: it was long.",
        "Related work is hard.",
        "They share this view of the harbour.",
        "Reuters said the ferry sailed.",
        "The ferry (ANI) sailed.",
        "The ferry sailed (soon).",
        "",
    ],
)
def test_what_belongs_to_the_article_is_not_marked(text: str) -> None:
    assert marks(text) == ()
    assert masked(text) == text


def test_marks_that_overlap_are_one() -> None:
    text = "Share this [share_bar id=1]\nAlso read: <a href=x>B</a>\nC"
    found = [(text[mark.start : mark.end], mark.kind) for mark in marks(text)]
    assert found == [
        ("Share this [share_bar id=1]", MarkKind.SHARE),
        ("Also read: <a href=x>B</a>", MarkKind.ALSO_READ),
    ]


def test_a_mark_that_reaches_further_grows_the_one_before() -> None:
    text = "<b\nAdvertisement> offer\nC"
    (only,) = marks(text)
    assert (text[only.start : only.end], only.kind) == ("<b\nAdvertisement> offer", MarkKind.HTML)


def test_masking_keeps_length_offsets_and_line_breaks() -> None:
    text = "The <b\nid=1>ferry</b> sails. (ANI)\nALSO READ: Storm\n\nIt is back. [gallery ids=1]"
    clean = masked(text)
    assert clean == (
        "The   \n     ferry     sails.      \n                \n\nIt is back.                "
    )
    assert len(clean) == len(text)
    assert clean.index("ferry") == text.index("ferry")


HOSTILE = {
    "script-left-open": "<script" * 100_000,
    "script-never-closed": "<script>" * 100_000,
    "closing-tags-left-open": "<script>" + ("</script" + " " * 1_000) * 500,
    "angle-brackets": "<" * 10**6,
    "comments-left-open": "<!--" * 10**5,
    "dashes-in-a-comment": "<!--" + "-" * 10**6,
    "shortcodes-left-open": "[a_" * 10**5,
    "shortcode-blanks": ("[embed" + " " * 1_000) * 500,
    "shortcode-name": "[a" + "-" * 10**6,
    "credits-left-open": "(A" * 10**5,
    "blanks": " " * 10**6,
    "lines-of-blanks": (" " * 1_000 + "\n") * 1_000 + "x",
    "line-breaks": "\n" * 10**6,
    "share-lines": "share this " * 10**5,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_megabyte_made_to_be_slow_is_not(text: str) -> None:
    started = time.process_time()
    assert len(masked(text)) == len(text)
    assert time.process_time() - started < 2
