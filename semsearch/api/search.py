"""Asking."""

from typing import Annotated

from fastapi import APIRouter, Body

from semsearch.api import examples
from semsearch.api.bodies import StrictRoute
from semsearch.api.dependencies import IndexDependency
from semsearch.api.questions import SearchBody, SearchQuery
from semsearch.model.search import SearchResults
from semsearch.model.status import IndexStatus, ProviderList, TopicList

router = APIRouter(route_class=StrictRoute)


@router.get("/search", tags=["ask"], summary="Ask", responses=examples.answers(examples.SEARCH))
def search(query: SearchQuery, index: IndexDependency) -> SearchResults:
    """Ranked articles with the passage that answers, and one row per provider."""
    return index.search(query)


@router.post(
    "/search",
    tags=["ask"],
    summary="Ask, with a filter tree",
    responses=examples.answers(examples.SEARCH),
)
def search_body(
    body: Annotated[SearchBody, Body(openapi_examples=examples.QUESTIONS)],
    index: IndexDependency,
) -> SearchResults:
    """Ranked articles with the passage that answers, and one row per provider."""
    return index.search(body.query())


@router.get(
    "/providers",
    tags=["index"],
    summary="Every provider",
    responses=examples.answers(examples.PROVIDERS),
)
def providers(index: IndexDependency) -> ProviderList:
    """Every provider with its number of articles, most first."""
    return index.providers()


@router.get(
    "/topics",
    tags=["index"],
    summary="Every topic",
    responses=examples.answers(examples.TOPICS),
)
def topics(index: IndexDependency) -> TopicList:
    """Every topic with its number of articles, most first."""
    return index.topics()


@router.get(
    "/status",
    tags=["index"],
    summary="Counts, sizes and the model",
    responses=examples.answers(examples.STATUS),
)
def status(index: IndexDependency) -> IndexStatus:
    """What the newest generation holds and what it was made with."""
    return index.status()
