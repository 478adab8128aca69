"""Watches are judged alike wherever articles are searched and whatever holds the catalog."""

import os
from pathlib import Path

import pytest

from semsearch.assembly import open_index
from semsearch.config import Settings
from semsearch.index import Index
from semsearch.model.search import Confidence
from semsearch.model.watch import AlertQuery, DeliveryState, WatchSpec
from tests.contract.backends import SERVER
from tests.support.encoder import HashingEncoder
from tests.support.indexes import open_index as open_local
from tests.support.postgres import Postgres
from tests.support.watching import FACT, FURTHER, QUESTION, collision, further, quiet

ASKED = WatchSpec(name="ferry", question=QUESTION, min_confidence=Confidence.LOW)
PLACES = ("files and SQLite", "files and PostgreSQL", "Milvus Lite", "Milvus and PostgreSQL")


def settings(place: str, folder: Path, request: pytest.FixtureRequest) -> Settings:
    if place == "files and SQLite":
        return Settings(index=folder / "index")
    if place == "Milvus Lite":
        pytest.importorskip("milvus_lite", reason="Milvus Lite is not installed")
        return Settings(index=f"milvus+file:{folder / 'milvus.db'}")
    if place == "Milvus and PostgreSQL" and SERVER not in os.environ:
        pytest.skip("no Milvus server: scripts/test_cluster.py starts one")
    server: Postgres = request.getfixturevalue("postgres")
    catalog = server.new_catalog()
    if place == "files and PostgreSQL":
        return Settings(index=folder / "index", catalog=catalog)
    return Settings(index=os.environ[SERVER], catalog=catalog)


@pytest.fixture(params=PLACES)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Settings, HashingEncoder]:
    return settings(request.param, tmp_path, request), HashingEncoder()


def write(index: Index) -> None:
    """Reports of one event, one at a time: the first, its copy, and another with a new fact."""
    index.add([quiet(number) for number in range(4)])
    index.add_watch(ASKED)
    index.add([collision()])
    index.add([collision("copy"), quiet(7)])
    index.add([further(body=FURTHER + FACT)])


def told(index: Index) -> list[tuple[object, ...]]:
    """What was reported, oldest first, without what differs from one index to another."""
    alerts = list(reversed(index.alerts(AlertQuery()).alerts))
    number = {alert.id: place for place, alert in enumerate(alerts)}
    return [
        (
            alert.article,
            alert.confidence,
            round(alert.score, 4),
            [sentence.text for sentence in alert.new],
            [(report.article, report.relation) for report in alert.reports],
            None if alert.again is None else number[alert.again],
        )
        for alert in alerts
    ]


def test_the_same_is_reported_everywhere(
    place: tuple[Settings, HashingEncoder], tmp_path: Path
) -> None:
    chosen, encoder = place
    with open_index(chosen, create=True, encoder=encoder) as index:
        write(index)
        found = told(index)
    with open_local(tmp_path / "beside", HashingEncoder()) as beside:
        write(beside)
        assert found == told(beside)
    assert len(found) == 2
    with open_index(chosen, encoder=encoder) as again:  # after the process has ended
        assert told(again) == found
        assert not again.behind()
        assert [watch.name for watch in again.watches()] == ["ferry"]
        assert again.deliveries(state=DeliveryState.WAITING) == ()
