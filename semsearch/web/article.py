"""Article: its text, and what else is like it."""

import json

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from semsearch.library.showing import passages, show, summaries
from semsearch.web import reading
from semsearch.web.page import page
from semsearch.web.scores import bars
from semsearch.web.services import ServicesDependency

router = APIRouter()

_SIMILAR = 6
_DUPLICATES = 40
_EXTRA_CHARS = 400


@router.get("/articles/{identity:path}")
def article(
    request: Request, identity: str, services: ServicesDependency, *, marks: bool = False
) -> HTMLResponse:
    """An article whole.

    Raises:
        NoSuchArticleError: It is not there.
    """
    found = show(services.library, identity)
    cut = passages(services.library, identity)
    near = services.similar.like_article(identity, _SIMILAR).hits if cut else ()
    links = [link.id for link in found.related]
    context = {
        "article": found,
        "marks": marks,
        "texts": reading.texts(found, cut, marks=marks),
        "passages": len(cut),
        "duplicates": services.duplicates.of_article(identity) if cut else None,
        "most": _DUPLICATES,
        "story": services.stories.of_article(identity),
        "similar": list(zip(near, bars(near), strict=True)),
        "held": summaries(services.library, links),
        "extra": {name: _shown(value) for name, value in found.extra.items()},
    }
    return page(request, "article.html.jinja", context)


def _shown(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _EXTRA_CHARS else f"{text[:_EXTRA_CHARS]} …"
