"""Endpoints about the service and its index: probes, metrics, counts."""

from dataclasses import dataclass
from typing import Any

from anyio.to_thread import run_sync
from fastapi import APIRouter, Request
from fastapi.responses import Response

from semsearch.api.forms import IN_FORMS, FormDependency, in_form
from semsearch.api.metrics import CONTENT_TYPE, metrics_of
from semsearch.api.parameters import IndexDependency
from semsearch.model.status import IndexStatus, ProviderList, Readiness, TopicList

router = APIRouter(tags=["index"])
probes = APIRouter(tags=["health"])


@dataclass(frozen=True, slots=True)
class Health:
    """``ok``: the process lives."""

    status: str


@router.get("/providers", summary="Every provider", response_model=ProviderList, responses=IN_FORMS)
def providers(index: IndexDependency, request: Request, form: FormDependency) -> Any:
    """Every provider with its number of articles, most first."""
    return in_form(request, index.providers(), form)


@router.get("/topics", summary="Every topic", response_model=TopicList, responses=IN_FORMS)
def topics(index: IndexDependency, request: Request, form: FormDependency) -> Any:
    """Every topic with its number of articles, most first."""
    return in_form(request, index.topics(), form)


@router.get("/status", summary="Counts, sizes and the model")
def status(index: IndexDependency) -> IndexStatus:
    """What the newest generation holds and what it was made with."""
    return index.status()


@probes.get("/livez", summary="The process lives")
async def livez() -> Health:
    """Answers as long as the process does."""
    return Health("ok")


@probes.get("/readyz", summary="Questions can be answered")
async def readyz(request: Request, index: IndexDependency) -> Readiness:
    """Answers 200 once the encoder is loaded and a sound generation is open."""
    # Anybody may ask, as often as they like: one at a time, so that questions do not wait.
    return await run_sync(index.readiness, limiter=request.app.state.probe_limiter)


@probes.get("/metrics", include_in_schema=False)
def metrics(request: Request, index: IndexDependency) -> Response:
    """The figures of this service as Prometheus reads them."""
    exposition = metrics_of(request).exposition(index)
    return Response(exposition, headers={"Content-Type": CONTENT_TYPE})
