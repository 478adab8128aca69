"""Stories, a story, duplicates and differences as pages, over HTTP."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import httpx
import pytest

from semsearch.api.app import create_app
from semsearch.index import Index
from semsearch.model.article import Provider
from semsearch.model.clusters import CoverageQuery
from semsearch.relate import stories
from semsearch.web import site
from tests.support.articles import make_article
from tests.support.coverage import report, text_of
from tests.support.encoder import HashingEncoder
from tests.support.indexes import open_index
from tests.support.markup import Markup
from tests.support.server import serving

BROWSER = {"Accept": "text/html"}
EVIL = '<script>alert("x")</script><b onclick=x>'


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    """Three copies and another text on a strike, two copies on a ferry, and a hostile pair."""
    opened = open_index(tmp_path_factory.mktemp("pages") / "index", HashingEncoder(dimension=512))
    evil = Provider(EVIL, "evil.example")
    opened.add(
        [
            report("a", "strike"),
            report("b", "strike"),
            report("c/with slash?", "strike"),
            report("d", "strike", "told by d"),
            report("f", "ferry"),
            report("g", "ferry"),
            report("h", "otter"),
            report("x", "cod", title=EVIL, provider=evil, url="javascript:alert(1)"),
            report("y", "cod", "told", title=f"{EVIL} again", published=None),
        ]
    )
    return opened


@pytest.fixture(scope="module")
def reader(index: Index) -> Iterator[httpx.Client]:
    app = create_app(index, pages=[site.router])
    app.add_middleware(site.ProblemPages)
    with serving(app) as client:
        client.headers.update(BROWSER)
        yield client


@pytest.fixture(scope="module")
def strike(index: Index) -> str:
    """The id of the story of four articles."""
    return index.stories(CoverageQuery(min_size=4)).stories[0].id


@pytest.fixture(scope="module")
def copies(index: Index) -> str:
    """The id of the group of three."""
    return index.groups(CoverageQuery(min_size=3)).groups[0].id


def sound(answer: httpx.Response, status: int = 200) -> Markup:
    assert answer.status_code == status
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    assert len(answer.content) < 150_000
    page = Markup(answer.text)
    assert page.faults == []
    assert {"header", "nav", "main", "footer"} <= {tag for tag, _ in page.elements}
    return page


def test_stories_are_listed_with_their_figures(reader: httpx.Client, strike: str) -> None:
    page = sound(reader.get("/stories"))
    assert f"/stories/{strike}" in page.links()
    assert "4 articles · 2 independent texts · 4 outlets" in " ".join(page.text.split())
    assert "3 stories" in page.text


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("provider=&from=&to=&size=&sort=", 3),
        ("size=4", 1),
        ("provider=f.example", 1),
        ("from=2024-03-01&to=2024-03-31", 3),
        ("from=2030-01-01", 0),
        ("sort=recent", 3),
    ],
)
def test_stories_are_filtered(reader: httpx.Client, query: str, number: int) -> None:
    page = sound(reader.get(f"/stories?{query}"))
    shown = {link for link in page.links() if link.startswith("/stories/")}
    assert len(shown) == number
    assert ("No story matches." in page.text) == (number == 0)


@pytest.mark.parametrize("path", ["/stories", "/duplicates"])
@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("from=2024-05-01&to=2024-01-01", "The period ends before it begins"),
        ("from=soon", "soon"),
        ("size=many", "whole number"),
        ("sort=beauty", "order"),
        ("page=zzz", "page token"),
    ],
)
def test_a_filter_that_cannot_be_read_is_said_beside_the_form(
    reader: httpx.Client, path: str, query: str, said: str
) -> None:
    page = sound(reader.get(f"{path}?{query}"), 422)
    (alert,) = [given for _, given in page.elements if given.get("role") == "alert"]
    assert alert["class"] == "problem"
    assert said in page.text
    assert page.all("form")


def test_a_list_goes_on_over_pages(tmp_path: Path) -> None:
    opened = open_index(tmp_path / "index", HashingEncoder(dimension=512))
    events = [f"event {number}" for number in range(23)]
    opened.add([report(f"{event} {n}", event) for event in events for n in "ab"])
    with serving(create_app(opened, pages=[site.router])) as client:
        for path in ("/stories", "/duplicates"):
            first = Markup(client.get(path).text)
            (onward,) = [given["href"] for given in first.all("a") if given.get("rel") == "next"]
            second = Markup(client.get(onward).text)
            assert path in second.links()
            shown = [
                {link for link in page.links() if link.startswith(f"{path}/")}
                for page in (first, second)
            ]
            assert [len(some) for some in shown] == [20, 3]
            assert not shown[0] & shown[1]


def test_a_story_shows_its_comparison(reader: httpx.Client, index: Index, strike: str) -> None:
    answer = reader.get(f"/stories/{strike}")
    page = sound(answer)
    found = index.compare(story=strike)
    text = " ".join(page.text.split())
    assert found.title == index.story(strike).story.title
    assert found.title in text
    for view in found.providers:
        assert view.name in text
        for headline in view.headlines:
            assert headline.text in text
    assert {given["id"] for tag, given in page.elements if tag == "h2" and "id" in given} >= {
        "when",
        "shared",
        "providers",
        "frames",
        "articles",
        "method",
    }
    assert "recision" not in text  # no audit of this index has measured any
    for word in ("bias", "tone", "loaded", "propaganda", "left-wing", "right-wing"):
        assert word not in text.lower()
    for picture in page.all("img"):
        assert picture["alt"]
    assert "+2 with this text" in text


def test_all_of_a_story_is_shown_when_asked_for(reader: httpx.Client, strike: str) -> None:
    sound(reader.get(f"/stories/{strike}?all=1"))


def ticked(*ids: str) -> dict[str, list[str]]:
    return {"article": list(ids)}


def test_ticked_articles_are_compared(reader: httpx.Client, index: Index) -> None:
    ids = ("a", "d", "c/with slash?")
    page = sound(reader.get("/compare", params=ticked(*ids, "a")))
    found = index.compare(*ids)
    assert "3 articles compared" in page.text
    assert "headline only" not in page.text.partition("How it is known")[0], "whole texts are held"
    assert len([given for given in page.all("li") if given.get("class") == "fact"]) == len(
        found.shared_facts
    )
    links = [link for link in page.links() if link.startswith("/compare/")]
    assert links
    for link in links:
        assert reader.get(link).status_code == 200, link
    for source in page.all("img"):
        assert reader.get(source["src"]).headers["content-type"] == "image/svg+xml"
    whole = reader.get("/compare/report.json", params=ticked(*ids)).json()
    assert {one["id"] for one in whole["articles"]} == set(ids)
    assert reader.get("/compare/cited.ris", params=ticked(*ids)).text.count("TY  - ") == len(ids)


def test_of_two_ticked_articles_the_difference_is_a_link_away(reader: httpx.Client) -> None:
    page = sound(reader.get("/compare", params=ticked("a", "b")))
    assert "/difference?a=a&b=b" in page.links()


@pytest.mark.parametrize("ids", [(), ("a",), ("a", "a"), ("", "a")])
def test_of_fewer_than_two_the_page_says_how_to_choose(
    reader: httpx.Client, ids: tuple[str, ...]
) -> None:
    page = sound(reader.get("/compare", params=ticked(*ids)))
    assert "Choose two or more articles in a list." in page.text


@pytest.mark.parametrize("address", ["/compare?article=a&article=no", "/compare/report.pdf"])
def test_what_cannot_be_compared_is_said_on_a_page(reader: httpx.Client, address: str) -> None:
    assert "There is no" in sound(reader.get(address), 404).text


def test_more_than_can_be_compared_are_named_but_not_compared(reader: httpx.Client) -> None:
    ids = [f"n{number}" for number in range(201)]
    page = sound(reader.get("/compare", params=ticked(*ids)))
    assert "These articles are not compared." in page.text


def test_lists_offer_to_compare_what_is_ticked(reader: httpx.Client, strike: str) -> None:
    for address in ("/?q=strike", f"/stories/{strike}"):
        page = sound(reader.get(address))
        (form,) = [given for given in page.all("form") if given["action"] == "/compare"]
        boxes = [given for given in page.all("input") if given.get("form") == form["id"]]
        assert len(boxes) > 1
        answer = reader.get("/compare", params=ticked(*[given["value"] for given in boxes]))
        assert answer.status_code == 200


def test_hostile_texts_stay_texts(reader: httpx.Client, index: Index) -> None:
    found = index.stories().stories
    (evil,) = [one.id for one in found if "script" in one.title]
    page = sound(reader.get(f"/stories/{evil}"))
    assert EVIL in page.text
    assert not [link for link in page.links() if link.startswith("javascript")]
    sound(reader.get("/difference?a=x&b=y"))
    sound(reader.get("/compare?article=x&article=y"))
    sound(reader.get("/stories"))
    for form in ("html", "md", "csv", "json"):
        assert reader.get(f"/stories/{evil}/report.{form}").status_code == 200
    assert reader.get(f"/stories/{evil}/timeline.svg").status_code == 200


@pytest.mark.parametrize("width", ["small", "medium", "large"])
@pytest.mark.parametrize("name", ["timeline", "frames"])
def test_pictures_are_resources_of_their_own(
    reader: httpx.Client, strike: str, name: str, width: str
) -> None:
    answer = reader.get(f"/stories/{strike}/{name}.svg?generation=1&width={width}")
    if name == "frames" and answer.status_code == 404:
        return  # the test's encoder may find no frame in invented words
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/svg+xml"
    assert "max-age" in answer.headers["cache-control"]
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    ET.fromstring(answer.text)  # noqa: S314 - our own picture


def test_beginnings_are_drawn_for_the_filters(reader: httpx.Client) -> None:
    assert reader.get("/stories/beginnings.svg?size=4").status_code == 200
    assert reader.get("/stories/beginnings.svg?from=2030-01-01").status_code == 404
    assert reader.get("/stories/beginnings.svg?from=soon").status_code == 422


def test_reports_are_those_of_the_command(reader: httpx.Client, index: Index, strike: str) -> None:
    found = index.compare(story=strike)
    for form, kind in (
        ("html", "text/html"),
        ("md", "text/markdown"),
        ("csv", "text/csv"),
        ("bom.csv", "text/csv"),
        ("json", "application/json"),
    ):
        answer = reader.get(f"/stories/{strike}/report.{form}")
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith(kind)
        assert answer.headers["content-disposition"] == (
            f'attachment; filename="story-{strike}.{form}"'
        )
    assert json.loads(reader.get(f"/stories/{strike}/report.json").text)["title"] == found.title
    rows = list(csv.DictReader(io.StringIO(reader.get(f"/stories/{strike}/report.csv").text)))
    assert len(rows) == sum(
        len(one.providers) for fact in found.shared_facts for one in fact.sentences
    )
    marked = reader.get(f"/stories/{strike}/report.bom.csv").content
    plain = reader.get(f"/stories/{strike}/report.csv").content
    assert marked == b"\xef\xbb\xbf" + plain
    assert reader.get(f"/stories/{strike}/report.md").text.startswith("# ")


@pytest.mark.parametrize(
    "address",
    ["/stories/nope", "/stories/nope/timeline.svg", "/duplicates/nope", "/difference?a=a&b=no"],
)
def test_what_is_not_there_is_said_on_a_page(reader: httpx.Client, address: str) -> None:
    page = sound(reader.get(address), 404)
    assert "There is no" in page.text


def test_a_story_that_cannot_be_compared_still_shows_its_articles(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stories, "MIN_LINKAGE", 0.05)
    opened = open_index(tmp_path / "index", HashingEncoder(dimension=512))
    opened.add([report(f"m{n:03}", "crowd", f"telling {n}") for n in range(205)])
    (story,) = opened.stories(CoverageQuery(min_size=201)).stories
    with serving(create_app(opened, pages=[site.router])) as client:
        page = sound(client.get(f"/stories/{story.id}"))
        assert "These articles are not compared." in page.text
        assert f"All {story.size} texts" in page.text


def test_of_a_crowd_the_first_are_shown_and_the_rest_a_link_away(tmp_path: Path) -> None:
    opened = open_index(tmp_path / "index", HashingEncoder(dimension=512))
    opened.add(
        report(
            f"m{number}",
            "crowd",
            f"telling {number}",
            provider=Provider(f"Outlet {number}", f"o{number}.example"),
        )
        for number in range(30)
    )
    (story,) = opened.stories().stories
    with serving(create_app(opened, pages=[site.router])) as client:
        short = sound(client.get(f"/stories/{story.id}"))
        whole = sound(client.get(f"/stories/{story.id}?all=1"))

    def shown(page: Markup) -> int:
        return sum(given.get("class") == "provider" for _, given in page.elements)

    assert (shown(short), shown(whole)) == (24, 30)
    assert "All 30 outlets" in short.text
    assert "All 30 outlets" not in whole.text


def test_groups_show_original_lineage_and_members(
    reader: httpx.Client, index: Index, copies: str
) -> None:
    listed = sound(reader.get("/duplicates"))
    assert f"/duplicates/{copies}" in listed.links()
    page = sound(reader.get(f"/duplicates/{copies}"))
    view = index.group(copies)
    text = " ".join(page.text.split())
    assert not view.group.original_known
    assert "Shown first; the original is not known" in text
    assert "The original is not known" in " ".join(listed.text.split())
    for member in view.group.members:
        assert member.article.provider.name in text
    assert "copied from" not in text
    assert "edited from" not in text
    differences = [link for link in page.links() if link.startswith("/difference?")]
    assert len(set(differences)) == 2
    for link in differences:
        sound(reader.get(link))
    (row,) = page.all("table")
    assert row["class"] == "members-table stacked"


@pytest.fixture
def later(index: Index) -> Callable[[str], str]:
    """Adds a version of the strike's report by an outlet; returns the words that it lacks."""

    def add(outlet: str) -> str:
        head, _, tail = text_of("strike").partition(". ")
        first = report("a", "strike")
        version = make_article(
            "later",
            "Told later",
            body=f"{tail} {text_of('bridge')}",
            published=first.published.replace(day=9),  # type: ignore[union-attr]
            provider=first.provider if outlet == "the same" else Provider(outlet),
        )
        index.add([version])
        return head

    return add


