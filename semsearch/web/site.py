"""The pages: everything that is served for people.

Each page is a module with a ``router``; a new one is added here.
"""

from fastapi import APIRouter

from semsearch.web import (
    add,
    article,
    ask,
    assets,
    check,
    compare,
    difference,
    duplicates,
    feeds,
    opensearch,
    save,
    status,
    stories,
    story,
    watches,
)
from semsearch.web.page import prepare
from semsearch.web.problems import ProblemPages

__all__ = ["ProblemPages", "prepare", "router"]

router = APIRouter(include_in_schema=False)

_PAGES = (
    *(ask, article, add, status, stories, story, duplicates, difference, feeds),
    *(watches, check, compare, save, opensearch, assets),
)
for _page in _PAGES:
    router.include_router(_page.router)
