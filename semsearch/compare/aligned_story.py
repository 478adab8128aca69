"""Put a story's articles in order: who reports, which texts are the same, how sentences align."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from semsearch.compare.alignment import Alignment, Scorer, align
from semsearch.compare.evidence import NOTHING, Claim, Published, evidence_in
from semsearch.compare.sentences import ComparedText
from semsearch.deadline import go_on
from semsearch.model.article import Article, Basis, by_time
from semsearch.model.comparison import ClaimEvidence, FactSentence, Voice

SentenceKey = tuple[int, int]
"""A sentence: which text of the story, and which of its main sentences."""

_FULLEST_FIRST = tuple(Basis)


@dataclass(frozen=True, slots=True)
class AlignedStory:
    """Everything the parts of a comparison look at; all orders are by article, not as given.

    Attributes:
        articles: All of them, by time and id.
        texts: One per voice: of duplicates only one is compared.
        numbers: Which of them is of an article, by its id.
        all_texts: Every text, by the id of its article.
        voices: Of each text.
        providers: Keys, in order of their first article; an unnamed provider stands for itself.
        alignments: Of each pair of texts, by their numbers.
        scorer: What the alignments were scored with.
        evidence: For what is claimed about these articles, all taken together.
    """

    articles: tuple[Article, ...]
    texts: tuple[ComparedText, ...]
    numbers: Mapping[str, int]
    all_texts: Mapping[str, ComparedText]
    voices: tuple[Voice, ...]
    providers: tuple[str, ...]
    alignments: Mapping[tuple[int, int], Alignment]
    scorer: Scorer
    evidence: Mapping[Claim, ClaimEvidence]

    def articles_of(self, provider: str) -> list[Article]:
        """The articles of a provider, by time."""
        return [article for article in self.articles if provider_key(article) == provider]

    def texts_of(self, provider: str) -> list[int]:
        """The texts that a provider carries."""
        return [n for n, voice in enumerate(self.voices) if provider in voice.providers]

    def may_lack(self, text: int, other: int) -> bool:
        """Whether absence can be told of a text, for what another reports.

        It is whole, it reports the event that the other does, so that they share a sentence, and
        it was not published on an earlier day.
        """
        return self.texts[text].is_whole and tells_of(
            self.texts[text].article, self.texts[other].article, self.alignments[text, other]
        )

    def cite(self, sentence: SentenceKey) -> FactSentence:
        """A sentence with who carries it."""
        text, number = sentence
        return FactSentence(self.voices[text].providers, self.texts[text].main.span(number))

    def least_basis(self, texts: Iterable[int]) -> Basis:
        """The least that is held of some texts."""
        return least_basis(self.texts[text].article for text in texts)


def align_story(
    texts: Iterable[ComparedText],
    duplicates: Iterable[Iterable[str]],
    scorer: Scorer,
    audited: Published = NOTHING,
) -> AlignedStory:
    """Put a story in order and align its texts.

    Args:
        texts: With different article ids, each with at least one sentence.
        duplicates: Groups of ids of articles with the same text; ids that are not among the
            articles are passed over.
        scorer: Scores the alignments.
        audited: Figures that an audit of the index published.
    """
    by_id = {text.article.id: text for text in texts}
    articles = tuple(sorted((text.article for text in by_id.values()), key=by_time))
    voices = sorted(
        (_voice([by_id[one] for one in group]) for group in _merged(sorted(by_id), duplicates)),
        key=lambda voice: by_time(by_id[voice.article].article),
    )
    chosen = tuple(by_id[voice.article] for voice in voices)
    alignments = {}
    for a, b in combinations(range(len(chosen)), 2):
        go_on()
        alignments[a, b] = align(chosen[a].main, chosen[b].main, scorer)
        alignments[b, a] = alignments[a, b].reverse
    return AlignedStory(
        articles=articles,
        texts=chosen,
        numbers={text.article.id: number for number, text in enumerate(chosen)},
        all_texts=by_id,
        voices=tuple(voices),
        providers=tuple(dict.fromkeys(map(provider_key, articles))),
        alignments=alignments,
        scorer=scorer,
        evidence=evidence_in((article.language for article in articles), audited),
    )


def tells_of(article: Article, other: Article, alignment: Alignment) -> bool:
    """Whether an article is dated no day before another, and their texts share a sentence."""
    if article.published is None or other.published is None:
        return False
    return article.published.date() >= other.published.date() and bool(alignment.shared.any())


def provider_key(article: Article) -> str:
    """The key of an article's provider; an article without one stands for itself."""
    return article.provider.key or article.id


def fullest_basis(articles: Iterable[Article]) -> Basis:
    """The most that is held of some articles."""
    return min((article.basis for article in articles), key=_FULLEST_FIRST.index)


def least_basis(articles: Iterable[Article]) -> Basis:
    """The least that is held of some articles."""
    return max((article.basis for article in articles), key=_FULLEST_FIRST.index)


def _merged(ids: Sequence[str], duplicates: Iterable[Iterable[str]]) -> set[tuple[str, ...]]:
    """The ids in groups: groups of duplicates that share one are merged."""
    group: dict[str, tuple[str, ...]] = {one: (one,) for one in ids}
    for same in duplicates:
        merged = tuple(sorted({member for one in same for member in group.get(one, ())}))
        group.update(dict.fromkeys(merged, merged))
    return set(group.values())


def _voice(texts: Sequence[ComparedText]) -> Voice:
    by_date = sorted((text.article for text in texts), key=by_time)
    fullest = fullest_basis(by_date)
    return Voice(
        article=next(article.id for article in by_date if article.basis is fullest),
        carriers=tuple(article.id for article in by_date),
        providers=tuple(sorted(set(map(provider_key, by_date)))),
    )
