"""Articles as programs for references take them: RIS, BibTeX, CSL-JSON.

RIS: https://en.wikipedia.org/wiki/RIS_(file_format), type NEWS. BibTeX: entries ``@article`` with
the outlet as the journal; years, months and days in fields of their own. CSL-JSON:
https://citeproc-js.readthedocs.io/en/latest/csl-json/markup.html, type ``article-newspaper``.

What an article lacks is left out: no date, title or outlet is made up, and no day of access.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from semsearch.export.plain import line
from semsearch.model.article import ArticleView
from semsearch.model.check import DraftCheck
from semsearch.model.clusters import DuplicatesFound, GroupView, StoryView
from semsearch.model.comparison import ComparedArticle, Comparison
from semsearch.model.search import ArticleSummary, SearchResults, SimilarResults
from semsearch.model.watch import Alert, Alerts
from semsearch.text.numerals import MONTHS

Citable = (
    SearchResults
    | SimilarResults
    | DuplicatesFound
    | GroupView
    | StoryView
    | Comparison
    | DraftCheck
    | Alerts
    | ArticleView
)
"""Results that name articles which can be cited."""

_Cited = ArticleSummary | ComparedArticle | ArticleView | Alert

_KEY = re.compile(r"[^A-Za-z0-9:.-]+")
_TEX = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",  # BibTeX counts braces, escaped ones too
    "}": r"\textbraceright{}",
    "%": r"\%",
    "&": r"\&",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}
_IN_ADDRESS = {ord(letter): f"%{ord(letter):02X}" for letter in "{}\\ "}


@dataclass(frozen=True, slots=True)
class Reference:
    """An article as it is cited; what is unknown is empty."""

    id: str
    title: str
    outlet: str
    published: datetime | None
    url: str
    language: str
    excerpt: str


def references(result: Citable) -> tuple[Reference, ...]:
    """The articles that a result names, in its order, each once."""
    found: dict[str, Reference] = {}
    for article in _articles(result):
        one = _reference(article)
        found.setdefault(one.id, one)
    return tuple(found.values())


def _articles(result: Citable) -> Iterable[_Cited]:
    match result:
        case SearchResults() | SimilarResults():
            return (hit.article for hit in result.hits)
        case DuplicatesFound():
            return (one.article for one in result.duplicates)
        case GroupView():
            return (one.article for one in result.group.members)
        case StoryView():
            return (one.article for one in result.members)
        case Comparison() | DraftCheck():
            return result.articles
        case Alerts():
            return result.alerts
        case ArticleView():
            return (result,)


def _reference(article: _Cited) -> Reference:
    held = None if isinstance(article, ComparedArticle | Alert) else article
    return Reference(
        article.article if isinstance(article, Alert) else article.id,
        line(article.title),
        line(article.provider.name or article.provider.domain),
        article.published,
        line(article.url),
        line(held.language) if held else "",
        line(held.excerpt) if held else "",
    )


def ris(cited: Iterable[Reference]) -> str:
    """Records of RIS; lines end as the format wants them."""
    return "".join(f"{tag}  - {value}\r\n" for one in cited for tag, value in _ris(one))


def _ris(one: Reference) -> Iterator[tuple[str, str]]:
    yield "TY", "NEWS"
    at = one.published
    fields = (
        ("ID", one.id),
        ("TI", one.title),
        ("T2", one.outlet),
        ("PY", f"{at:%Y}" if at else ""),
        ("DA", f"{at:%Y/%m/%d}" if at else ""),
        ("UR", one.url),
        ("LA", one.language),
        ("AB", one.excerpt),
    )
    yield from ((tag, line(value)) for tag, value in fields if value)
    yield "ER", ""


def bibtex(cited: Iterable[Reference]) -> str:
    """Entries of BibTeX, in UTF-8; a key is the id with dashes for what a key may not hold."""
    keys: set[str] = set()
    return "\n".join(_bibtex(one, _key(one.id, keys)) for one in cited)


def _key(identity: str, taken: set[str]) -> str:
    wanted = _KEY.sub("-", identity).strip("-") or "article"
    key, number = wanted, 2
    while key.casefold() in taken:
        key, number = f"{wanted}-{number}", number + 1
    taken.add(key.casefold())
    return key


def _bibtex(one: Reference, key: str) -> str:
    at = one.published
    fields = {
        "title": f"{{{_tex(one.title)}}}" if one.title else "",  # else styles change its case
        "journal": _tex(one.outlet),
        "year": f"{at:%Y}" if at else "",
        "month": MONTHS[at.month - 1][:3] if at else "",
        "day": str(at.day) if at else "",
        "url": one.url.translate(_IN_ADDRESS),
        "language": _tex(one.language),
        "abstract": _tex(one.excerpt),
        "note": _tex(f"semsearch {one.id}"),
    }
    lines = [
        f"  {name} = {value if name == 'month' else f'{{{value}}}'},"
        for name, value in fields.items()
        if value
    ]
    return "\n".join([f"@article{{{key},", *lines, "}"]) + "\n"


def _tex(text: str) -> str:
    return "".join(_TEX.get(letter, letter) for letter in text)


def csl_json(cited: Iterable[Reference]) -> str:
    """A list of CSL-JSON."""
    return json.dumps([_csl(one) for one in cited], ensure_ascii=False, indent=1) + "\n"


def _csl(one: Reference) -> dict[str, object]:
    at = one.published
    fields: dict[str, object] = {
        "id": one.id,
        "type": "article-newspaper",
        "title": one.title,
        "container-title": one.outlet,
        "issued": {"date-parts": [[at.year, at.month, at.day]]} if at else "",
        "URL": one.url,
        "language": one.language,
        "abstract": one.excerpt,
    }
    return {name: value for name, value in fields.items() if value}
