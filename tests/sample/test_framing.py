"""The differences that a reader lists for the sample's stories, and which are found.

A fact that some lack is found where its sentence is not found there, or, where the rest of the
sentence is shared (``words`` in the truth file), where the words that state it are marked as this
side's alone. The texts are written independently, so that few of their sentences are alike enough
to be called the same: a comparison is silent rather than wrong. ``FOUND`` names what is found; the
test fails where anything else is found as well, so that the list stays true.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from semsearch.assembly import build_encoder
from semsearch.compare.comparison import compare
from semsearch.compare.frames import build_frames, read_frames
from semsearch.compare.sentences import prepare
from semsearch.config import load_settings
from semsearch.model.article import Article
from semsearch.model.comparison import Comparison, SharedFact, Span, Status
from semsearch.text.sentences import article_sentences
from tests.sample.test_truth import TRUTH, articles, records

__all__ = ["articles", "records"]

pytestmark = pytest.mark.model

STORIES = {story["id"]: story["articles"] for story in TRUTH["stories"]}
FRAMING = {entry["story"]: entry for entry in TRUTH["framing"]}
FOUND = {
    "port-strike": {
        (
            "Refrigerated fruit is spoiling on the quay. "
            "Not in 2024-03-05-who-pays-for-the-quiet-quay."
        ),
        (
            "The operator raised its profit by 31 percent last year. "
            "Not in 2024-03-06-berth-status-brackwater-stoppage."
        ),
        (
            "Tomas Renn was killed in January when a crane cable snapped. "
            "Not in 2024-03-06-brackwater-strike-holds-trade-hostage."
        ),
    },
    "korvat": {
        "Anton Brek leads the group. Not in 2024-05-15-korvat-standoff-smelter-power.",
        (
            "Households were told to boil their water. "
            "Not in 2024-05-15-korvat-standoff-smelter-power."
        ),
        "Households were told to boil their water. Not in 2024-05-15-the-order-behind-korvat.",
        (
            "The group relies on an instruction of the provincial council. "
            "Not in 2024-05-15-korvat-standoff-smelter-power."
        ),
    },
}


@pytest.fixture(scope="module")
def compared(articles: dict[str, Article]) -> dict[str, Comparison]:
    encoder = build_encoder(load_settings().model)
    described = read_frames()
    encoded = [sentence for frame in described for sentence in frame.encoded]
    frames = build_frames(described, encoder.encode_documents(encoded))
    found = {}
    for story in FRAMING:
        texts = []
        for stem in STORIES[story]:
            article = articles[stem]
            spans = article_sentences(article)
            held = [article.text(span.field)[span.start : span.end] for span in spans]
            texts.append(prepare(article, spans, encoder.encode_documents(held)))
        found[story] = compare(texts, frames, sentences=True)
    return found


def squeezed(text: str) -> str:
    return " ".join(text.split())


def says(span: Span, given: str) -> bool:
    one, other = squeezed(span.text), squeezed(given)
    return one in other or other in one


def holds(fact: SharedFact, sentences: dict[str, str], ids: dict[str, str]) -> bool:
    """Whether a fact has the sentence of every article that states it."""
    return all(
        any(
            one.sentence.article == ids[stem] and says(one.sentence, text) for one in fact.sentences
        )
        for stem, text in sentences.items()
    )


def only_here(found: Comparison, article: str, other: str) -> set[str]:
    """Words of an article's sentences that the sentence aligned with it in another lacks."""
    held: set[str] = set()
    for fact in found.shared_facts:
        for wording in fact.wording:
            for own, theirs, phrases in (
                (wording.a, wording.b, wording.only_a),
                (wording.b, wording.a, wording.only_b),
            ):
                sides = tuple(fact.sentences[at].sentence.article for at in (own, theirs))
                if sides == (article, other):
                    held.update(word for phrase in phrases for word in phrase.text.split())
    return held


def differences(
    story: str, found: Comparison, articles: dict[str, Article]
) -> Iterator[tuple[str, bool]]:
    """Every listed difference of a story, and whether the comparison shows it."""
    entry: dict[str, Any] = FRAMING[story]
    ids = {stem: articles[stem].id for stem in STORIES[story]}
    rows = found.sentences or ()
    for shared in entry["shared"]:
        yield (
            shared["fact"],
            any(holds(fact, shared["sentences"], ids) for fact in found.shared_facts),
        )
    for missing in entry["missing"]:
        wanted = {(ids[stem], squeezed(text)) for stem, text in missing["stated"].items()}
        stated = [row for row in rows if (row.article, squeezed(row.text)) in wanted]
        for stem in missing["not_in"]:
            statuses = [
                other.status for row in stated for other in row.others if other.article == ids[stem]
            ]
            marked = "words" in missing and any(
                missing["words"] in only_here(found, own, ids[stem]) for own, _ in wanted
            )
            yield f"{missing['fact']} Not in {stem}.", Status.NOT_FOUND in statuses or marked


@pytest.mark.parametrize("story", sorted(FRAMING))
def test_listed_differences(
    story: str, compared: dict[str, Comparison], articles: dict[str, Article]
) -> None:
    listed = dict(differences(story, compared[story], articles))
    assert {name for name, shown in listed.items() if shown} == FOUND[story]
