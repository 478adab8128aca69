"""A story's texts in a fixed order: who speaks, which texts are the same, how they align."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from semsearch.compare.alignment import Alignment, align_all
from semsearch.compare.differs import Disagreement, disagreements, placed
from semsearch.compare.evidence import Claim, evidence_in
from semsearch.compare.facts import Place
from semsearch.compare.scorer import Scorer
from semsearch.compare.texts import Text
from semsearch.model.article import Article, Basis, by_time
from semsearch.model.comparison import Evidence, FactSentence, Voice

_FULLNESS = {Basis.FULL: 0, Basis.EXCERPT: 1, Basis.TITLE: 2}


@dataclass(frozen=True, slots=True)
class Story:
    """Everything the parts of a comparison look at; all orders are by article, not as given.

    Attributes:
        articles: All of them, by time and id.
        texts: One per voice: of duplicates only one is compared.
        held: Every text, by the id of its article.
        voices: Of each text.
        providers: Keys, in order of their first article; an unnamed provider stands for itself.
        alignments: Of each pair of texts, by their places.
        disagreements: Of each pair of texts of different speakers, the earlier place first.
        scorer: What the alignments were scored with.
    """

    articles: tuple[Article, ...]
    texts: tuple[Text, ...]
    held: Mapping[str, Text]
    voices: tuple[Voice, ...]
    providers: tuple[str, ...]
    alignments: Mapping[tuple[int, int], Alignment]
    disagreements: Mapping[tuple[int, int], tuple[Disagreement, ...]]
    scorer: Scorer

    def of(self, provider: str) -> list[int]:
        """The texts that a provider carries."""
        return [place for place, voice in enumerate(self.voices) if provider in voice.providers]

    def not_of(self, provider: str) -> list[int]:
        """The texts that it does not carry."""
        return [place for place, voice in enumerate(self.voices) if provider not in voice.providers]

    def headlined(self, provider: str) -> list[Text]:
        """For each text that a provider carries its own, with its own headline."""
        carried = [
            next(one for one in self.voices[place].carriers if self._says(one, provider))
            for place in self.of(provider)
        ]
        return [self.held[one] for one in carried]

    def others(self, provider: str) -> list[Text]:
        """The texts of other providers, those with the same words included."""
        return [self.held[article.id] for article in self.articles if speaker(article) != provider]

    def _says(self, article: str, provider: str) -> bool:
        return speaker(self.held[article].article) == provider

    @property
    def evidence(self) -> Mapping[Claim, Evidence]:
        """For what is claimed about these articles, all taken together."""
        return evidence_in(article.language for article in self.articles)

    @property
    def speakers(self) -> list[frozenset[str]]:
        """Who carries each text."""
        return [frozenset(voice.providers) for voice in self.voices]

    def sentence(self, place: Place) -> FactSentence:
        """A sentence with who says it."""
        text, number = place
        return FactSentence(self.voices[text].providers, self.texts[text].main.span(number))


def tell(texts: Iterable[Text], duplicates: Iterable[Iterable[str]], scorer: Scorer) -> Story:
    """Put a story in order and align its texts.

    Args:
        texts: With different article ids, each with at least one sentence.
        duplicates: Groups of ids of articles with the same text; ids that are not among the
            articles are passed over.
        scorer: Scores the alignments.
    """
    by_id = {text.article.id: text for text in texts}
    groups = _groups(sorted(by_id), duplicates)
    ordered = sorted(
        (_voice([by_id[one] for one in group]) for group in groups),
        key=lambda voice: by_time(by_id[voice.article].article),
    )
    chosen = tuple(by_id[voice.article] for voice in ordered)
    articles = tuple(sorted((text.article for text in by_id.values()), key=by_time))
    alignments = align_all([text.main for text in chosen], scorer)
    values = [placed(text.main) for text in chosen]
    return Story(
        articles=articles,
        texts=chosen,
        held=by_id,
        voices=tuple(ordered),
        providers=tuple(dict.fromkeys(speaker(article) for article in articles)),
        alignments=alignments,
        disagreements={
            (a, b): disagreements(values[a], values[b], alignments[a, b])
            for a, b in combinations(range(len(chosen)), 2)
            if not set(ordered[a].providers) & set(ordered[b].providers)
        },
        scorer=scorer,
    )


def speaker(article: Article) -> str:
    """The key of an article's provider; an article without one speaks for itself."""
    return article.provider.key or article.id


def _groups(ids: Sequence[str], duplicates: Iterable[Iterable[str]]) -> list[list[str]]:
    group = {one: [one] for one in ids}
    for same in duplicates:
        held = sorted({one for one in same if one in group})
        merged = sorted({member for one in held for member in group[one]})
        group.update(dict.fromkeys(merged, merged))
    return [list(members) for members in sorted({tuple(members) for members in group.values()})]


def _voice(texts: Sequence[Text]) -> Voice:
    best = min(texts, key=lambda t: (_FULLNESS[t.article.basis], *by_time(t.article)))
    return Voice(
        article=best.article.id,
        carriers=tuple(t.article.id for t in sorted(texts, key=lambda t: by_time(t.article))),
        providers=tuple(sorted({speaker(t.article) for t in texts})),
    )
