"""How well comparisons align sentences and assign frames, measured over labelled items.

A folder holds ``alignment_*.tsv`` (an item: does article B report what sentence i of article A
reports, and where), ``sentences_*.jsonl.xz`` (the sentences of every article) and, beside it, a
folder ``frames`` with sentences and the number of their frame. Intervals are bootstrapped by
story, because items of a story are alike.
"""

import csv
import json
import lzma
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from semsearch.compare.alignment import Scorer, align, published_scorer
from semsearch.compare.frames import Frames, build_frames, read_frames
from semsearch.compare.sentences import ComparedText, prepare, sentence_words
from semsearch.encode.encoder import Encoder
from semsearch.errors import ConfigurationError
from semsearch.model.article import Article, Field, Passage

RESAMPLES = 2000
SEED = 20_240_305
_LEVEL = (2.5, 97.5)
_NOT_FOUND = "not_found"
_DIGITS = 4
# Numbers of the frames in the Media Frames Corpus codebook, as the labelled sentences use them.
_FRAME_NUMBERS = {
    "1": "economic",
    "3": "morality",
    "4": "fairness and equality",
    "5": "legality and crime",
    "6": "political and policies",
    "8": "security and defense",
    "9": "health and safety",
    "11": "cultural identity",
    "12": "public opinion",
}


@dataclass(frozen=True, slots=True)
class Item:
    """Does ``article_b`` report what a sentence of ``article_a`` reports?

    Attributes:
        sentence: Which sentence of ``article_a``.
        status: ``stated``, ``differs``, ``partial`` or ``not_found``.
        right: The sentences of ``article_b`` that report it.
    """

    story: str
    article_a: str
    sentence: int
    article_b: str
    status: str
    right: tuple[int, ...]

    @property
    def reported(self) -> bool:
        """Whether the other article reports it, be it in part or with another value."""
        return self.status != _NOT_FOUND


@dataclass(frozen=True, slots=True)
class Looked:
    """An item with what the aligner makes of it.

    Attributes:
        logit: Log-odds of the best sentence.
        picked: Which one that is.
    """

    item: Item
    logit: float
    picked: int


@dataclass(frozen=True, slots=True)
class Measured:
    """A share with its 95 % interval and the number of items it is about; None without any."""

    value: float | None
    low: float | None
    high: float | None
    n: int


@dataclass(frozen=True, slots=True)
class FramingReport:
    """One run over a folder.

    Attributes:
        alignment: Measures of alignment by name: ``auc``, ``right_sentence``,
            ``precision_shared``, ``precision_not_found``, ``unclear``.
        frames: ``accuracy``, ``macro_f1`` over the nine frames, ``other_unassigned``; empty
            where there are no labelled sentences.
    """

    items: int
    stories: int
    alignment: Mapping[str, Measured]
    frames: Mapping[str, Measured]


def evaluate_framing(folder: Path, encoder: Encoder, scorer: Scorer | None = None) -> FramingReport:
    """Measure alignment over a folder, and frames over the folder ``frames`` beside it.

    Raises:
        ConfigurationError: The folder holds no items, or items about sentences it lacks.
    """
    scorer = scorer or published_scorer()
    items = read_items(folder)
    looked = look_up(items, read_texts(folder, items, encoder), scorer)
    described = read_frames()
    sentences = [sentence for frame in described for sentence in frame.encoded]
    frames = build_frames(described, encoder.encode_documents(sentences))
    return FramingReport(
        items=len(items),
        stories=len({item.story for item in items}),
        alignment=measure_alignment(looked, scorer),
        frames=measure_frames(folder.parent / "frames", frames, encoder),
    )


