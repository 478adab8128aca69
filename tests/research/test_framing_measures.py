import csv
import json
import lzma
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from research.framing_measures import (
    Item,
    Looked,
    auc,
    evaluate_framing,
    macro_f1,
    measure_alignment,
    read_items,
)
from research.measure_framing import markdown
from semsearch.compare.alignment import Scorer
from semsearch.errors import ConfigurationError
from tests.support.encoder import HashingEncoder
from tests.unit.compare.samples import MARKETS, STOPPAGE, STRIKE

SCORER = Scorer(
    np.zeros(0), 0.0, np.zeros(0), 0.0, shared_from=1.0, short_shared_from=1.0, not_found_below=-1.0
)
COLUMNS = "story article_a i article_b status b_sentences labels_contrast".split()
SCORES = st.lists(st.sampled_from([0.0, 0.5, 1.0, 2.0]), min_size=1, max_size=6)


def item(story: str, status: str = "stated", right: tuple[int, ...] = (0,)) -> Item:
    return Item(story, "a", 0, "b", status, right if status != "not_found" else ())


def looked(story: str, status: str, logit: float, picked: int = 0) -> Looked:
    return Looked(item(story, status), logit, picked)


def write(folder: Path, rows: list[list[object]]) -> None:
    with (folder / "alignment_dev.tsv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter="\t")
        writer.writerows([COLUMNS, *rows])
    with lzma.open(folder / "sentences_dev.jsonl.xz", "wt", encoding="utf-8") as file:
        for name, body in (("one", STRIKE), ("two", STOPPAGE), ("three", MARKETS)):
            sentences = [{"text": f"{text.strip()}."} for text in body.split(". ")]
            file.write(json.dumps({"id": name, "sentences": sentences}) + "\n")


@given(SCORES, SCORES)
def test_auc_is_the_share_of_pairs_in_order(high: list[float], low: list[float]) -> None:
    wins = sum((one > other) + (one == other) / 2 for one in high for other in low)
    positive = np.array([True] * len(high) + [False] * len(low))
    assert auc(np.array(high + low), positive) == pytest.approx(wins / len(high) / len(low))


def test_auc_needs_both_kinds() -> None:
    assert auc(np.array([1.0]), np.array([True])) is None


def test_macro_f1_weighs_classes_alike() -> None:
    truth, given_ = np.array([0, 0, 0, 1]), np.array([0, 0, 1, 1])
    assert macro_f1(truth, given_) == pytest.approx((4 / 5 + 2 / 3) / 2)


def test_alignment_is_measured_at_the_limits() -> None:
    found = measure_alignment(
        [
            looked("s", "stated", 2.0),
            looked("s", "partial", 1.0, picked=3),
            looked("t", "not_found", 1.5),
            looked("t", "not_found", -2.0),
            looked("u", "stated", -3.0),
            looked("u", "not_found", 0.0),
        ],
        SCORER,
    )
    assert found["precision_shared"].value == pytest.approx(2 / 3, abs=1e-4)
    assert found["precision_shared"].n == 3
    assert found["precision_not_found"].value == pytest.approx(1 / 2)
    assert found["unclear"].value == pytest.approx(1 / 6, abs=1e-4)
    assert found["right_sentence"].value == pytest.approx(2 / 3, abs=1e-4)
    for measured in found.values():
        if measured.value is not None and measured.low is not None and measured.high is not None:
            assert 0 <= measured.low <= measured.high <= 1


def test_a_folder_is_measured(tmp_path: Path) -> None:
    folder = tmp_path / "framing"
    folder.mkdir()
    write(
        folder,
        [
            ["s", "one", 0, "two", "stated", "0", "no"],
            ["s", "one", 3, "two", "stated", "3;1", "no"],
            ["s", "one", 3, "three", "not_found", "", "no"],
        ],
    )
    frames = tmp_path / "frames"
    frames.mkdir()
    (frames / "x.csv").write_text("sentence,label\nPrices rose.,1\nIt rained.,15\n", "utf-8")
    report = evaluate_framing(folder, HashingEncoder())
    assert (report.items, report.stories) == (3, 1)
    assert report.alignment["auc"].value == 1
    assert report.alignment["right_sentence"].value == 1
    assert report.frames["accuracy"].n == 1
    shown = markdown(report)
    for name, one in {**report.alignment, **report.frames}.items():
        value = "-" if one.value is None else f"{one.value:.3f}"
        assert f"| {name.replace('_', ' ')} | {value} |" in shown
    assert "3 items of 1 stories" in shown


def test_without_labelled_sentences_frames_are_not_measured(tmp_path: Path) -> None:
    folder = tmp_path / "framing"
    folder.mkdir()
    write(folder, [["s", "one", 0, "two", "stated", "0", "no"]])
    assert evaluate_framing(folder, HashingEncoder()).frames == {}


def test_a_folder_without_items_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError):
        read_items(tmp_path)


def test_items_about_articles_that_are_not_there_are_refused(tmp_path: Path) -> None:
    write(tmp_path, [["s", "one", 0, "nowhere", "stated", "0", "no"]])
    with pytest.raises(ConfigurationError, match="nowhere"):
        evaluate_framing(tmp_path, HashingEncoder())
