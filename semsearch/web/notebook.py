"""Show results where they are asked for: in a notebook as HTML, in a terminal as text.

What stands in HTML is escaped by the template; it holds no script, and what it links to are web
addresses of articles.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, get_args

from markupsafe import Markup

from semsearch.errors import ConfigurationError
from semsearch.export import formatting
from semsearch.export.formatting import environment, names_of
from semsearch.export.highlights import bars, phrases, snippet, worded
from semsearch.export.markdown import CONFIDENCE, Told
from semsearch.export.markdown import markdown as told
from semsearch.export.plain import clean
from semsearch.model.article import ArticleView
from semsearch.model.check import DraftCheck
from semsearch.model.clusters import GroupView
from semsearch.model.comparison import Comparison
from semsearch.model.relation import Relation
from semsearch.model.search import SearchResults, SimilarResults
from semsearch.model.tabular import Shown, Tabular
from semsearch.model.watch import Alerts
from semsearch.tables import html_of, text_of
from semsearch.web import checked, plots
from semsearch.web.lineage import tree

if TYPE_CHECKING:
    import pyarrow as pa

_MOST = 10
"""Shared facts, and sentences of a list, that are shown."""
_MOST_CHARACTERS = 2_000


def html(result: Shown) -> str:
    """A result as a notebook shows it; what has no display of its own, as its main table."""
    show = _SHOWN.get(type(result))
    return show(result) if show else clean(html_of(_table(result)))


def text(result: Shown) -> str:
    """A result as text: what is quoted with its sources, else its main table."""
    if isinstance(result, get_args(Told)):
        return clean(told(result)).removesuffix("\n")
    return clean(text_of(_table(result)))


def _table(result: Shown) -> "pa.Table":
    if not isinstance(result, Tabular):
        raise TypeError(type(result).__name__)
    return result.to_arrow()


def _drawn(block: str, **context: Any) -> str:
    template = environment("semsearch.web").get_template("notebook.html.jinja")
    given = {"formatting": formatting, "most": _MOST, "block": block}
    return template.render(**given, **context)


def _answer(found: SearchResults) -> str:
    said = CONFIDENCE[found.answer_confidence] if found.hits else "No article satisfies this."
    return _drawn(
        "answer", found=found, said=said, notes=found.query.interpreted.notes, **_listed(found)
    )


def _similar(found: SimilarResults) -> str:
    return _drawn(
        "answer", found=found, said="Similar articles", notes=found.notes, **_listed(found)
    )


def _listed(found: SearchResults | SimilarResults) -> dict[str, Any]:
    return {"bars": bars(found.hits), "snippet": snippet}


def _comparison(found: Comparison) -> str:
    pictures, lacking = [], ""
    try:
        drawn = (plots.timeline(found), plots.frames(found))
        # Made by our own plotting, which escapes what stands in it.
        pictures = [Markup(one) for one in drawn if one]  # noqa: S704
    except ConfigurationError as error:
        lacking = f"{error.message} {error.hint}"
    return _drawn(
        "comparison",
        found=found,
        names=names_of(found),
        rows=[zip(fact.sentences, worded(fact), strict=True) for fact in found.shared_facts],
        phrases=phrases,
        pictures=pictures,
        lacking=lacking,
    )


def _lineage(view: GroupView) -> str:
    return _drawn("lineage", view=view, tree=tree(view))


def _relation(found: Relation) -> str:
    kinds = {kind: getattr(found.probabilities, kind) for kind in _KINDS}
    return _drawn("relation", found=found, kinds=kinds)


def _check(found: DraftCheck) -> str:
    return _drawn("check", **checked.view(found))


def _article(found: ArticleView) -> str:
    return _drawn("article", found=found, characters=_MOST_CHARACTERS)


def _alerts(found: Alerts) -> str:
    return _drawn("alerts", found=found)


_KINDS = ("copy", "edited", "story", "related", "unrelated")
_SHOWN: dict[type, Callable[[Any], str]] = {
    SearchResults: _answer,
    SimilarResults: _similar,
    Comparison: _comparison,
    GroupView: _lineage,
    Relation: _relation,
    DraftCheck: _check,
    Alerts: _alerts,
    ArticleView: _article,
}
