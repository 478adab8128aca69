"""Write llms.txt: the pages of the documentation for programs that read Markdown.

The form is that of https://llmstxt.org: a title, a summary, and lists of links, each with what the
page is about. Links lead to the Markdown of a page, which ``scripts/site.sh`` puts beside it.
"""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
_ABOUT = (
    "Every claim that it makes has its evidence, and what cannot be told is said to be unknown. "
    "What must not be concluded from an answer stands in "
    "[Let an assistant ask](assistants.md#what-it-must-not-conclude)."
)
_LINKED = re.compile(r"\[([^\]]*)\]\([^)]*\)")


def page() -> str:
    """The text of llms.txt, in the order of the site's navigation."""
    project = tomllib.loads((ROOT / "zensical.toml").read_text("utf-8"))["project"]
    lines = [
        f"# {project['site_name']}",
        "",
        f"> {project['site_description']}",
        "",
        _ABOUT,
    ]
    for entry in project["nav"]:
        for name, value in entry.items():
            pages = value if isinstance(value, list) else [{name: value}]
            lines += ["", f"## {name}", ""]
            lines += [_link(title, file) for one in pages for title, file in one.items()]
    return "\n".join(lines) + "\n"


def _link(title: str, file: str) -> str:
    about = _first_sentence(DOCS / file)
    return f"- [{title}]({file})" + (f": {about}" if about else "")


def _first_sentence(page: Path) -> str:
    """The first sentence of a page, where it begins with plain text."""
    _, _, text = page.read_text("utf-8").partition("\n\n")
    paragraph = _LINKED.sub(r"\1", " ".join(text.partition("\n\n")[0].split()))
    if not re.match(r"[A-Za-z`]\w", paragraph):
        return ""
    return re.split(r"(?<=[.?!]) ", paragraph)[0].rstrip(".:?!") + "."
