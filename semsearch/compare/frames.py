"""Which generic frame a sentence uses, by its nearness to prototype sentences and their words."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import numpy as np
import yaml
from numpy.typing import NDArray

from semsearch.compare.texts import Sentences, Words, words_of
from semsearch.encode.encoder import Vectors
from semsearch.errors import ConfigurationError
from semsearch.model.article import Basis
from semsearch.model.comparison import Evidence, FrameCount, FrameProfile

METHOD = (
    "cosine to names and prototype sentences of generic frames (after the Media Frames Corpus), "
    "and their words"
)
_NEAREST = 4
_NAME_SHARE = 0.2  # of the cosine with the name among the cosines
_WORD_WEIGHT = 0.01  # of the words' log-odds beside cosines
_ASSIGN_FROM = 0.25


@dataclass(frozen=True, slots=True)
class FrameSentences:
    """A frame as the YAML file describes it; the two halves were written independently."""

    name: str
    definition: str
    first: tuple[str, ...]
    second: tuple[str, ...]

    @property
    def prototypes(self) -> tuple[str, ...]:
        """Both halves."""
        return (*self.first, *self.second)

    @property
    def encoded(self) -> tuple[str, ...]:
        """What ``build_frames`` needs a vector of: the name, and the prototypes."""
        return (self.name, *self.prototypes)


@dataclass(frozen=True, slots=True)
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

    def scores(self, vectors: Vectors, words: Sequence[Words]) -> Vectors:
        """How near each sentence is to each frame, shape ``(len(vectors), len(names))``.

        Two cosines, with the centre of the frame's prototypes and with the nearest four of them,
        count alike: the first says what the frame is about as a whole, the second lets a frame
        have several themes. A fifth is the cosine with the frame's name. The sentence's words add
        what naive Bayes over the prototypes' words says, in hundredths.

        Args:
            vectors: Unit vectors of sentences, one row each.
            words: Of the same sentences.
        """
        columns = []
        for prototypes in self.prototypes:
            centre = prototypes.mean(0)
            cosines = vectors @ prototypes.T
            nearest = np.sort(cosines, axis=1)[:, -_NEAREST:].mean(1)
            columns.append((vectors @ (centre / np.linalg.norm(centre)) + nearest) / 2)
        near = (1 - _NAME_SHARE) * np.stack(columns, axis=1) + _NAME_SHARE * vectors @ self.named.T
        scores: Vectors = near + _WORD_WEIGHT * self._log_odds(words)
        return scores

    def _log_odds(self, words: Sequence[Words]) -> Vectors:
        odds = np.zeros((len(words), len(self.names)), np.float32)
        for place, sentence in enumerate(words):
            # In a fixed order, so that sums are the same to the last bit.
            held = [self.words[term] for term in sorted(sentence.content) if term in self.words]
            if held:
                odds[place] = np.sum(held, axis=0)
        return odds

    def assign(self, vectors: Vectors, words: Sequence[Words]) -> tuple[NDArray[np.intp], Vectors]:
        """The closest frame of each sentence, -1 where none is close, and its score."""
        scores = self.scores(vectors, words)
        best = scores.argmax(1)
        top: Vectors = scores.max(1)
        return np.where(top >= _ASSIGN_FROM, best, -1), top


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
                definition=str(each.get("definition", "")),
                first=tuple(map(str, each["first"])),
                second=tuple(map(str, each.get("second", ()))),
            )
            for each in read["frames"]
        )
    except (OSError, UnicodeDecodeError, yaml.YAMLError, KeyError, TypeError) as error:
        raise ConfigurationError(
            f"Cannot read frames from {path}: {error}",
            "It needs a list 'frames', each with a name and sentences under 'first'.",
        ) from None
    if not frames or not all(frame.first for frame in frames):
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
        Counter(term for sentence in frame.prototypes for term in words_of(sentence).content)
        for frame in frames
    ]
    vocabulary = sorted(set().union(*counts))
    totals = np.array([count.total() for count in counts]) + len(vocabulary)
    weights = {}
    for term in vocabulary:
        logs = np.log((np.array([count[term] for count in counts]) + 1) / totals)
        weights[term] = (logs - logs.mean()).astype(np.float32)
    return weights


def profile(
    texts: Sequence[Sentences], frames: Frames, basis: Basis, evidence: Evidence
) -> FrameProfile:
    """Sentences per frame of one provider's texts."""
    best: dict[int, tuple[float, int, int]] = {}
    counts: dict[int, int] = {}
    unassigned = 0
    for number, text in enumerate(texts):
        assigned, scores = frames.assign(text.vectors, text.words)
        for place, (frame, score) in enumerate(
            zip(assigned.tolist(), scores.tolist(), strict=True)
        ):
            if frame < 0:
                unassigned += 1
                continue
            counts[frame] = counts.get(frame, 0) + 1
            if frame not in best or round(score, 6) > best[frame][0]:
                best[frame] = (round(score, 6), number, place)
    order = sorted(counts, key=lambda frame: (-counts[frame], frames.names[frame]))
    return FrameProfile(
        counts=tuple(
            FrameCount(
                frame=frames.names[frame],
                sentences=counts[frame],
                strongest=texts[best[frame][1]].span(best[frame][2]),
                score=round(best[frame][0], 4),
            )
            for frame in order
        ),
        unassigned=unassigned,
        basis=basis,
        method=METHOD,
        evidence=evidence,
    )
