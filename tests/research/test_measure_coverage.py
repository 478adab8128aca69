"""Relations and stories are measured from files, without an index."""

from pathlib import Path

import pytest

from research.measure_coverage import evaluate_coverage, markdown
from research.pair_measures import LabelledPair
from semsearch.errors import InvalidRequestError
from semsearch.model.relation import RelationKind
from tests.support.articles import write_json_lines
from tests.support.encoder import HashingEncoder

STRIKE = "Dockers at Brackwater walked out at dawn and closed both basins of the port for a day. "
QUAKE = "A quake of moderate strength shook the valley of Senn and cracked the old tram depot. "
EVENTS = {"strike": STRIKE, "quake": QUAKE}
ENDINGS = ("Nobody was hurt.", "The mayor spoke at noon.", "Shops stayed open.")
PAIRS = [
    LabelledPair("strike0", "strike1", RelationKind.EDITED),
    LabelledPair("strike0", "quake0", RelationKind.UNRELATED),
    LabelledPair("strike0", "lost", RelationKind.COPY),
]


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    return write_json_lines(
        tmp_path / "articles.jsonl",
        [
            {"id": f"{name}{number}", "title": "", "body": text + ending, "story": name}
            for name, text in EVENTS.items()
            for number, ending in enumerate(ENDINGS)
        ],
    )


def test_pairs_and_stories_are_measured(archive: Path) -> None:
    report = evaluate_coverage([archive], PAIRS, HashingEncoder())
    assert (report.articles, report.labelled, report.missing) == (6, 6, ("lost",))
    assert report.pairs is not None
    assert report.pairs.pairs == 2
    assert len(report.pairs.baselines) == len(report.pairs.story_baselines) == 3
    assert [one.system.split(" [")[0] for one in report.stories] == [
        "ours",
        "one threshold on cosine",
        "HDBSCAN",
    ]
    assert report.stories[0].f1.mean == 1
    written = markdown(report)
    assert "| ours | 1.000 (1.00–1.00) |" in written
    assert "(lost); their pairs are left out." in written


def test_one_of_them_is_enough(archive: Path) -> None:
    alone = evaluate_coverage([archive], [], HashingEncoder())
    assert alone.pairs is None
    assert "Relations" not in markdown(alone)


def test_nothing_to_measure_is_said(tmp_path: Path) -> None:
    plain = write_json_lines(tmp_path / "plain.jsonl", [{"id": "a", "title": "Lisk"}])
    with pytest.raises(InvalidRequestError, match="nothing to measure"):
        evaluate_coverage([plain], PAIRS, HashingEncoder())
