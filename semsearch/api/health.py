"""Whether the process lives and can answer, and what it counts."""

from dataclasses import dataclass

from anyio.to_thread import run_sync
from fastapi import APIRouter, Request
from fastapi.responses import Response

from semsearch.api.metrics import CONTENT_TYPE
from semsearch.api.services import MetricsDependency, ServicesDependency
from semsearch.library.library import Library

router = APIRouter(tags=["health"])


@dataclass(frozen=True, slots=True)
class Health:
    """``ok``: the process lives."""

    status: str


@dataclass(frozen=True, slots=True)
class Readiness:
    """What answers come from.

    Attributes:
        generation: The newest; every file of it was checked against its manifest, large ones by
            their size.
        sequence: Last write that can be searched.
        unpublished_writes: Writes that are durable and cannot be searched yet.
        model: What questions are encoded with; it has just encoded one.
    """

    status: str
    generation: int
    sequence: int
    unpublished_writes: int
    model: str


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
async def readyz(request: Request, services: ServicesDependency) -> Readiness:
    """Answers 200 once the encoder is loaded and a sound generation is open."""
    # Anybody may ask, as often as they like: that must not cost those who ask questions.
    return await run_sync(_readiness, services.library, limiter=request.app.state.probing)


def _readiness(library: Library) -> Readiness:
    library.settle()
    library.encoder.encode_query("ready?")
    snapshot = library.snapshot()
    return Readiness(
        status="ok",
        generation=snapshot.generation,
        sequence=snapshot.sequence,
        unpublished_writes=library.catalog.sequence - snapshot.sequence,
        model=library.encoder.spec.model,
    )


@router.get("/metrics", include_in_schema=False)
def metrics(services: ServicesDependency, counted: MetricsDependency) -> Response:
    """The figures of this service as Prometheus reads them."""
    return Response(counted.exposition(services), headers={"Content-Type": CONTENT_TYPE})
