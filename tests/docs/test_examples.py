"""JSON and YAML that the documentation shows is what the code takes and gives."""

import json
from typing import Any

import jsonschema
import pytest
import yaml

from semsearch.config import Settings
from semsearch.model.filter_tree import parse_filter
from semsearch.model.filters import Condition
from tests.docs.pages import REFERENCE, Block, blocks, interface, name_of, pages

BODIES = {"q": "SearchBody", "pairs": "RelationsBody", "articles": "CompareBody"}
ANSWERS = {"hits": "SearchResults", "relations": "Relations"}


def shown(language: str) -> list[Any]:
    return [
        pytest.param(block, id=f"{name_of(page)}:{block.line}")
        for page in pages()
        for block in blocks(page)
        if block.language == language and page.parent != REFERENCE  # made from valid examples
    ]


def documents(text: str) -> list[Any]:
    """One document, or one a line."""
    try:
        return [json.loads(text)]
    except json.JSONDecodeError:
        return [json.loads(line) for line in text.splitlines() if line.strip()]


@pytest.mark.parametrize("block", shown("json"))
def test_json_follows_its_schema(block: Block) -> None:
    schemas = interface()["components"]
    for document in documents(block.text):
        fields = set(document) if isinstance(document, dict) else set()
        for field, name in {**BODIES, **ANSWERS}.items():
            if field in fields:
                jsonschema.validate(
                    document, {"$ref": f"#/components/schemas/{name}", "components": schemas}
                )
        if "filter" in fields:
            assert isinstance(parse_filter(document["filter"]), Condition)


@pytest.mark.parametrize("block", shown("yaml"))
def test_yaml_holds_settings_that_exist(block: Block) -> None:
    value = yaml.safe_load(block.text)
    assert isinstance(value, dict)
    if set(value) <= set(Settings.model_fields):
        Settings(**value)
