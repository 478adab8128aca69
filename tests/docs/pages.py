"""The pages of the documentation, taken apart."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from semsearch.api.app import create_app

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
REFERENCE = DOCS / "reference"


@dataclass(frozen=True, slots=True)
class Block:
    """Code between fences.

    Attributes:
        language: What stands behind the fence.
        line: Of the page, from 1.
    """

    page: Path
    language: str
    text: str
    line: int


@cache
def pages() -> tuple[Path, ...]:
    """Every page, those outside of ``docs`` first."""
    return (
        ROOT / "README.md",
        ROOT / "CONTRIBUTING.md",
        ROOT / "CHANGELOG.md",
        *sorted(DOCS.rglob("*.md")),
    )


def name_of(page: Path) -> str:
    """A page's path within the project."""
    return page.relative_to(ROOT).as_posix()


@cache
def interface() -> dict[str, Any]:
    """The OpenAPI document."""
    return create_app(None).openapi()  # type: ignore[arg-type]


@cache
def tokens(page: Path) -> tuple[Token, ...]:
    """A page as markdown-it reads it."""
    return tuple(MarkdownIt("commonmark").enable("table").parse(page.read_text("utf-8")))


def inline(page: Path) -> Iterator[Token]:
    """Everything within lines: links, pictures, code."""
    for token in tokens(page):
        yield from token.children or ()


def links(page: Path) -> list[str]:
    """Where its links and pictures lead."""
    named = [one.attrGet("href") or one.attrGet("src") for one in inline(page)]
    return [str(one) for one in named if one]


def pictures(page: Path) -> list[tuple[str, str]]:
    """Its pictures with the text that stands for each."""
    return [(str(one.attrGet("src")), one.content) for one in inline(page) if one.type == "image"]


def blocks(page: Path) -> list[Block]:
    """Its code between fences."""
    return [
        Block(page, one.info.strip(), one.content, (one.map or [0])[0] + 1)
        for one in tokens(page)
        if one.type == "fence"
    ]


def anchors(page: Path) -> set[str]:
    """What a link may name in it, for the site and for a forge alike."""
    found: set[str] = set()
    for place, token in enumerate(tokens(page)):
        if token.type == "heading_open":
            text = "".join(one.content for one in tokens(page)[place + 1].children or ())
            kept = re.sub(r"[^\w\s-]", "", text.lower()).strip()
            forge, site = re.sub(r"\s", "-", kept), re.sub(r"[-\s]+", "-", kept)
            if forge == site:
                found.add(forge)
    return found


def sections(page: Path) -> dict[str, str]:
    """Its text by headings of the second level."""
    parts = re.split(r"^## (.+)$", page.read_text("utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))
