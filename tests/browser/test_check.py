"""A draft is pasted, and a changed quotation followed to the article that it is from."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import NO_SCRIPT, Look

if TYPE_CHECKING:
    from playwright.sync_api import Page

KEPT = "“We are not asking for the moon,” said Bettina Rusk."
CHANGED = "We want to come home at night and we want to know there is a post in the morning."
DRAFT = f"{KEPT} “{CHANGED}”\n\n“The cranes will be painted in bright yellow,” she added."


def _pasted(page: "Page", sample: str) -> None:
    page.goto(f"{sample}/check")
    page.get_by_label("Draft").fill(DRAFT)
    page.get_by_role("button", name="Check against the archive").click()
    page.get_by_role("heading", name="Quotations").wait_for()


@pytest.mark.parametrize("look", [Look(1280, "light"), NO_SCRIPT], ids=str)
def test_a_changed_quotation_is_followed_to_its_source(page: "Page", sample: str) -> None:
    _pasted(page, sample)
    assert page.locator(".checked-draft .of-quotation").all_inner_texts() == [
        "We are not asking for the moon,",
        CHANGED,
        "The cranes will be painted in bright yellow,",
    ]
    assert page.locator("span.is-altered.of-quotation").inner_text() == CHANGED
    page.get_by_role("link", name="Quotation 2").click()
    assert page.url.endswith("#quotation-2")
    evidence = page.locator("li#quotation-2")
    assert "job" in evidence.locator("del").inner_text()
    assert "post" in evidence.locator("ins").inner_text()
    evidence.get_by_role("link").first.click()
    page.wait_for_url("**/articles/**")
    assert "there is a job in the morning" in page.get_by_role("main").inner_text()


@pytest.mark.parametrize("look", [Look(1280, "light"), Look(360, "dark")], ids=str)
def test_everybody_can_read_a_checked_draft(
    page: "Page", sample: str, faults: Callable[["Page"], list[str]]
) -> None:
    _pasted(page, sample)
    assert faults(page) == []
    wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wider) == 0
