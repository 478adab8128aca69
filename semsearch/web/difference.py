"""The page that lays two articles side by side: what one kept, added and cut, and why."""

from collections.abc import Iterable

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from semsearch.model.relation import Agreement, Relation, Side
from semsearch.model.view import ArticleView
from semsearch.web.changes import Change, characters, column
from semsearch.web.dependencies import IndexDependency
from semsearch.web.page import page
from semsearch.web.telling import sided

router = APIRouter()

_MEANING = {
    "copy": "One text: at most headline, boilerplate or credit differ.",
    "edited": "One text, cut, extended, updated or partly rewritten.",
    "story": "Two texts on one event.",
    "related": "One topic, two events.",
    "unrelated": "Nothing in common that matters.",
    "undecidable": "Too little text is held to tell.",
}
_FACTS = ("names", "numbers", "months", "regions")


@router.get("/difference")
def difference(
    request: Request,
    index: IndexDependency,
    a: str = "",
    b: str = "",
    *,
    everything: bool = False,
) -> HTMLResponse:
    """Two articles side by side, the one that came first on the left.

    Raises:
        NoSuchArticleError: One of them is not there.
    """
    a, b = a.strip(), b.strip()
    if not a or not b:
        return page(request, "difference.html.jinja", {"a": a, "b": b, "relation": None})
    held = {"a": index.get(a), "b": index.get(b)}
    (relation,) = index.relate_pairs([(a, b)]).relations
    first = _first(relation, held["a"], held["b"])
    later: Side = "b" if first == "a" else "a"
    lineage = relation.lineage

    def told(reasons: Iterable[str]) -> str:
        return sided(reasons, _name(held["a"]), _name(held["b"]))

    shared = () if lineage is None else lineage.kept
    if not shared:
        shared = relation.evidence.shared
    context: dict[str, object] = {
        "a": a,
        "b": b,
        "relation": relation,
        "meaning": _MEANING[relation.relation],
        "first": held[first],
        "later": held[later],
        "columns": [
            column(held[side], side, shared, lineage, everything=everything)
            for side in (first, later)
        ],
        "sizes": None
        if lineage is None
        else {
            Change.KEPT: characters(lineage.kept),
            Change.ADDED: characters(lineage.added),
            Change.CUT: characters(lineage.cut),
        },
        "told": told,
        "why": "" if lineage is None else told(lineage.reasons),
        "sides": _sides(relation, first),
        "facts": _facts(relation, first),
        "everything": everything,
        "name": _name,
    }
    return page(request, "difference.html.jinja", context)


def _name(article: ArticleView) -> str:
    return article.provider.name or article.provider.domain or article.id


def _first(relation: Relation, a: ArticleView, b: ArticleView) -> Side:
    """The side that came first, by lineage, else by date, else the one that was named first."""
    if relation.lineage is not None and relation.lineage.first is not None:
        return relation.lineage.first
    if a.published is not None and b.published is not None and b.published < a.published:
        return "b"
    return "a"


def _sides(relation: Relation, first: Side) -> list[tuple[str, str, str]]:
    """Rows of evidence that has a value for each side: what, of the first, of the later."""
    evidence = relation.evidence
    rows = [
        ("words compared", f"{evidence.words_a:,}", f"{evidence.words_b:,}"),
        (
            "of its text the other has",
            f"{evidence.containment_a:.0%}",
            f"{evidence.containment_b:.0%}",
        ),
    ]
    return [_turned(row, first) for row in rows]


def _facts(relation: Relation, first: Side) -> list[tuple[str, str, str, str, bool]]:
    """Names and figures: what, in both, in the first alone, in the later alone, in conflict."""
    rows = []
    for name in _FACTS:
        found: Agreement = getattr(relation.evidence, name)
        if found.agree or found.only_a or found.only_b:
            _, left, right = _turned(
                (name, ", ".join(found.only_a), ", ".join(found.only_b)), first
            )
            rows.append((name, ", ".join(found.agree), left, right, found.conflict))
    return rows


def _turned(row: tuple[str, str, str], first: Side) -> tuple[str, str, str]:
    what, of_a, of_b = row
    return (what, of_a, of_b) if first == "a" else (what, of_b, of_a)
