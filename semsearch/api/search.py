"""Endpoints that ask: ranked articles for a question, and articles like another."""

from typing import Annotated

from fastapi import APIRouter
from fastapi import Query as Parameters
from pydantic import Field

from semsearch.api.parameters import (
    ArticleId,
    FilterParameters,
    FilterTree,
    IndexDependency,
    SearchParameters,
    SimilarParameters,
)
from semsearch.api.parsing import StrictRoute, text_from
from semsearch.model.search import Collapse, SearchResults, SimilarResults

router = APIRouter(route_class=StrictRoute)


class SearchBody(SearchParameters):
    """A question in JSON."""

    filter: FilterTree = None


class SimilarBody(FilterParameters):
    """An article that is not in the index: a text, or any of the three fields."""

    filter: FilterTree = None
    text: str = Field(default="", description="All of it, where the parts are not told apart.")
    title: str = Field(default="", description="Its headline.")
    excerpt: str = Field(default="", description="Its teaser.")
    body: str = Field(default="", description="Its text.")
    k: int = Field(default=10, description="How many.")
    collapse: Collapse = Field(
        default=Collapse.NONE, description="Show one article of each text, or of each story."
    )


@router.get("/search", tags=["ask"], summary="Ask")
def search(
    parameters: Annotated[SearchParameters, Parameters()], index: IndexDependency
) -> SearchResults:
    """Ranked articles with the passage that answers, and one row per provider."""
    return index.search(parameters.query())


@router.post("/search", tags=["ask"], summary="Ask, with a filter tree")
def search_body(body: SearchBody, index: IndexDependency) -> SearchResults:
    """Ranked articles with the passage that answers, and one row per provider."""
    return index.search(body.query(body.filter))


@router.get(
    "/articles/{article_id:path}/similar",
    tags=["articles"],
    summary="Articles like one in the index",
)
def similar(
    article_id: ArticleId,
    parameters: Annotated[SimilarParameters, Parameters()],
    index: IndexDependency,
) -> SimilarResults:
    """The nearest articles by title and text, best first."""
    return index.similar(
        article_id, k=parameters.k, filters=parameters.filters(), collapse=parameters.collapse
    )


@router.post("/similar", tags=["articles"], summary="Articles like a text that is not in the index")
def similar_to_text(request: SimilarBody, index: IndexDependency) -> SimilarResults:
    """The nearest articles by title and text, best first."""
    fields = {
        "title": request.title,
        "excerpt": request.excerpt,
        "body": "\n\n".join(part for part in (request.text, request.body) if part),
    }
    article = text_from(fields, "text")
    filters = request.filters(request.filter)
    return index.similar(article, k=request.k, filters=filters, collapse=request.collapse)
