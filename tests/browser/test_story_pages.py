"""Stories, duplicates and differences in a real browser."""

import csv
import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import Look

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

DRAWN = 60_000  # milliseconds: the first picture waits for its libraries


def story(page: "Page", sample: str) -> str:
    """The address of the largest story."""
    page.goto(f"{sample}/stories", timeout=DRAWN)
    return sample + str(page.locator(".story-list a").first.get_attribute("href"))


def group(page: "Page", sample: str) -> str:
    """The address of the largest group."""
    page.goto(f"{sample}/duplicates")
    return sample + str(page.locator(".story-list a").first.get_attribute("href"))


def difference(page: "Page", sample: str) -> str:
    """The address of the difference of two of them."""
    page.goto(group(page, sample))
    return sample + str(page.locator(".tree a[href^='/difference']").first.get_attribute("href"))


@pytest.mark.parametrize("look", [Look(1280, "light", script=False), Look(360, "dark")], ids=str)
def test_from_the_list_to_a_story_to_its_export(page: "Page", sample: str, tmp_path: Path) -> None:
    page.goto(f"{sample}/stories")
    page.get_by_label("First").select_option(label="newest")
    page.get_by_label("At least").select_option(label="3 articles")
    page.get_by_role("button", name="Show").click()
    assert "sort=recent" in page.url
    assert "size=3" in page.url
    page.locator(".story-list a").first.click()
    assert page.locator("h2").all_inner_texts()[:2] == ["Shared facts", "Outlet by outlet"]
    for form in ("HTML", "Markdown", "CSV", "JSON"):
        with page.expect_download() as waiting:
            page.get_by_role("link", name=form, exact=True).click()
        waiting.value.save_as(tmp_path / form)
    title = page.locator("h1").inner_text()
    assert json.loads((tmp_path / "JSON").read_text("utf-8"))["title"] == title
    assert (tmp_path / "HTML").read_text("utf-8").startswith("<!DOCTYPE html>")
    assert (tmp_path / "Markdown").read_text("utf-8").startswith("# ")
    with (tmp_path / "CSV").open(newline="", encoding="utf-8") as lines:
        assert next(csv.reader(lines))[0] == "fact"


def test_a_month_is_chosen_from_the_picture(page: "Page", sample: str) -> None:
    page.goto(f"{sample}/stories")
    total = page.locator("h2.verdict").inner_text()
    page.get_by_text("Choose a month").click()
    page.locator(".over-time .chips a").first.click()
    assert "from=" in page.url
    assert page.locator("h2.verdict").inner_text() != total


def test_columns_stand_beside_each_other_and_on_a_phone_below(page: "Page", sample: str) -> None:
    page.goto(story(page, sample), wait_until="networkidle", timeout=DRAWN)
    row = page.locator(".telling.flow").first.locator("> div")

    beside = _tops(row)
    assert beside[0] == beside[1]
    page.set_viewport_size({"width": 360, "height": 800})
    page.wait_for_load_state("networkidle")
    below = _tops(row)
    assert below == sorted(set(below))


def _tops(cells: "Locator") -> list[float]:
    tops: list[float] = cells.evaluate_all("all => all.map(one => one.getBoundingClientRect().y)")
    return tops


def test_from_a_group_to_a_difference_and_its_other_column(page: "Page", sample: str) -> None:
    page.goto(difference(page, sample))
    assert page.locator("ins, del").count() > 0
    number = page.locator("#first-1")
    number.focus()
    page.keyboard.press("Enter")
    assert page.url.endswith("#later-1")
    drawn = (
        "one => [getComputedStyle(one).textDecorationLine,"
        " getComputedStyle(one, '::before').content]"
    )
    for mark, line, letter in (("ins", "underline", "+"), ("del", "line-through", "−")):
        if page.locator(mark).count():
            assert page.locator(mark).first.evaluate(drawn) == [line, f'"{letter}"']


def test_print_leaves_out_what_cannot_be_pressed(page: "Page", sample: str) -> None:
    page.goto(story(page, sample))
    page.emulate_media(media="print")
    for gone in (".masthead nav", ".exports", ".contents"):
        assert not page.locator(gone).first.is_visible()
    assert page.locator(".facts").first.is_visible()
    assert len(page.pdf()) > 10_000
