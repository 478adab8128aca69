"""The OpenAPI document: complete, and with examples that are true."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import jsonschema
import pytest
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from semsearch.api.app import create_app
from semsearch.index import Index


@pytest.fixture
def document(index: Index) -> dict[str, Any]:
    app: FastAPI = create_app(index)
    return app.openapi()


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method, path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def test_every_operation_is_described_and_has_an_example(document: dict[str, Any]) -> None:
    for method, path, operation in operations(document):
        where = f"{method} {path}"
        assert operation["summary"], where
        assert operation["description"], where
        assert "example" in operation["responses"]["200"]["content"]["application/json"], where
        for content in operation.get("requestBody", {}).get("content", {}).values():
            assert "example" in content or "examples" in content, where


def test_examples_follow_their_schemas(document: dict[str, Any]) -> None:
    for method, path, operation in operations(document):
        content = operation["responses"]["200"]["content"]["application/json"]
        schema = {**content["schema"], "components": document["components"]}
        jsonschema.validate(content["example"], schema)
        assert json.dumps(content["example"]), f"{method} {path}"


def test_first_requests_that_come_at_once_build_it_once(
    index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_work = 0

    def slowly(**given: Any) -> dict[str, Any]:
        nonlocal at_work
        at_work += 1
        assert at_work == 1
        time.sleep(0.05)  # others come
        return get_openapi(**given)

    monkeypatch.setattr("fastapi.applications.get_openapi", slowly)
    app = create_app(index)
    with ThreadPoolExecutor(4) as pool:
        first, *others = pool.map(lambda _: app.openapi(), range(4))
    assert all(other is first for other in others)
