import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import LOOKS, NO_SCRIPT

if TYPE_CHECKING:
    from playwright.sync_api import Page

QUESTION = "Why did the dockers walk out at Brackwater?"
ASKED = f"/?q={QUESTION.replace(' ', '+')}"
ARTICLE = "/articles/7f0d5dbae9d3fb58c171"
DOCKERS = (
    "Dockers walked out at Brackwater on Tuesday because the harbour board cut their breaks, the "
    "union said. The dockers refuse shifts of twelve hours, and the port of Brackwater is closed."
)


@pytest.mark.parametrize("look", [NO_SCRIPT], ids=str)
def test_asking_and_filtering_without_scripts(page: "Page", sample: str) -> None:
    page.goto(sample)
    page.get_by_label("Ask the archive").fill(QUESTION)
    page.get_by_label("Ask the archive").press("Enter")
    assert page.locator(".hit").count() == 10
    first = page.locator(".hit h3").first.inner_text()
    page.get_by_role("checkbox", name="Harbour Ledger").check()
    page.get_by_role("button", name="Apply").click()
    assert set(_outlets(page)) == {"Harbour Ledger"}
    page.get_by_role("link", name="Remove outlet").click()
    assert page.locator(".hit h3").first.inner_text() == first
    page.get_by_role("link", name="More answers").click()
    assert page.locator(".hit .rank").first.inner_text() == "11"


def _outlets(page: "Page") -> list[str]:
    return [each.inner_text() for each in page.locator(".hit .meta strong").all()]


def test_results_come_while_typing_stops(page: "Page", sample: str) -> None:
    page.goto(sample)
    page.evaluate("window.same = true")
    page.get_by_label("Ask the archive").press_sequentially("ferry on the sandbank")
    page.locator(".hit").first.wait_for()
    assert page.evaluate("window.same"), "the page was left"
    assert page.url.endswith("?q=ferry+on+the+sandbank")
    assert page.title().startswith("ferry on the sandbank")
    assert "best" in page.get_by_role("status").first.inner_text()
    assert page.get_by_label("Ask the archive").input_value() == "ferry on the sandbank"
    page.reload()
    assert page.locator(".hit").count() > 0


def test_filters_apply_as_they_are_chosen(page: "Page", sample: str) -> None:
    page.goto(sample + ASKED)
    page.get_by_role("checkbox", name="Harbour Ledger").check()
    page.wait_for_url("**provider=harbourledger.example**")
    page.locator("a.remove").wait_for()
    assert set(_outlets(page)) == {"Harbour Ledger"}
    assert page.evaluate("document.activeElement.value") == "harbourledger.example"


def test_keys_move_among_results(page: "Page", sample: str) -> None:
    page.goto(sample + ASKED)
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.press("ArrowDown")
    assert page.locator(".hit h3 a").nth(0).evaluate("e => e === document.activeElement")
    page.keyboard.press("j")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("k")
    second = page.locator(".hit h3 a").nth(1)
    assert second.evaluate("e => e === document.activeElement")
    title = second.inner_text()
    page.keyboard.press("Enter")
    page.wait_for_url("**/articles/**")
    assert page.get_by_role("heading", level=1).inner_text().split() == title.split()


def test_single_keys_can_be_turned_off(page: "Page", sample: str) -> None:
    page.goto(sample + ASKED)
    page.get_by_role("button", name="Keyboard").click()
    page.reload()
    page.get_by_role("link", name="semsearch", exact=True).focus()
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.className") == "brand"
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.className") == "brand"


def test_the_first_stop_leads_to_the_content(page: "Page", sample: str) -> None:
    page.goto(sample + ARTICLE)
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    assert skip.evaluate("e => e === document.activeElement")
    assert skip.bounding_box()["y"] >= 0  # type: ignore[index]
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_from_a_question_to_an_article_and_on(page: "Page", sample: str) -> None:
    page.goto(sample + ASKED)
    page.locator("details.why summary").first.click()
    assert "meaning of" in page.locator("details.why table").first.inner_text()
    page.locator(".hit h3 a").first.click()
    page.get_by_role("link", name="Show passages").click()
    assert page.locator(".pilcrow").count() > 1
    page.get_by_role("heading", name="Similar articles").wait_for()
    page.locator(".similar a").first.click()
    assert "/articles/" in page.url


@pytest.mark.parametrize("look", [LOOKS[0], NO_SCRIPT], ids=str)
def test_a_pasted_text_is_found(page: "Page", sample: str) -> None:
    page.goto(sample + ARTICLE)
    text = "\n\n".join(page.locator(".text.body p").all_inner_texts())
    page.goto(f"{sample}/add")
    page.get_by_label("Text").fill(text)
    page.get_by_role("button", name="Compare with the archive").click()
    assert page.get_by_role("heading", name=re.compile("^Yes: ")).count() == 1
    assert page.get_by_role("link", name=re.compile("Dockers walk out")).count() >= 1


