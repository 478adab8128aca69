"""How providers tell one story."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Body
from fastapi import Query as Parameter
from pydantic import BaseModel, ConfigDict, Field

from semsearch.api import comparison_examples as examples
from semsearch.api.bodies import StrictRoute, WholeText, compared
from semsearch.api.coverage import StoryId
from semsearch.api.dependencies import IndexDependency
from semsearch.api.examples import answers
from semsearch.compare.comparer import MAX_ARTICLES, Detail
from semsearch.errors import InvalidQueryError
from semsearch.model.article import Article
from semsearch.model.comparison import Comparison
from semsearch.model.search import Query

router = APIRouter(tags=["coverage"], route_class=StrictRoute)


class CompareBody(BaseModel):
    """What is compared: one of articles, a story and a question."""

    model_config = ConfigDict(extra="forbid")

    articles: list[WholeText | dict[str, Any]] | None = Field(
        default=None,
        max_length=MAX_ARTICLES,
        description="Each the id of an article, or an article itself.",
    )
    story: WholeText | None = Field(default=None, description="The id of a story.")
    question: WholeText | None = Field(
        default=None,
        description="Up to 20 articles that answer are compared, scoring 60 % of the best or more.",
    )
    detail: Detail = Field(
        default=Detail.SUMMARY, description="sentences: adds every sentence's status."
    )


@router.get(
    "/stories/{story_id}/comparison",
    summary="How providers tell a story",
    responses=answers(examples.COMPARISON),
)
def of_story(
    story_id: StoryId,
    index: IndexDependency,
    detail: Annotated[
        Detail, Parameter(description="sentences: adds every sentence's status.")
    ] = Detail.SUMMARY,
) -> Comparison:
    """What is shared, what differs, what is not found where, each with its evidence."""
    return index.compare(story=story_id, detail=detail)


@router.post(
    "/compare",
    summary="How providers tell what articles report",
    responses=answers(examples.COMPARISON),
)
def compare(
    body: Annotated[CompareBody, Body(openapi_examples=examples.COMPARED)],
    index: IndexDependency,
) -> Comparison:
    """The comparison of articles, which need not be in the index, of a story or of an answer."""
    match body.articles, body.story, body.question:
        case [*sides], None, None:
            return index.compare(*[_side(each) for each in sides], detail=body.detail)
        case None, str(story), None:
            return index.compare(story=story, detail=body.detail)
        case None, None, str(question):
            return index.compare(question=Query(question), detail=body.detail)
    raise InvalidQueryError("Send exactly one of articles, story and question.")


def _side(given: str | dict[str, Any]) -> str | Article:
    if isinstance(given, str):
        return given
    # Texts without any name are told apart by what they say.
    return compared(given, json.dumps(given, sort_keys=True, default=str))
