"""The OpenAPI document is kept: no request that it allows, or nearly allows, breaks anything.

A bounded run with fixed examples; ``EXAMPLES`` may be as large as there is patience.
"""

import os
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance
from starlette.applications import Starlette
from starlette.types import Receive, Scope, Send

from semsearch.api.app import create_app
from semsearch.api.parsing import article_from
from semsearch.config import ServiceSettings
from tests.service.conftest import empty_index, notices

EXAMPLES = int(os.environ.get("SEMSEARCH_TEST_EXAMPLES", "5"))
CHECKS: list[Any] = [not_a_server_error, content_type_conformance, response_schema_conformance]
OPERATIONS = [
    (method, path)
    for path, methods in create_app(None).openapi()["paths"].items()  # type: ignore[arg-type]
    for method in methods
]


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The application by its own description, with sixty articles behind it."""
    opened = empty_index(tmp_path_factory.mktemp("contract") / "index")
    opened.add([article_from(one, "") for one in notices()])
    app = create_app(opened, settings=ServiceSettings(request_seconds=60))
    other = Starlette()

    async def opened_once(scope: Scope, receive: Receive, send: Send) -> None:
        # Schemathesis starts and stops an application for each request, which closes its index.
        await (other if scope["type"] == "lifespan" else app)(scope, receive, send)

    with opened:
        yield schemathesis.openapi.from_asgi("/openapi.json", opened_once)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_every_operation_keeps_to_the_document(
    described: Any, method: str, path: str, mode: GenerationMode
) -> None:
    operation = described[path][method.upper()]
    if mode is GenerationMode.NEGATIVE and not (operation.query or operation.body):
        pytest.skip("nothing can be asked wrongly")

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def keeps(case: schemathesis.Case[Any]) -> None:
        case.call_and_validate(checks=CHECKS)

    keeps()
