"""Results show themselves: as HTML in a notebook, with no text as markup, and as text elsewhere."""

import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

import semsearch
from semsearch.index import Index
from semsearch.model.article import Provider
from semsearch.model.search import Confidence
from semsearch.model.tabular import Shown
from semsearch.model.watch import WatchSpec
from tests.support.articles import make_article
from tests.support.coverage import report
from tests.support.indexes import filled_index
from tests.support.markup import Markup
from tests.unit.web.samples import hostile, plain

EVIL = '<script>alert("x")</script><img src=x onerror=y>\x1b[31m'
NO_PAGE = ("0 main headings",)
TAGS = set(
    "div p b br ol ul li a code blockquote small svg title rect mark table thead tbody tr th td i "
    "del ins figure path g text circle line style".split()
)


@pytest.fixture(scope="module")
def index() -> Iterator[Index]:
    with filled_index(dimension=512) as opened:
        opened.add_watch(WatchSpec(name=EVIL[:40], question="ferry", min_confidence=Confidence.LOW))
        opened.add([report("a", "strike"), report("b", "strike"), report("c", "strike", "by c")])
        evil = replace(
            make_article("evil", EVIL, body=f"The ferry waits in the harbour. {EVIL}"),
            provider=Provider(EVIL, ""),
            url="javascript:alert(1)",
        )
        opened.add([evil])
        yield opened


def results(index: Index) -> dict[str, Shown]:
    group = index.groups().groups[0]
    story = index.stories().stories[0]
    return {
        "answer": index.search("ferry in the harbour"),
        "nothing": index.search("ferry", provider=["nobody.example"]),
        "similar": index.similar("a", k=3),
        "group": index.group(group.id),
        "groups": index.groups(),
        "found": index.duplicates("a"),
        "story": index.story(story.id),
        "stories": index.stories(),
        "relation": index.relate("a", "b"),
        "relations": index.relate_pairs([("a", "b")]),
        "check": index.check(f"“The ferry waits in the harbour of Lisk,” said Jon Vey. {EVIL}"),
        "alerts": index.alerts(),
        "article": index.get("evil"),
        "outlets": index.providers(),
        "topics": index.topics(),
        "comparison": plain(),
        "hostile": hostile(),
    }


NAMES = (
    "answer nothing similar group groups found story stories relation relations check alerts "
    "article outlets topics comparison hostile"
).split()


@pytest.mark.parametrize("name", NAMES)
def test_every_result_shows_itself_and_no_text_is_markup(index: Index, name: str) -> None:
    result = results(index)[name]
    shown = Markup(result._repr_html_())
    faults = [one for one in shown.faults if one not in NO_PAGE and "has style" not in one]
    assert not faults
    assert {tag for tag, _ in shown.elements} <= TAGS
    links = [attributes["href"] for tag, attributes in shown.elements if tag == "a"]
    assert all(link.startswith(("http://", "https://")) for link in links)
    assert "\x1b" not in shown.text + str(result)
    assert str(result)
    assert "<table" not in str(result)


def test_an_answer_marks_what_answers(index: Index) -> None:
    shown = index.search("ferry in the harbour")._repr_html_()
    assert "<mark>ferry</mark>" in shown
    assert re.search(r"<small>body\[\d+:\d+\]</small>", shown)
    assert "&lt;script&gt;" in shown


def test_a_group_shows_who_has_the_text_from_whom(index: Index) -> None:
    shown = Markup(results(index)["group"]._repr_html_())
    assert "articles with the same text" in shown.text
    assert "The same text as" in shown.text or "A copy of" in shown.text


def test_a_comparison_shows_facts_pictures_and_what_only_one_has(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = plain()
    shown = found._repr_html_()
    assert "Shared facts" in shown
    assert shown.count("<figure>") >= 1
    assert str(found).startswith("# ")
    monkeypatch.setitem(sys.modules, "altair", None)
    assert "pip install &#39;semsearch[plots]&#39;" in found._repr_html_()


def test_a_long_list_says_what_is_not_shown(index: Index) -> None:
    answer = index.search("ferry strike")
    many = replace(answer, hits=answer.hits * 6)
    assert "more hits; to_arrow() has them all." in many._repr_html_()


class Printer:
    """What IPython prints with."""

    def __init__(self) -> None:
        self.printed = ""

    def text(self, text: str) -> None:
        self.printed += text


def test_ipython_prints_text(index: Index) -> None:
    printer: Any = Printer()
    answer = index.search("ferry")
    answer._repr_pretty_(printer, cycle=False)
    assert printer.printed == str(answer)
    assert isinstance(answer, semsearch.SearchResults)
    assert repr(answer).startswith("SearchResults(")
