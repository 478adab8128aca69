"""Whether the process lives and can answer, and what it counts."""

from dataclasses import dataclass

from anyio.to_thread import run_sync
from fastapi import APIRouter, Request
from fastapi.responses import Response

from semsearch.api.dependencies import IndexDependency, MetricsDependency
from semsearch.api.metrics import CONTENT_TYPE
from semsearch.model.status import Readiness

router = APIRouter(tags=["health"])


@dataclass(frozen=True, slots=True)
class Health:
    """``ok``: the process lives."""

    status: str


_READY = {
    "status": "ok",
    "generation": 7,
    "sequence": 12,
    "unpublished_writes": 0,
    "model": "all-MiniLM-L6-v2",
}


@router.get(
    "/livez",
    summary="The process lives",
    responses={200: {"content": {"application/json": {"example": {"status": "ok"}}}}},
)
async def livez() -> Health:
    """Answers as long as the process does."""
    return Health("ok")


@router.get(
    "/readyz",
    summary="Questions can be answered",
    responses={200: {"content": {"application/json": {"example": _READY}}}},
)
async def readyz(request: Request, index: IndexDependency) -> Readiness:
    """Answers 200 once the encoder is loaded and a sound generation is open."""
    # Anybody may ask, as often as they like: that must not cost those who ask questions.
    return await run_sync(index.readiness, limiter=request.app.state.probing)


@router.get("/metrics", include_in_schema=False)
def metrics(index: IndexDependency, counted: MetricsDependency) -> Response:
    """The figures of this service as Prometheus reads them."""
    return Response(counted.exposition(index), headers={"Content-Type": CONTENT_TYPE})
