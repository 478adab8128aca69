"""Answers are those that were recorded, but for the last digits, which differ by processor.

They were recorded with version 0.1.0 (``python -m tests.recorded FOLDER`` records anew, after a
change that is meant to change answers): hits with scores and parts, confidence and outlets of 200
questions, relations of read pairs, groups, stories and comparisons of the sample.
"""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.recorded.recording import (
    Line,
    answers,
    archive_questions,
    coverage,
    recorded,
    relations,
    sample_questions,
    served,
)

pytestmark = pytest.mark.model

FOLDER = Path(__file__).parent
ARCHIVES = FOLDER.parents[2] / "shared/data"
# Another processor adds up in another order: the last digits of a score differ.
TOLERANCE = 2e-3
EVERY = 8  # of the read pairs; all take a minute and a half


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with served(tmp_path_factory.mktemp("sample")) as client:
        yield client


def alike(was: Any, now: Any) -> bool:
    """Equal but for the last digits of numbers."""
    if isinstance(was, float) and isinstance(now, float):
        return math.isclose(was, now, abs_tol=TOLERANCE)
    if isinstance(was, dict) and isinstance(now, dict):
        return was.keys() == now.keys() and all(alike(was[key], now[key]) for key in was)
    if isinstance(was, list) and isinstance(now, list):
        return len(was) == len(now) and all(map(alike, was, now))
    return bool(was == now)


def differing(was: list[Line], now: list[Line]) -> list[Line]:
    assert len(was) == len(now)
    return [b for a, b in zip(was, now, strict=True) if not alike(a, b)]


def test_questions_over_the_sample_have_the_recorded_answers(sample: httpx.Client) -> None:
    was = recorded(FOLDER / "sample-answers.jsonl")
    assert differing(was, list(answers(sample, sample_questions()))) == []


def test_groups_stories_and_comparisons_are_the_recorded_ones(sample: httpx.Client) -> None:
    was = recorded(FOLDER / "sample-coverage.jsonl")
    assert differing(was, list(coverage(sample))) == []


@pytest.mark.archive
def test_relations_of_read_pairs_are_the_recorded_ones(sample: httpx.Client) -> None:
    if not (ARCHIVES / "pairs/dev.tsv").is_file():
        pytest.skip("the read pairs are not beside the checkout")
    was = recorded(FOLDER / "relations.jsonl")
    assert differing(was[::EVERY], list(relations(sample, ARCHIVES, EVERY))) == []


@pytest.mark.archive
@pytest.mark.skipif("not config.getoption('--archives')", reason="takes minutes: --archives")
def test_questions_over_an_archive_have_the_recorded_answers(tmp_path: Path) -> None:
    if not (ARCHIVES / "everyday_azure_md.tar.xz").is_file():
        pytest.skip("the archive is not beside the checkout")
    was = recorded(FOLDER / "everyday-answers.jsonl")
    with served(tmp_path, ARCHIVES / "everyday_azure_md.tar.xz") as client:
        questions = archive_questions(ARCHIVES / "questions_dev", tmp_path / "articles")
        assert differing(was, list(answers(client, questions))) == []
