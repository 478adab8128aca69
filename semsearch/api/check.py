"""The endpoint that checks a draft against the archive."""

from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from semsearch.api.forms import IN_FORMS, FormDependency, in_form
from semsearch.api.parameters import IndexDependency, WholeText
from semsearch.api.parsing import StrictRoute
from semsearch.model.check import DraftCheck

router = APIRouter(tags=["drafts"], route_class=StrictRoute)


class CheckBody(BaseModel):
    """A draft."""

    model_config = ConfigDict(extra="forbid")

    text: WholeText = Field(description="The draft, at most 100,000 characters.")


@router.post(
    "/check",
    summary="What the archive holds of a draft",
    response_model=DraftCheck,
    responses=IN_FORMS,
)
def check(body: CheckBody, index: IndexDependency, request: Request, form: FormDependency) -> Any:
    """Its quotations, figures, sentences and copied runs, each with its evidence."""
    return in_form(request, index.check(body.text), form)
