from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
import yaml

from semsearch.compare.frames import (
    Frames,
    FrameSentences,
    build_frames,
    frame_profile,
    read_frames,
)
from semsearch.compare.sentences import sentence_words
from semsearch.encode.encoder import Vectors
from semsearch.errors import ConfigurationError
from semsearch.model.article import Basis
from semsearch.model.comparison import ClaimEvidence
from tests.unit.compare.samples import MARKETS, STRIKE, article, frames, ready


def test_the_frames_that_come_with_the_package() -> None:
    found = read_frames()
    assert len(found) == 9
    assert len({frame.name for frame in found}) == 9
    everything = [sentence for frame in found for sentence in frame.prototypes]
    assert len(set(everything)) == len(everything)
    source = files("semsearch.compare").joinpath("frames.yaml").read_text("utf-8")
    for described in yaml.safe_load(source)["frames"]:
        assert described["definition"]
        assert len(described["first"]) >= 10
        assert len(described["second"]) >= 10


def test_users_bring_their_own(tmp_path: Path) -> None:
    path = tmp_path / "frames.yaml"
    path.write_text("frames:\n- name: weather\n  first: [It rained., It snowed.]\n", "utf-8")
    (frame,) = read_frames(path)
    assert (frame.name, frame.prototypes) == ("weather", ("It rained.", "It snowed."))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "frames: 3",
        "frames:\n- first: [a]",
        "frames:\n- name: x\n  first: []",
        "frames: []",
        "{",
    ],
)
def test_a_file_of_another_form_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "frames.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(ConfigurationError):
        read_frames(path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError):
        read_frames(tmp_path / "none.yaml")


def axis(*shares: float) -> Vectors:
    vector = np.array(shares, np.float32)
    return vector / np.linalg.norm(vector)


def test_a_sentence_has_the_frame_whose_prototypes_are_near() -> None:
    described = read_frames()[:2]
    sizes = [len(frame.encoded) for frame in described]
    vectors = np.array([axis(1, 0, 0)] * sizes[0] + [axis(0, 1, 0)] * sizes[1])
    built = build_frames(described, vectors)
    sentences = np.array([axis(3, 1, 0), axis(1, 3, 0), axis(0, 0, 1)])
    scores = built.scores(sentences, [sentence_words("")] * 3)
    assert built.closest(scores).tolist() == [0, 1, -1]
    assert scores.max(1) == pytest.approx([3 / 10**0.5, 3 / 10**0.5, 0], abs=1e-6)


def test_one_of_several_themes_is_enough() -> None:
    two_themes = np.array([axis(1, 0, 0)] * 4 + [axis(0, 1, 0)] * 4)
    mixed = np.array([axis(1, 1, 0.5)] * 8)
    neither = np.array([axis(0, 0, 1)] * 2)
    built = Frames(("themes", "mixture"), neither, (two_themes, mixed), {})
    (scores,) = built.scores(axis(1, 0, 0)[None], [sentence_words("")])
    assert scores[0] > scores[1]


def test_words_and_names_of_frames_decide_between_equals() -> None:
    described = (
        FrameSentences("harbour", ("A crane cable snapped.",)),
        FrameSentences("market", ("Grain prices rose.",)),
    )
    same = np.array([axis(1, 0)] * 4)
    built = build_frames(described, same)
    (scores,) = built.scores(axis(1, 0)[None], [sentence_words("The cable of a crane.")])
    assert scores[0] > scores[1]
    named = build_frames(described, np.array([axis(1, 0), axis(1, 1), axis(0, 1), axis(1, 1)]))
    (scores,) = named.scores(axis(1, 0)[None], [sentence_words("")])
    assert scores[0] > scores[1]


def test_a_profile_counts_every_sentence_once() -> None:
    texts = [ready(article("a", STRIKE)).main, ready(article("b", MARKETS)).main]
    found = frame_profile(texts, frames(), Basis.FULL, ClaimEvidence())
    counted = sum(count.sentences for count in found.counts)
    assert counted + found.unassigned == sum(len(text) for text in texts)
    assert found.counts == tuple(
        sorted(found.counts, key=lambda count: (-count.sentences, count.frame))
    )


def test_the_strongest_sentence_is_much_nearer_than_to_any_other_frame() -> None:
    text = ready(article("a", STRIKE)).main
    found = frame_profile([text], frames(), Basis.FULL, ClaimEvidence())
    scores = frames().scores(text.vectors, text.words)
    labour = next(count for count in found.counts if count.frame == "labour")
    assert labour.strongest == text.span(int(np.argmax(scores[:, 0] - scores[:, 1])))
    alike = frames(("labour", "labour"))
    (count,) = frame_profile([text], alike, Basis.FULL, ClaimEvidence()).counts
    assert count.strongest is None
    assert count.score is None
