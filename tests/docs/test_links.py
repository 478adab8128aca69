"""Links lead somewhere, pictures say what they show, and every page can be reached."""

import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

from tests.docs.pages import DOCS, ROOT, anchors, links, name_of, pages, pictures

MOST_BYTES = 150_000


@pytest.mark.parametrize("page", pages(), ids=name_of)
def test_every_link_leads_somewhere(page: Path) -> None:
    for link in links(page):
        parts = urlsplit(link)
        if parts.scheme or parts.netloc:
            assert parts.scheme in {"http", "https"}, link
            continue
        target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
        assert target.exists(), link
        assert target.is_relative_to(DOCS if page.is_relative_to(DOCS) else ROOT), link
        if parts.fragment:
            assert parts.fragment in anchors(target), link


@pytest.mark.parametrize("page", pages(), ids=name_of)
def test_every_picture_has_words_for_it(page: Path) -> None:
    for source, words in pictures(page):
        assert len(words) > 15, source


def test_every_picture_is_shown_and_small() -> None:
    shown = {
        (page.parent / source).resolve()
        for page in pages()
        for source, _ in pictures(page)
        if not urlsplit(source).scheme
    }
    held = {*DOCS.rglob("*.png"), *DOCS.rglob("*.svg")}
    assert held == shown
    assert {one.name: one.stat().st_size for one in held if one.stat().st_size > MOST_BYTES} == {}


def entries(nav: list[dict[str, Any]]) -> list[str]:
    found: list[str] = []
    for entry in nav:
        for value in entry.values():
            found += [value] if isinstance(value, str) else entries(value)
    return found


def test_every_page_stands_in_the_navigation() -> None:
    project = tomllib.loads((ROOT / "zensical.toml").read_text("utf-8"))["project"]
    listed = entries(project["nav"])
    held = {one.relative_to(DOCS).as_posix() for one in DOCS.rglob("*.md")}
    assert len(listed) == len(set(listed))
    assert set(listed) == {one for one in held if not one.startswith("decisions/0")}


def test_no_page_speaks_of_one_machine() -> None:
    for page in pages():
        text = page.read_text("utf-8")
        assert not any(path in text for path in ("/work/", "/tmp/", "/root/", "/home/")), page  # noqa: S108
