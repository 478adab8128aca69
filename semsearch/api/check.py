"""The endpoint that checks a draft against the archive."""

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from semsearch.api.parameters import IndexDependency, WholeText
from semsearch.api.parsing import StrictRoute
from semsearch.model.check import DraftCheck

router = APIRouter(tags=["drafts"], route_class=StrictRoute)


class CheckBody(BaseModel):
    """A draft."""

    model_config = ConfigDict(extra="forbid")

    text: WholeText = Field(description="The draft, at most 100,000 characters.")


@router.post("/check", summary="What the archive holds of a draft")
def check(body: CheckBody, index: IndexDependency) -> DraftCheck:
    """Its quotations, figures, sentences and copied runs, each with its evidence."""
    return index.check(body.text)
