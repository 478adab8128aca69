"""Every page can be used by everybody, fits every screen, and is light."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import LOOKS, Look
from tests.browser.test_pages import ARTICLE, ASKED
from tests.browser.test_story_pages import DRAWN, difference, group, story

if TYPE_CHECKING:
    from playwright.sync_api import Page

ADDRESSES = {
    "front": "/",
    "ask": ASKED,
    "narrowed": "/?q=strike+in+march+2024&topic=Ports&from=2024-01-01&skip=date",
    "nothing": "/?q=ferry&topic=nothing",
    "article": ARTICLE,
    "marked": f"{ARTICLE}?marks=1",
    "check": "/check",
    "add": "/add",
    "status": "/status",
    "feeds": "/feeds",
    "watches": "/watches",
    "stories": "/stories",
    "narrowed stories": "/stories?from=2024-01-01&to=2024-03-31&sort=recent",
    "refused": "/compare?article=only",
    "duplicates": "/duplicates",
}
MOST_BYTES = 150_000


def compared(page: "Page", sample: str) -> str:
    """The address of three ticked answers."""
    page.goto(f"{sample}/?q=Why+did+the+dockers+walk+out")
    for box in page.locator(".hit .chosen").all()[:3]:
        box.check()
    page.get_by_role("button", name="Compare the ticked articles").click()
    return page.url


FOUND: dict[str, Callable[["Page", str], str]] = {
    "story": story,
    "whole story": lambda page, sample: f"{story(page, sample)}?all=1",
    "group": group,
    "difference": difference,
    "compared": compared,
}


def address(name: str, page: "Page", sample: str) -> str:
    return FOUND[name](page, sample) if name in FOUND else sample + ADDRESSES[name]


@pytest.mark.parametrize("look", LOOKS, ids=str)
@pytest.mark.parametrize("name", [*ADDRESSES, *FOUND])
def test_everybody_can_use_every_page(
    page: "Page", sample: str, name: str, look: Look, faults: Callable[["Page"], list[str]]
) -> None:
    page.goto(address(name, page, sample), wait_until="networkidle", timeout=DRAWN)
    for details in page.locator("details").all():
        if details.is_visible():
            details.evaluate("element => { element.open = true; }")
    assert faults(page) == []
    wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wider) == 0, f"wider than {look.width}"
    broken = "images => images.filter(one => !one.complete || !one.naturalWidth).length"
    assert page.locator("img").evaluate_all(broken) == 0


@pytest.mark.parametrize("name", [*ADDRESSES, *FOUND])
def test_pages_are_light(page: "Page", sample: str, name: str) -> None:
    found = address(name, page, sample)
    sizes: list[int] = []
    page.on("response", lambda answer: sizes.append(len(answer.body())))
    page.goto("about:blank")
    page.goto(found, wait_until="networkidle", timeout=DRAWN)
    assert 0 < sum(sizes) < MOST_BYTES
