"""Whether the process lives and can answer."""

from dataclasses import dataclass

from fastapi import APIRouter

from semsearch.api.services import ServicesDependency

router = APIRouter(tags=["health"])


@dataclass(frozen=True, slots=True)
class Health:
    """``ok``, and the generation that answers come from."""

    status: str
    generation: int | None = None


@router.get(
    "/livez",
    summary="The process lives",
    responses={200: {"content": {"application/json": {"example": {"status": "ok"}}}}},
)
def livez() -> Health:
    """Answers as long as the process does."""
    return Health("ok")


@router.get(
    "/readyz",
    summary="Questions can be answered",
    responses={
        200: {"content": {"application/json": {"example": {"status": "ok", "generation": 7}}}}
    },
)
def readyz(services: ServicesDependency) -> Health:
    """Answers 200 once the encoder is loaded and a sound generation is open."""
    services.library.encoder.encode_query("ready?")
    return Health("ok", services.library.snapshot().generation)
