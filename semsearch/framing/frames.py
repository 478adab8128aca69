"""Which generic frame a sentence uses, by its nearness to prototype sentences of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import numpy as np
import yaml
from numpy.typing import NDArray

from semsearch.articles.article import Basis
from semsearch.articles.comparison import Evidence, FrameCount, FrameProfile
from semsearch.embed.encoder import Vectors
from semsearch.errors import ConfigurationError
from semsearch.framing.texts import Sentences

METHOD = "cosine to prototype sentences of generic frames (after the Media Frames Corpus)"
_NEAREST = 4
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


@dataclass(frozen=True, slots=True)
class Frames:
    """Frames ready to be compared with.

    Attributes:
        names: Of the frames.
        prototypes: Unit vectors of each frame's prototype sentences, one matrix per name.
    """

    names: tuple[str, ...]
    prototypes: tuple[Vectors, ...]

    def scores(self, vectors: Vectors) -> Vectors:
        """How near each sentence is to each frame, shape ``(len(vectors), len(names))``.

        The mean of two cosines: with the centre of the frame's prototypes, and with the nearest
        four of them. The first says what the frame is about as a whole, the second lets a frame
        have several themes.
        """
        columns = []
        for prototypes in self.prototypes:
            centre = prototypes.mean(0)
            cosines = vectors @ prototypes.T
            nearest = np.sort(cosines, axis=1)[:, -_NEAREST:].mean(1)
            columns.append((vectors @ (centre / np.linalg.norm(centre)) + nearest) / 2)
        scores: Vectors = np.stack(columns, axis=1)
        return scores

    def assign(self, vectors: Vectors) -> tuple[NDArray[np.intp], Vectors]:
        """The closest frame of each sentence, -1 where none is close, and its score."""
        scores = self.scores(vectors)
        best = scores.argmax(1)
        top: Vectors = scores.max(1)
        return np.where(top >= _ASSIGN_FROM, best, -1), top


def read_frames(path: Path | None = None) -> tuple[FrameSentences, ...]:
    """The frames of a YAML file, those that come with the package without one.

    Raises:
        ConfigurationError: The file cannot be read or is not of the form of ``frames.yaml``.
    """
    source = path or files("semsearch.framing").joinpath("frames.yaml")
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
    """Frames from the vectors of their prototypes, in the order of ``frames`` and of each's."""
    ends = np.cumsum([len(frame.prototypes) for frame in frames])
    return Frames(
        tuple(frame.name for frame in frames), tuple(np.split(np.asarray(vectors), ends[:-1]))
    )


def profile(
    texts: Sequence[Sentences], frames: Frames, basis: Basis, evidence: Evidence
) -> FrameProfile:
    """Sentences per frame of one provider's texts."""
    best: dict[int, tuple[float, int, int]] = {}
    counts: dict[int, int] = {}
    unassigned = 0
    for number, text in enumerate(texts):
        assigned, scores = frames.assign(text.vectors)
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
