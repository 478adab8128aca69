"""Endpoints about stories: which there are, and how providers tell one."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi import Query as Parameters
from pydantic import BaseModel, ConfigDict, Field

from semsearch.api.forms import IN_FORMS, FormDependency, in_form
from semsearch.api.parameters import IndexDependency, ListParameters, StoryId, WholeText, few
from semsearch.api.parsing import StrictRoute, text_from
from semsearch.errors import InvalidQueryError
from semsearch.index import Index
from semsearch.model.article import Article
from semsearch.model.clusters import Stories, StoryView
from semsearch.model.comparison import MAX_ARTICLES, Comparison, Detail
from semsearch.model.search import Query

router = APIRouter(tags=["coverage"], route_class=StrictRoute)

_DETAIL = "sentences: adds every sentence's status."


class CompareBody(BaseModel):
    """What is compared: one of articles, a story and a question."""

    model_config = ConfigDict(extra="forbid")

    articles: Annotated[list[WholeText | dict[str, Any]], few(MAX_ARTICLES)] | None = Field(
        default=None,
        max_length=MAX_ARTICLES,
        description="Each the id of an article, or an article itself.",
    )
    story: WholeText | None = Field(default=None, description="The id of a story.")
    question: WholeText | None = Field(
        default=None,
        description="Up to 20 articles that answer are compared, scoring 55 % of the best or more.",
    )
    detail: Detail = Field(default=Detail.SUMMARY, description=_DETAIL)


@router.get("/stories", summary="Every story", response_model=Stories, responses=IN_FORMS)
def stories(
    parameters: Annotated[ListParameters, Parameters()], index: IndexDependency, request: Request
) -> Any:
    """Events that several articles report."""
    return in_form(request, index.stories(parameters.query()), parameters.format)


@router.get(
    "/stories/{story_id}", summary="One story", response_model=StoryView, responses=IN_FORMS
)
def story(story_id: StoryId, index: IndexDependency, request: Request, form: FormDependency) -> Any:
    """A story with its articles and outlets, in order of time."""
    return in_form(request, index.story(story_id), form)


@router.get(
    "/stories/{story_id}/comparison",
    summary="How providers tell a story",
    response_model=Comparison,
    responses=IN_FORMS,
)
def compare_story(
    story_id: StoryId,
    index: IndexDependency,
    request: Request,
    form: FormDependency,
    detail: Annotated[Detail, Parameters(description=_DETAIL)] = Detail.SUMMARY,
) -> Any:
    """What is shared, and what is not found where, each with its evidence."""
    return in_form(request, index.compare(story=story_id, detail=detail), form)


@router.post(
    "/compare",
    summary="How providers tell what articles report",
    response_model=Comparison,
    responses=IN_FORMS,
)
def compare(
    body: CompareBody, index: IndexDependency, request: Request, form: FormDependency
) -> Any:
    """The comparison of articles, which need not be in the index, of a story or of an answer."""
    return in_form(request, _compared(body, index), form)


def _compared(body: CompareBody, index: Index) -> Comparison:
    match body.articles, body.story, body.question:
        case [*articles], None, None:
            return index.compare(*[_article(each) for each in articles], detail=body.detail)
        case None, str(story), None:
            return index.compare(story=story, detail=body.detail)
        case None, None, str(question):
            return index.compare(question=Query(question), detail=body.detail)
    raise InvalidQueryError("Send exactly one of articles, story and question.")


def _article(given: str | dict[str, Any]) -> str | Article:
    if isinstance(given, str):
        return given
    # Texts without any name are told apart by what they say.
    return text_from(given, json.dumps(given, sort_keys=True, default=str))