def test_a_difference_tells_neither_added_nor_cut_where_nothing_tells_who_was_first(
    reader: httpx.Client, later: Callable[[str], str]
) -> None:
    head = later("The Quay")
    page = sound(reader.get("/difference?a=later&b=a"))
    assert not [tag for tag, _ in page.elements if tag in ("ins", "del")]
    text = " ".join(page.text.split())
    assert "It is not known which was first." in text
    assert f"only here: {head}" in text
    for words in ("added: ", "cut: ", "Later: ", "First: "):
        assert words not in text


def test_a_difference_tells_kept_added_and_cut(
    reader: httpx.Client, later: Callable[[str], str]
) -> None:
    head = later("the same")
    page = sound(reader.get("/difference?a=later&b=a"))
    marks = [tag for tag, _ in page.elements if tag in ("ins", "del")]
    assert {"ins", "del"} == set(marks)
    text = " ".join(page.text.split())
    assert f"cut: {head}" in text
    assert "added: " in text
    assert text.index("The a ") < text.index("Told later"), "the first stands on the left"


def test_what_a_difference_lacks_is_said_of_articles_by_name(
    reader: httpx.Client, index: Index
) -> None:
    strike = report("a", "strike")
    caption = make_article(
        "bare",
        strike.title,
        body="Photo: A. Name/AP",
        published=strike.published,
        provider=Provider("The Bare"),
    )
    index.add([caption])
    text = " ".join(sound(reader.get("/difference?a=bare&b=a")).text.split())
    assert "The Bare holds nothing but captions and notices." in text


def test_without_two_articles_a_difference_says_where_to_choose_them(
    reader: httpx.Client,
) -> None:
    for address in ("/difference", "/difference?a=a", "/difference?a=+&b=b"):
        page = sound(reader.get(address))
        assert "Choose two articles in a list." in page.text
        assert not page.all("input"), "nobody types an id"
    sound(reader.get("/difference?a=a&b=a"))
    sound(reader.get("/difference?a=a&b=h"))
