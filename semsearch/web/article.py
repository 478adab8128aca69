"""Article: its text, and what else is like it."""

import json

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from semsearch.web import reading
from semsearch.web.dependencies import IndexDependency
from semsearch.web.page import page
from semsearch.web.scores import bars

router = APIRouter()

_SIMILAR = 6
_DUPLICATES = 40
_EXTRA_CHARS = 400


@router.get("/articles/{identity:path}")
def article(
    request: Request, identity: str, index: IndexDependency, *, marks: bool = False
) -> HTMLResponse:
    """An article whole.

    Raises:
        NoSuchArticleError: It is not there.
    """
    found = index.get(identity)
    cut = index.passages(identity)
    near = index.similar(identity, k=_SIMILAR).hits if cut else ()
    links = [link.id for link in found.related]
    context = {
        "article": found,
        "marks": marks,
        "texts": reading.texts(found, cut, marks=marks),
        "passages": len(cut),
        "duplicates": index.duplicates(identity) if cut else None,
        "most": _DUPLICATES,
        "story": index.story_of(identity),
        "similar": list(zip(near, bars(near), strict=True)),
        "held": index.summaries(links),
        "extra": {name: _shown(value) for name, value in found.extra.items()},
    }
    return page(request, "article.html.jinja", context)


def _shown(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _EXTRA_CHARS else f"{text[:_EXTRA_CHARS]} …"