def read_items(folder: Path) -> list[Item]:
    """The items of all ``alignment_*.tsv`` in a folder.

    Raises:
        ConfigurationError: There are none.
    """
    items = []
    for path in sorted(folder.glob("alignment_*.tsv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
                right = row["b_sentences"].replace(",", ";").split(";")
                items.append(
                    Item(
                        story=row["story"],
                        article_a=row["article_a"],
                        sentence=int(row["i"]),
                        article_b=row["article_b"],
                        status=row["status"],
                        right=tuple(int(one) for one in right if one.strip()),
                    )
                )
    if not items:
        raise ConfigurationError(f"There are no items in {folder}.", "It needs alignment_*.tsv.")
    return items


def read_texts(folder: Path, items: Sequence[Item], encoder: Encoder) -> dict[str, ComparedText]:
    """The articles that items are about, split as the folder has them.

    Raises:
        ConfigurationError: An article is missing.
    """
    wanted = {name for item in items for name in (item.article_a, item.article_b)}
    texts = {}
    for path in sorted(folder.glob("sentences_*.jsonl.xz")):
        with lzma.open(path, "rt", encoding="utf-8") as file:
            for record in map(json.loads, file):
                if record["id"] in wanted:
                    article, spans = _article(record)
                    held = [article.body[span.start : span.end] for span in spans]
                    texts[article.id] = prepare(article, spans, encoder.encode_documents(held))
    if missing := wanted - set(texts):
        raise ConfigurationError(f"{folder} lacks the sentences of {min(missing)}.")
    return texts


def _article(record: Mapping[str, object]) -> tuple[Article, list[Passage]]:
    body = ""
    spans = []
    sentences: Sequence[Mapping[str, str]] = record["sentences"]  # type: ignore[assignment]
    for sentence in sentences:
        spans.append(Passage(Field.BODY, len(body), len(body) + len(sentence["text"])))
        body += sentence["text"] + "\n"
    return Article(id=str(record["id"]), title="", body=body), spans


def look_up(
    items: Sequence[Item], texts: Mapping[str, ComparedText], scorer: Scorer
) -> list[Looked]:
    """Align what every item asks about."""
    looked = []
    for item in items:
        a, b = texts[item.article_a].main, texts[item.article_b].main
        alignment = align(a, b, scorer)
        picked = int(alignment.best[item.sentence])
        logit = float(alignment.logits[item.sentence, picked])
        looked.append(
            Looked(
                item=item,
                logit=logit,
                picked=picked,
            )
        )
    return looked


def measure_alignment(looked: Sequence[Looked], scorer: Scorer) -> dict[str, Measured]:
    """Every measure of alignment, with intervals."""
    reported = np.array([one.item.reported for one in looked])
    logits = np.array([one.logit for one in looked])
    right = np.array([one.picked in one.item.right for one in looked])
    shared, absent = logits >= scorer.shared_from, logits < scorer.not_found_below
    stories = [one.item.story for one in looked]
    measure = _Bootstrap(stories)
    return {
        "auc": measure(lambda at: auc(logits[at], reported[at]), len(looked)),
        "right_sentence": measure.share(right, reported),
        "precision_shared": measure.share(reported, shared),
        "precision_not_found": measure.share(~reported, absent),
        "unclear": measure.share(~shared & ~absent, np.ones(len(looked), bool)),
    }


def measure_frames(folder: Path, frames: Frames, encoder: Encoder) -> dict[str, Measured]:
    """Accuracy and macro-F1 over the sentences that have one of the nine frames.

    Each sentence gets its closest frame here, however close. ``other_unassigned`` is the share
    of sentences of no such frame that stay unassigned, ``assigned`` that of the nine's sentences
    that do not; ``precision_assigned`` is about all assigned sentences, those of no frame too.
    """
    rows = list(_labelled(folder))
    if not rows:
        return {}
    vectors = encoder.encode_documents([sentence for sentence, _ in rows])
    words = [sentence_words(sentence) for sentence, _ in rows]
    scores = frames.scores(vectors, words)
    closest, assigned = scores.argmax(1), frames.closest(scores)
    names = [*frames.names, ""]
    truth = np.array([names.index(label) if label in names else -1 for _, label in rows])
    truth[[not label for _, label in rows]] = -1
    framed = truth >= 0
    measure = _Bootstrap([str(place) for place in range(len(rows))])
    return {
        "accuracy": measure.share(closest == truth, framed),
        "macro_f1": measure(
            lambda at: macro_f1(truth[at][framed[at]], closest[at][framed[at]]), int(framed.sum())
        ),
        "assigned": measure.share(assigned >= 0, framed),
        "precision_assigned": measure.share(assigned == truth, assigned >= 0),
        "other_unassigned": measure.share(assigned < 0, ~framed),
    }


def _labelled(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                yield row["sentence"], _FRAME_NUMBERS.get(row["label"].strip(), "")


def auc(scores: NDArray[np.floating], positive: NDArray[np.bool_]) -> float | None:
    """Chance that a positive item scores above a negative one, ties counting half."""
    high, low = scores[positive], np.sort(scores[~positive])
    if not len(high) or not len(low):
        return None
    below = np.searchsorted(low, high, "left") + np.searchsorted(low, high, "right")
    return float(below.mean() / 2 / len(low))


def macro_f1(truth: NDArray[np.intp], given: NDArray[np.intp]) -> float | None:
    """Mean F1 over the classes that occur."""
    scores = []
    for label in np.unique(truth):
        both = int(((truth == label) & (given == label)).sum())
        either = int((truth == label).sum() + (given == label).sum())
        scores.append(2 * both / either)
    return float(np.mean(scores)) if scores else None


class _Bootstrap:
    """Measures with intervals over resampled stories; the same items give the same ones."""

    def __init__(self, stories: Sequence[str]) -> None:
        groups: dict[str, list[int]] = defaultdict(list)
        for place, story in enumerate(stories):
            groups[story].append(place)
        held = [np.array(places) for _, places in sorted(groups.items())]
        draw = np.random.default_rng(SEED)
        self._all = np.arange(len(stories))
        self._draws = [
            np.concatenate([held[k] for k in draw.integers(0, len(held), len(held))])
            for _ in range(RESAMPLES)
        ]

    def __call__(self, statistic: Callable[[NDArray[np.intp]], float | None], n: int) -> Measured:
        value = statistic(self._all)
        drawn = [found for at in self._draws if (found := statistic(at)) is not None]
        if value is None or not drawn:
            return Measured(None, None, None, n)
        low, high = np.percentile(drawn, _LEVEL)
        return Measured(
            round(value, _DIGITS), round(float(low), _DIGITS), round(float(high), _DIGITS), n
        )

    def share(self, right: NDArray[np.bool_], among: NDArray[np.bool_]) -> Measured:
        """How many of some items are right."""

        def statistic(at: NDArray[np.intp]) -> float | None:
            chosen = among[at]
            return float(right[at][chosen].mean()) if chosen.any() else None

        return self(statistic, int(among.sum()))
