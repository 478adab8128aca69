"""Reports hold what a comparison says, and nothing in a text gets out of its place."""

import csv
import io
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from semsearch.export.formatting import lag, percent, precision, web_address
from semsearch.export.markdown import markdown
from semsearch.export.plain import escaped
from semsearch.model.article import Basis
from semsearch.model.comparison import ClaimEvidence, Precision, Upstream
from semsearch.web import plots
from semsearch.web.exports import csv_table, html
from tests.support.markup import Markup
from tests.unit.compare.samples import STOPPAGE, STRIKE, article
from tests.unit.web.samples import HOSTILE, compared, hostile, plain

PLAIN = plain()


def text_of(page: str) -> str:
    """The text of a page, all of whose elements are closed."""
    read = Markup(page)
    assert not [fault for fault in read.faults if "closed" in fault]
    return " ".join(read.text.split())


def with_everything() -> Any:
    """A comparison in which no part is empty."""
    blocks: dict[str, Any] = {"basis": Basis.FULL, "method": "", "evidence": ClaimEvidence()}
    return replace(
        PLAIN, common_upstream=(Upstream("Lisk Wire", ("ledger.example",), (), **blocks),)
    )


def test_a_page_stands_alone() -> None:
    page = Markup(html(with_everything()))
    assert len(page.all("svg")) == 2
    assert not {"script", "link", "img", "iframe", "object"} & page.tags
    for name, value in (one for _, said in page.elements for one in said.items()):
        assert name not in ("src", "srcset", "data")
        assert not name.startswith("on")
        assert name == "xmlns" or name.startswith("xmlns:") or "http" not in value


@pytest.mark.parametrize("render", [lambda found: text_of(html(found)), markdown])
def test_what_is_found_is_shown(render: Any) -> None:
    found = with_everything()
    shown = render(found)
    for view in found.providers:
        assert view.name in shown
    for fact in found.shared_facts:
        for one in fact.sentences:
            text = one.sentence.text
            assert text in shown or escaped(text) in shown.replace("**", "")
    for part in ("Lisk Wire", "labour", "not found here"):
        assert part in shown
    assert "Every sentence" in shown
    assert "Every sentence" not in render(replace(found, sentences=None))


def test_a_column_per_provider_and_a_row_per_fact() -> None:
    text = html(PLAIN)
    table = text[text.index('<table class="facts">') :]
    table = table[: table.index("</table>")]
    assert table.count("<tr>") == len(PLAIN.shared_facts) + 1
    assert table.count("<th") - table.count("<thead") == len(PLAIN.providers) + 1
    assert '<mark class="only">' in table
    assert 'class="badge full"' in table


def test_many_providers_stand_in_tables_that_fit_a_page() -> None:
    found = compared([article(f"o{n}", (STRIKE, STOPPAGE)[n % 2], hours=n) for n in range(15)], ())
    text = html(found)
    tables = [part.partition("</table>")[0] for part in text.split("<table")[1:]]
    assert max(part.partition("</thead>")[0].count("<th") for part in tables) <= 6 + 2
    facts = [part for part in tables if part.startswith(' class="facts"')]
    assert len(facts) == 3
    shown = text_of(text)
    for view in found.providers:
        assert view.name in shown
    stated = sum(len(one.providers) for fact in found.shared_facts for one in fact.sentences)
    cells = sum(part.count("<td>") for part in facts)
    assert cells == stated


def test_hostile_texts_stay_texts() -> None:
    found = hostile()
    page = Markup(html(found))
    assert not {"script", "a"} & page.tags
    assert '<script>alert("x")</script>' in page.text
    for shown in (html(found), markdown(found), csv_table(found)):
        assert "\x1b" not in shown
        assert "\u202e" not in shown
    assert "<script>" not in html(found)
    rendered = Markup(MarkdownIt("gfm-like", {"linkify": False}).render(markdown(found)))
    assert not {"a", "del", "em", "img", "script"} & set(rendered.tags)


def test_plots_escape_names() -> None:
    found = hostile()
    assert plots.timeline(found) == ""
    drawn = plots.frames(found)
    assert drawn.startswith("<svg")
    assert "<script>" not in drawn
    unassigned = tuple(
        replace(view, frames=replace(view.frames, counts=())) for view in PLAIN.providers
    )
    assert plots.frames(replace(PLAIN, providers=unassigned)) == ""


def test_a_sheet_has_a_row_per_aligned_sentence() -> None:
    rows = list(csv.DictReader(io.StringIO(csv_table(PLAIN))))
    expected = [
        (str(number), provider, one.sentence.text)
        for number, fact in enumerate(PLAIN.shared_facts, start=1)
        for one in fact.sentences
        for provider in one.providers
    ]
    assert [(row["fact"], row["provider"], row["sentence"]) for row in rows] == expected
    assert {"copy.example", "ledger.example"} <= {row["provider"] for row in rows}


def test_no_cell_is_a_formula() -> None:
    found = hostile()
    fact = found.shared_facts[0]
    one = fact.sentences[0]
    span = replace(one.sentence, text="=HYPERLINK(1)")
    fact = replace(fact, sentences=(replace(one, sentence=span),))
    (row,) = csv.DictReader(io.StringIO(csv_table(replace(found, shared_facts=(fact,)))))
    assert row["sentence"] == "'=HYPERLINK(1)"


def test_markdown_of_hostile_text_is_one_line_without_marks() -> None:
    assert escaped("# a\n\n*b* <i>") == r"\# a \*b\* \<i>"
    assert escaped("1. one") == r"1\. one"
    assert "\n" not in escaped(HOSTILE)


@pytest.mark.parametrize(
    "text",
    [
        "4.5 percent (non-binding) offer, from $4 to $6!",
        "2024-03-05: AT&T and snake_case win {again} + more",
        "-5 degrees",
    ],
)
def test_markdown_leaves_plain_text_alone(text: str) -> None:
    assert escaped(text) == text


@given(st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")) | st.just(" ")))
@example("1. x")
@example("__init__ `a` ~~b~~ &amp; <b> # [x](y) ![z](w) #")
@example("> quoted")
@example("- item")
@example("---")
def test_markdown_shows_a_text_as_it_is(text: str) -> None:
    line = " ".join(text.split())
    for before, after in (("", ""), ("- ", ""), ("# ", ""), ("| a |\n|---|\n| ", " |")):
        document = MarkdownIt("gfm-like", {"linkify": False}).render(before + escaped(text) + after)
        shown = text_of(document)
        assert shown == " ".join(f"{'a ' if after else ''}{line}".split())


def test_words_for_figures() -> None:
    assert [lag(hours) for hours in (-5.0, -96.0)] == ["-5.0 h", "-4 d"]
    assert [lag(hours) for hours in (None, 0.0, 1.25, 96.0)] == [
        "date unknown",
        "first",
        "+1.2 h",
        "+4 d",
    ]
    assert (percent(None), percent(0.256)) == ("–", "26%")
    known = ClaimEvidence(Precision(0.9558, (0.9138, 0.9906), 113, "claims"))
    assert precision(known) == "precision 0.96 (0.91-0.99), 113 claims"
    for url in ("javascript:alert(1)", "data:text/html,x", "http://[", "", "//x.example"):
        assert web_address(url) == ""
    assert web_address("https://x.example/a") == "https://x.example/a"
