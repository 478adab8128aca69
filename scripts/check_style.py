#!/usr/bin/env python
"""Check how texts are written: proselint on the documentation, and our list of words on everything.

Read are the documentation, the pages, and the messages of commands and errors. Code is left out.
Exits with 1 when something is to be mended. Needs semsearch[dev].
"""

import ast
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import proselint.checks
from markdown_it import MarkdownIt
from proselint.config import DEFAULT
from proselint.registry import CheckRegistry
from proselint.tools import LintFile

ROOT = Path(__file__).resolve().parent.parent
WORDS = tomllib.loads((ROOT / "scripts" / "words.toml").read_text("utf-8"))
AVOID = {wrong.lower(): right for group in WORDS.values() for wrong, right in group.items()}
PATTERN = re.compile(
    r"(?<![\w-])(" + "|".join(map(re.escape, sorted(AVOID, key=len, reverse=True))) + r")(?![\w-])",
    re.IGNORECASE,
)
# Straight quotation marks are what people type; a range of days is a range of days.
OFF = {"typography": False, "lexical_illusions": False, "dates_times": False}
_TEMPLATE = re.compile(r"\{[{%#].*?[}%#]\}|<[^>]*>", re.DOTALL)
_LEAST_WORDS = 3  # of a message: fewer are names


@dataclass(frozen=True, slots=True)
class Text:
    """A run of words: where it stands, and whether it is prose that proselint reads."""

    path: Path
    line: int
    words: str
    prose: bool


def main() -> int:
    faults = [fault for text in texts() for fault in faults_of(text)]
    for fault in faults:
        print(fault)
    return 1 if faults else 0


def texts() -> Iterator[Text]:
    """Everything that a reader meets."""
    for path in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(ROOT.glob("docs/**/*.md"))):
        yield from markdown(path)
    for path in sorted((ROOT / "semsearch").rglob("*.html.jinja")):
        yield Text(path, 1, _TEMPLATE.sub(blanked, path.read_text("utf-8")), prose=False)
    for path in sorted((ROOT / "semsearch").rglob("*.py")):
        yield from messages(path)


def markdown(path: Path) -> Iterator[Text]:
    """The paragraphs, headings and cells of a page, without code and addresses."""
    for token in MarkdownIt("commonmark").enable("table").parse(path.read_text("utf-8")):
        if token.type == "inline" and token.map and token.children:
            words = "".join(
                {"text": child.content, "softbreak": "\n", "code_inline": "X"}.get(child.type, "")
                for child in token.children
            )
            yield Text(path, token.map[0] + 1, words, prose=True)


def messages(path: Path) -> Iterator[Text]:
    """The texts in code that are several words: messages, help, descriptions.

    A text that is split is a list of words that people use, and nobody reads it.
    """
    lists: set[ast.AST] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        match node:
            case ast.Attribute(value=ast.Constant() as words, attr="split"):
                lists.add(words)
            case ast.Constant(value=str(words)) if len(words.split()) >= _LEAST_WORDS:
                if node not in lists:
                    yield Text(path, node.lineno, words, prose=False)


def blanked(found: re.Match[str]) -> str:
    """Blanks and line breaks in the place of code."""
    return re.sub(r"[^\n]", " ", found[0])


def faults_of(text: Text) -> Iterable[str]:
    """What is to be mended, each with where it stands."""
    where = text.path.relative_to(ROOT)
    for found in PATTERN.finditer(text.words):
        line = text.line + text.words.count("\n", 0, found.start())
        yield f"{where}:{line}: {found[0]}: write {AVOID[found[0].lower()]}"
    if text.prose and text.words.strip():
        config = DEFAULT | {"checks": DEFAULT["checks"] | OFF}
        for result in LintFile(str(where), text.words).lint(config):
            yield f"{where}:{text.line + result.pos[0] - 1}: {result.check_result.message}"


CheckRegistry().register_many(proselint.checks.__register__)

if __name__ == "__main__":
    sys.exit(main())
