"""The OpenAPI document: complete, and with examples that are true."""

import json
from typing import Any

import jsonschema
import pytest
from fastapi import FastAPI

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
