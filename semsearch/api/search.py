"""Endpoints that ask: ranked articles for a question, and articles like another."""

from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi import Query as Parameters
from pydantic import Field

from semsearch.api.forms import IN_FORMS, in_form
from semsearch.api.parameters import (
    ArticleId,
    FilterParameters,
    FilterTree,
    IndexDependency,
    SearchParameters,
    SimilarParameters,
)
from semsearch.api.parsing import StrictRoute, text_from
from semsearch.api.quick import QuickRoute
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


def search(
    parameters: Annotated[SearchParameters, Parameters()], index: IndexDependency, request: Request
) -> Any:
    """Ranked articles with the passage that answers, and one row per provider."""
    return in_form(request, index.search(parameters.query()), parameters.format)


router.add_api_route(
    "/search",
    search,
    tags=["ask"],
    summary="Ask",
    response_model=SearchResults,
    responses=IN_FORMS,
    route_class_override=QuickRoute,
)


@router.post(
    "/search",
    tags=["ask"],
    summary="Ask, with a filter tree",
    response_model=SearchResults,
    responses=IN_FORMS,
)
def search_body(body: SearchBody, index: IndexDependency, request: Request) -> Any:
    """Ranked articles with the passage that answers, and one row per provider."""
    return in_form(request, index.search(body.query(body.filter)), body.format)


@router.get(
    "/articles/{article_id:path}/similar",
    tags=["articles"],
    summary="Articles like one in the index",
    response_model=SimilarResults,
    responses=IN_FORMS,
)
def similar(
    article_id: ArticleId,
    parameters: Annotated[SimilarParameters, Parameters()],
    index: IndexDependency,
    request: Request,
) -> Any:
    """The nearest articles by title and text, best first."""
    found = index.similar(
        article_id, k=parameters.k, filters=parameters.filters(), collapse=parameters.collapse
    )
    return in_form(request, found, parameters.format)


@router.post(
    "/similar",
    tags=["articles"],
    summary="Articles like a text that is not in the index",
    response_model=SimilarResults,
    responses=IN_FORMS,
)
def similar_to_text(body: SimilarBody, index: IndexDependency, request: Request) -> Any:
    """The nearest articles by title and text, best first."""
    fields = {
        "title": body.title,
        "excerpt": body.excerpt,
        "body": "\n\n".join(part for part in (body.text, body.body) if part),
    }
    article = text_from(fields, "text")
    filters = body.filters(body.filter)
    found = index.similar(article, k=body.k, filters=filters, collapse=body.collapse)
    return in_form(request, found, body.format)