def test_files_are_shown_before_they_are_added(page: "Page", empty: str, tmp_path: Path) -> None:
    good, bad = tmp_path / "ferry.md", tmp_path / "bad.jsonl"
    good.write_text("---\ntitle: Ferry <b>aground</b>\n---\nIt sat on a bank.\n")
    bad.write_text('{"title": "Second", "id": "b"}\nnot JSON\n')
    page.goto(f"{empty}/add")
    page.get_by_label("Drop files here").set_input_files([good, bad])
    page.get_by_role("button", name="Add 2").wait_for()
    assert "bad.jsonl, line 2" in page.locator("#read").inner_text()
    page.get_by_role("button", name="Add 2").click()
    page.get_by_text("2 added").wait_for()
    page.goto(f"{empty}/?q=ferry")
    assert page.get_by_role("link", name="Ferry <b>aground</b>").first.is_visible()


def test_a_file_that_cannot_be_read_is_explained(page: "Page", empty: str, tmp_path: Path) -> None:
    (tmp_path / "bad.md").write_bytes(b"---\ntopics: []\n---\n")
    page.goto(f"{empty}/add")
    page.get_by_label("Drop files here").set_input_files([tmp_path / "bad.md"])
    page.get_by_text("empty title").wait_for()
    assert page.locator("#send").is_disabled()


def test_a_watch_from_a_question_to_an_alert_and_its_end(
    page: "Page", empty: str, tmp_path: Path, faults: Callable[["Page"], list[str]]
) -> None:
    page.goto(f"{empty}/watches")
    page.get_by_label("Question, in any words").fill(QUESTION)
    page.get_by_label("Short name, if you like").fill("dockers")
    page.get_by_label("Report what may answer, too").check()
    page.get_by_role("button", name="Make this watch").click()
    page.get_by_role("heading", name="dockers").wait_for()
    assert page.get_by_text("surely or maybe answers").is_visible()
    assert page.get_by_text("Nothing that you have not read.").is_visible()
    watch = page.url

    for name, outlet in (("first", "ledger.example"), ("copy", "wire.example")):
        (tmp_path / f"{name}.md").write_text(
            f"---\ntitle: Dockers walk out at Brackwater\nurl: https://{outlet}/{name}\n"
            f"provider: {outlet}\n---\n{DOCKERS}\n"
        )
        page.goto(f"{empty}/add")
        page.get_by_label("Drop files here").set_input_files([tmp_path / f"{name}.md"])
        page.get_by_role("button", name="Add 1").click()
        page.get_by_text("1 added").wait_for()

    page.goto(f"{empty}/watches")
    alerts = page.get_by_role("region", name="Unread").get_by_role("listitem")
    assert alerts.count() == 1
    assert "2 reports" in alerts.inner_text()
    assert "shifts of twelve hours" in alerts.inner_text()
    assert faults(page) == []
    page.get_by_role("button", name="Mark all of these as read").click()
    page.get_by_text("Nothing that you have not read.").wait_for()

    page.goto(watch)
    read = page.get_by_role("region", name="Read", exact=True)
    assert read.get_by_role("link", name="Dockers walk out at Brackwater").is_visible()
    assert faults(page) == []
    page.on("dialog", lambda asked: asked.accept())
    page.get_by_role("button", name="Remove this watch").click()
    page.get_by_text("There are none yet.").wait_for()


def test_names_from_right_to_left_leave_dates_as_they_are(page: "Page", empty: str) -> None:
    article = {
        "title": "جنوح عبّارة قبالة ميناء الصخرة",
        "body": "جنحت العبّارة صباح الثلاثاء في الضباب.",
        "provider": "صحيفة المرفأ",
        "published": "2024-03-05T09:00:00Z",
    }
    done = page.request.put(f"{empty}/v1/articles/ar", data=article)
    assert done.ok, done.text()
    page.goto(f"{empty}/?q=العبّارة")
    # Where the outlet and each character of the date stand, from the left.
    places = page.evaluate(
        """() => {
          const meta = document.querySelector(".hit .meta"), text = meta.querySelector("time");
          const left = (from, to) => {
            const range = document.createRange();
            range.setStart(text.firstChild, from); range.setEnd(text.firstChild, to);
            return range.getBoundingClientRect().left;
          };
          return [meta.querySelector("strong").getBoundingClientRect().left,
                  ...[0, 5, 8, 11].map(at => left(at, at + 1))];
        }"""
    )
    assert places == sorted(places)
    title = page.locator(".hit h3").bounding_box()
    link = page.locator(".hit h3 a").bounding_box()
    assert title
    assert link
    assert abs(title["x"] + title["width"] - link["x"] - link["width"]) < 2
