"""Tell a browser how to search here (OpenSearch 1.1), so that it can offer it as an engine."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from semsearch.web.page import HEADERS, rendered

router = APIRouter()


@router.get("/opensearch.xml")
def description(request: Request) -> Response:
    """The description; addresses in it are whole, as browsers want them."""
    text = rendered("opensearch.xml.jinja", "", {"base": str(request.base_url).rstrip("/")})
    kind = "application/opensearchdescription+xml"
    return Response(text, media_type=kind, headers=HEADERS)
