"""Assign generic frames to sentences.

A sentence's frame is the nearest one, by its prototype sentences, their words and its name.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from pathlib import Path

import numpy as np
import yaml
from numpy.typing import NDArray

from semsearch.compare.sentences import Sentences, SentenceWords, sentence_words
from semsearch.encode.encoder import Vectors
from semsearch.errors import ConfigurationError
from semsearch.model.article import Basis
from semsearch.model.comparison import ClaimEvidence, FrameCount, FrameProfile

METHOD = (
    "cosine to names and prototype sentences of generic frames (after the Media Frames Corpus), "
    "and their words"
)
_NEAREST = 4
_NAME_SHARE = 0.2  # of the cosine with the name among the cosines
_WORD_WEIGHT = 0.01  # of the words' log-odds beside cosines
_ASSIGN_FROM = 0.25
# A sentence that is shown for its frame: so near to it, and so much nearer than to the next.
_SURE = 0.3
_MARGIN = 0.15


@dataclass(frozen=True, slots=True)
class FrameSentences:
    """A frame as the YAML file describes it."""

    name: str
    prototypes: tuple[str, ...]

    @property
    def encoded(self) -> tuple[str, ...]:
        """What ``build_frames`` needs a vector of: the name, and the prototypes."""
        return (self.name, *self.prototypes)


@dataclass(frozen=True)
class Frames:
    """Frames ready to be compared with.

    Attributes:
        names: Of the frames.
        named: Their unit vectors, one row per name.
        prototypes: Unit vectors of each frame's prototype sentences, one matrix per name.
        words: Of each content term of the prototypes its log-odds for each frame.
    """

    names: tuple[str, ...]
    named: Vectors
    prototypes: tuple[Vectors, ...]
    words: Mapping[str, Vectors]

    def scores(self, vectors: Vectors, words: Sequence[SentenceWords]) -> Vectors:
        """How near each sentence is to each frame, shape ``(len(vectors), len(names))``.

        Two cosines, with the centre of the frame's prototypes and with the nearest four of them,
        count alike: the first says what the frame is about as a whole, the second lets a frame
        have several themes. A fifth is the cosine with the frame's name. The sentence's words add
        what naive Bayes over the prototypes' words says, in hundredths.
        """
        columns = []
        for prototypes, centre in zip(self.prototypes, self._centres, strict=True):
            cosines = vectors @ prototypes.T
            nearest = np.sort(cosines, axis=1)[:, -_NEAREST:].mean(1)
            columns.append((vectors @ centre + nearest) / 2)
        near = (1 - _NAME_SHARE) * np.stack(columns, axis=1) + _NAME_SHARE * vectors @ self.named.T
        scores: Vectors = near + _WORD_WEIGHT * self._log_odds(words)
        return scores

    @cached_property
    def _centres(self) -> list[Vectors]:
        centres = [prototypes.mean(0) for prototypes in self.prototypes]
        return [centre / np.linalg.norm(centre) for centre in centres]

    def _log_odds(self, words: Sequence[SentenceWords]) -> Vectors:
        odds = np.zeros((len(words), len(self.names)), np.float32)
        for row, sentence in enumerate(words):
            # In a fixed order, so that sums are the same to the last bit.
            known = [self.words[term] for term in sorted(sentence.content) if term in self.words]
            if known:
                odds[row] = np.sum(known, axis=0)
        return odds

    @staticmethod
    def closest(scores: Vectors) -> NDArray[np.intp]:
        """The closest frame of each sentence by its ``scores``, -1 where none is close."""
        return np.where(scores.max(1) >= _ASSIGN_FROM, scores.argmax(1), -1)


def read_frames(path: Path | None = None) -> tuple[FrameSentences, ...]:
    """The frames of a YAML file, those that come with the package without one.

    Raises:
        ConfigurationError: The file cannot be read or is not of the form of ``frames.yaml``.
    """
    source = path or files("semsearch.compare").joinpath("frames.yaml")
    try:
        read = yaml.safe_load(source.read_text("utf-8"))
        frames = tuple(
            FrameSentences(
                name=str(each["name"]),
                prototypes=(*map(str, each["first"]), *map(str, each.get("second", ()))),
            )
            for each in read["frames"]
        )
    except (OSError, ValueError, RecursionError, yaml.YAMLError, KeyError, TypeError) as error:
        raise ConfigurationError(
            f"Cannot read frames from {path}: {error}",
            "It needs a list 'frames', each with a name and sentences under 'first'.",
        ) from None
    if not frames or not all(frame.prototypes for frame in frames):
        raise ConfigurationError(f"{path} holds a frame without sentences, or no frame.")
    return frames


def build_frames(frames: Sequence[FrameSentences], vectors: Vectors) -> Frames:
    """Frames from the vectors of what ``encoded`` gives, in the order of ``frames``."""
    ends = np.cumsum([len(frame.encoded) for frame in frames])
    parts = np.split(np.asarray(vectors), ends[:-1])
    return Frames(
        names=tuple(frame.name for frame in frames),
        named=np.stack([part[0] for part in parts]),
        prototypes=tuple(part[1:] for part in parts),
        words=_word_weights(frames),
    )


def _word_weights(frames: Sequence[FrameSentences]) -> dict[str, Vectors]:
    """Log-odds of every content term for each frame, by naive Bayes smoothed by one."""
    counts = [
        Counter(term for sentence in frame.prototypes for term in sentence_words(sentence).content)
        for frame in frames
    ]
    vocabulary = sorted(set().union(*counts))
    totals = np.array([count.total() for count in counts]) + len(vocabulary)
    weights = {}
    for term in vocabulary:
        logs = np.log((np.array([count[term] for count in counts]) + 1) / totals)
        weights[term] = (logs - logs.mean()).astype(np.float32)
    return weights


def frame_profile(
    texts: Sequence[Sentences], frames: Frames, basis: Basis, evidence: ClaimEvidence
) -> FrameProfile:
    """Sentences per frame of one provider's texts."""
    strongest: dict[int, tuple[float, float, Sentences, int]] = {}
    counts: Counter[int] = Counter()
    for text in texts:
        scores = frames.scores(text.vectors, text.words)
        assigned = frames.closest(scores).tolist()
        scores = np.sort(scores, axis=1).round(6)
        counts.update(assigned)
        for number, frame in enumerate(assigned):
            score, second = scores[number, -1].item(), scores[number, -2:-1].sum().item()
            ahead = score - second
            if frame not in strongest or ahead > strongest[frame][0]:
                strongest[frame] = ahead, score, text, number
    unassigned = counts.pop(-1, 0)
    order = sorted(counts, key=lambda frame: (-counts[frame], frames.names[frame]))
    return FrameProfile(
        counts=tuple(
            FrameCount(
                frame=frames.names[frame],
                sentences=counts[frame],
                strongest=text.span(number) if ahead >= _MARGIN and score >= _SURE else None,
                score=round(score, 4) if ahead >= _MARGIN and score >= _SURE else None,
            )
            for frame in order
            for ahead, score, text, number in (strongest[frame],)
        ),
        unassigned=unassigned,
        basis=basis,
        method=METHOD,
        evidence=evidence,
    )
