"""Labelled watches: what is read, and what is counted."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from semsearch.errors import InvalidRequestError, NotFoundError
from semsearch.evaluation import rendering
from semsearch.evaluation.watches import (
    LabelledWatch,
    evaluate_watches,
    outcome_of,
    read_watches,
    share,
)
from semsearch.index import Index
from semsearch.model.article import Provider
from semsearch.model.search import Confidence
from semsearch.model.watch import Replay, ReplayedAlert, WatchSpec
from tests.support.commands import run
from tests.support.encoder import HashingEncoder
from tests.support.indexes import open_index
from tests.support.watching import FACT, FURTHER, QUESTION, collision, further, quiet

NOON = datetime(2024, 3, 5, 12, tzinfo=UTC)


def alert(
    article: str, hours: float | None = 0, *joined: str, again: bool = False
) -> ReplayedAlert:
    return ReplayedAlert(
        article=article,
        title=f"About {article}",
        provider=Provider("gazette.example"),
        published=None if hours is None else NOON + timedelta(hours=hours),
        story=None,
        score=0.8,
        confidence=Confidence.HIGH,
        new=(),
        reports=(article, *joined),
        again=again,
    )


def outcome(
    events: Sequence[set[str]], *alerts: ReplayedAlert, again: tuple[str, ...] = ()
) -> tuple[Any, ...]:
    labelled = LabelledWatch(
        WatchSpec(question="Ferry?"), tuple(map(frozenset, events)), frozenset(again), "", ""
    )
    replay = Replay("ferry", NOON, NOON, 9, 0, alerts)
    it = outcome_of(labelled, replay, [NOON] * len(events))
    wrong = tuple(one.article for one in it.wrong)
    return it.alerts, it.right, it.events, it.reported, it.repeated, wrong, it.missed, it.delays


@pytest.mark.parametrize(
    ("events", "alerts", "again", "expected"),
    [
        ([{"a", "b"}], [alert("a")], (), (1, 1, 1, 1, 0, (), (), (0,))),
        ([{"a", "b"}], [alert("b", 30)], (), (1, 1, 1, 1, 0, (), (), (30,))),
        ([{"a", "b"}], [alert("b", None)], (), (1, 1, 1, 1, 0, (), (), ())),
        ([{"a"}], [], (), (0, 0, 1, 0, 0, (), ("a",), ())),
        ([], [alert("x")], (), (1, 0, 0, 0, 0, ("x",), (), ())),
        ([{"a"}, {"c"}], [alert("a", 1), alert("c", 2)], (), (2, 2, 2, 2, 0, (), (), (1, 2))),
        ([{"c"}, {"a"}], [alert("a", 1), alert("c", 2)], (), (2, 2, 2, 2, 0, (), (), (2, 1))),
        # twice: a repeat, unless its new facts may be reported
        ([{"a", "b"}], [alert("a"), alert("b", 5)], (), (2, 2, 1, 1, 1, (), (), (0,))),
        ([{"a", "b"}], [alert("a"), alert("b", 5)], ("b",), (2, 2, 1, 1, 0, (), (), (0,))),
        ([{"a", "b"}], [alert("b", 5), alert("a", 6)], ("b",), (2, 2, 1, 1, 1, (), (), (5,))),
        # an alert is about the event of its own article before that of one which joined it
        ([{"a"}, {"c"}], [alert("a", 0, "c")], (), (1, 1, 2, 1, 0, (), ("c",), (0,))),
        ([{"a"}], [alert("x", 3, "y", "a")], (), (1, 1, 1, 1, 0, (), (), (3,))),
    ],
)
def test_what_is_counted(
    events: list[set[str]],
    alerts: list[ReplayedAlert],
    again: tuple[str, ...],
    expected: tuple[Any, ...],
) -> None:
    assert outcome(events, *alerts, again=again) == expected


def test_a_share_of_nothing_is_none() -> None:
    assert (share(0, 0).value, share(0, 0).interval) == (None, None)
    assert share(3, 4).value == 0.75
    low, high = share(3, 4).interval or (1, 0)
    assert low < 0.75 < high


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    made = open_index(tmp_path_factory.mktemp("labelled") / "index", HashingEncoder())
    made.add([quiet(number) for number in range(5)])
    made.add([collision(), further(), further("c3", FURTHER + FACT)])
    return made


def labelled(folder: Path, *lines: object) -> Path:
    file = folder / "watches.jsonl"
    file.write_text(
        "\n".join(one if isinstance(one, str) else json.dumps(one) for one in lines), "utf-8"
    )
    return file


def test_watches_are_replayed_and_measured(index: Index, tmp_path: Path) -> None:
    before = index.library.catalog.sequence, index.watches(), index.ids()
    file = labelled(
        tmp_path,
        {"name": "ferry", "question": QUESTION, "events": [["c1", "c2", "c3"]], "again": ["c3"]},
        "",
        {"name": "silent", "question": "Will the glass bridge of Yarn open?", "events": []},
        {
            "name": "early",
            "question": QUESTION,
            "events": [["c1", "c2"], ["gone"]],
            "from": "1990-01-01",
            "to": "1990-02-01",
        },
    )
    report = evaluate_watches(read_watches(file, index), index, lambda *_: None)
    ferry, silent, early = report.watches
    assert (ferry.name, ferry.events, ferry.reported, ferry.repeated) == ("ferry", 1, 1, 0)
    assert (ferry.alerts, ferry.wrong) == (ferry.right, ())
    assert (silent.alerts, silent.events) == (0, 0)
    assert (early.alerts, early.missed) == (0, ("c1", "gone"))
    assert (report.recall.right, report.recall.n) == (1, 3)
    assert (report.precision.value, report.delay_hours) == (1.0, 0.0)
    assert report.unresolved == ("gone",)
    assert before == (index.library.catalog.sequence, index.watches(), index.ids())
    console = Console(width=100)
    with console.capture() as shown:
        console.print(rendering.watches(report))
    assert "Recall: 0.33" in shown.get()
    assert "early: missed, the event of gone" in shown.get()
    assert "1 labelled articles are not in the index: gone." in shown.get()


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{", "line 1: not JSON"),
        ("[]", "line 1: not a JSON object"),
        ({"question": "Ferry?"}, "line 1: events: Field required"),
        ({"events": [["c1"]]}, "say one of question, similar and story"),
        ({"question": "F?", "similar": "c1", "events": []}, "say one of question, similar and"),
        ({"question": "F?", "events": [["c1"], ["c1"]]}, "c1 stands in two events"),
        ({"question": "F?", "events": [[]]}, "an event has no articles"),
        ({"question": "F?", "events": ["c1"]}, "line 1: events.0:"),
        ({"question": "F?", "events": [["c1"]], "until": "2024"}, "there is no field"),
        ({"question": "F?", "events": [["c1"]], "words": 1}, "there is no field words"),
        ({"question": "F?", "events": [["c1"]], "min_confidence": "x"}, "line 1: min_confidence"),
        ({"question": "F?", "events": [["nowhere"]]}, "None of the 1 labelled articles"),
        ("", "holds no watches"),
    ],
)
def test_what_cannot_be_read_is_said(index: Index, tmp_path: Path, line: object, says: str) -> None:
    with pytest.raises(InvalidRequestError, match="(?s).*" + says.replace(".", r"\.")):
        read_watches(labelled(tmp_path, line), index)


def test_a_file_that_is_not_there(index: Index, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no-such"):
        read_watches(tmp_path / "no-such.jsonl", index)


@pytest.mark.model
def test_the_sample_of_the_package(sample_index: Path) -> None:
    done = run("eval", "watches", "--sample", "--index", sample_index, "--json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["unresolved"] == []
    assert report["recall"]["value"] >= 0.85
    assert report["precision"]["value"] >= 0.85
    refused = run("eval", "watches", "--index", sample_index)
    assert refused.returncode != 0
    assert "--sample" in refused.stderr
