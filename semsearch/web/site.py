"""The pages: everything that is served for people.

Each page is a module with a ``router``; a new one is added here.
"""

from fastapi import APIRouter

from semsearch.index import Services
from semsearch.model.article import Article
from semsearch.model.search import Query
from semsearch.web import (
    add,
    article,
    ask,
    assets,
    difference,
    duplicates,
    status,
    stories,
    story,
)
from semsearch.web.page import prepare
from semsearch.web.problems import ProblemPages

__all__ = ["ProblemPages", "router", "warm_up"]

router = APIRouter(include_in_schema=False)

for _page in (ask, article, add, status, stories, story, duplicates, difference, assets):
    router.include_router(_page.router)


def warm_up(services: Services) -> None:
    """Load what the first reader would otherwise wait for: a question, a comparison, templates."""
    prepare()
    services.searcher.search(Query("warm up", facets=True))
    services.duplicates.of_text(Article("warm up", title="Warm up", body="A text to warm up with."))
