"""Word search (BM25) by tantivy; the only module that imports it."""

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from functools import cached_property, lru_cache
from math import log1p
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import tantivy
from numpy.typing import NDArray
from tantivy import FieldType, Occur, Query

from semsearch.errors import DamagedIndexError, StorageError
from semsearch.model.article import Article, Field
from semsearch.model.filters import (
    EVERYTHING,
    TEXT_ATTRIBUTES,
    AllOf,
    AnyOf,
    Attribute,
    Between,
    Condition,
    Not,
    OneOf,
    attribute_number,
    attribute_texts,
)
from semsearch.store.cache import Cache
from semsearch.store.local.lexical_folder import HEAP_BYTES, folder_in_memory, lockable_folder
from semsearch.store.protocols import LEXICAL_FIELDS, MAX_HITS, WordHits
from semsearch.text.tokens import ANALYZER, AS_WRITTEN, forms_of, indexed_text, visible

_ANALYZER = "news"
_SPELLING = "spelling"
_K1 = 1.2  # tantivy's
_BITS = 20  # scores are single precision, exact up to 24 bits
# Of so few articles those that hold a term are read at once, in the time that scoring some takes.
_FEW = 20_000
_KEPT_POSTINGS = 2**19  # 12 bytes each
_TERM = 48  # postings take the room that the rest of a term takes, also of one that nothing holds
_KEPT_FREQUENCIES = 16_384
_INT64 = range(-(2**63), 2**63)


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("pk", indexed=True, fast=True)
    for field in LEXICAL_FIELDS:
        builder.add_text_field(field.value, tokenizer_name=_ANALYZER, index_option="position")
    builder.add_text_field(_SPELLING, tokenizer_name=_SPELLING, index_option="basic")
    for attribute in Attribute:
        if attribute in TEXT_ATTRIBUTES:
            builder.add_text_field(attribute.value, tokenizer_name="raw", index_option="basic")
        else:
            builder.add_integer_field(attribute.value, indexed=True, fast=True)
    return builder.build()


_SCHEMA = _schema()


class _Postings(NamedTuple):
    """The articles that hold a term in a field, or that a query finds.

    Attributes:
        pks: Their keys; of a term ascending.
        scores: The weighted saturation of the term in each, or what the query gives it.
    """

    pks: NDArray[np.int64]
    scores: NDArray[np.float32]

    def by_key(self) -> dict[int, float]:
        """The score of each article."""
        return dict(zip(self.pks.tolist(), self.scores.tolist(), strict=True))

    def among(self, keys: NDArray[np.int64]) -> tuple[NDArray[np.bool_], NDArray[np.float32]]:
        """Which of some keys, ascending, are of articles that hold it, and the scores of those."""
        if not len(self.pks):
            return np.zeros(len(keys), np.bool_), self.scores
        places = np.minimum(np.searchsorted(self.pks, keys), len(self.pks) - 1)
        held = self.pks[places] == keys
        return held, self.scores[places[held]]


_Weighted = tuple[Field | None, str, float]
"""A field (None: any), a term, and its weight."""


class TantivyIndex:
    """A word index opened for reading; see ``WordIndex`` for what the methods promise.

    Raises:
        DamagedIndexError: The folder holds none that can be read.
    """

    def __init__(self, folder: Path) -> None:
        try:
            with lockable_folder(folder) as lockable:
                self._index = _open(lockable)
                # A generation never changes. What watches for changes makes a lock at any time,
                # even in a folder that is being removed.
                self._index.config_reader(reload_policy="Manual")
                self._searcher = self._index.searcher()
            self._written = _documents_written(folder)
            self._doc_freq = lru_cache(_KEPT_FREQUENCIES)(self._searcher.doc_freq)
            self._counted = lru_cache(_KEPT_FREQUENCIES)(self._count)
            # A question's words come again in others; what holds them never changes.
            self._postings = Cache[_Weighted, _Postings](
                _KEPT_POSTINGS, lambda postings: len(postings.pks) + _TERM
            )
        except (ValueError, OSError, KeyError) as error:
            raise DamagedIndexError(f"{folder} is not a readable word index.") from error

    def __len__(self) -> int:
        """How many articles there are."""
        return self._searcher.num_docs

    @property
    def engine(self) -> str:
        """What searches words."""
        return "tantivy"

    def document_frequency(self, term: str) -> int:
        """In how many articles a term stands; of several forms that which most hold."""
        return max(
            self._frequency(field, form) for field in LEXICAL_FIELDS for form in forms_of(term)
        )

    def _frequency(self, field: Field, form: Sequence[str]) -> int:
        """In how many articles a form stands in a field; removed ones are not counted."""
        written = min(int(self._doc_freq(field, term)) for term in form)
        if not written or (len(form) == 1 and self._written == len(self)):
            return written
        return self._counted(field, tuple(form))

    def _count(self, field: Field, form: tuple[str, ...]) -> int:
        query = _one_after_other(field, form)
        result = self._searcher.search(query, limit=1, count=True)
        return int(result.count or 0)  # type: ignore[attr-defined]  # missing from the stubs

    def search(
        self, weights: Mapping[Field, Mapping[str, float]], k: int, condition: Condition
    ) -> WordHits:
        """The ``k`` best articles by words."""
        scored = [clause for field in weights for clause in self._scored(field, weights[field])]
        pks, scores = self._run(scored, _must(condition), min(k, MAX_HITS))
        order = np.lexsort((pks, -scores))
        hits = zip(pks[order].tolist(), scores[order].tolist(), strict=True)
        return WordHits(list(hits), self.engine)

    def scores(
        self, field: Field, weights: Mapping[str, float], pks: Sequence[int]
    ) -> dict[int, float]:
        """The weighted saturation of terms in a field."""
        if not self._by_kept_postings(pks):
            return self._run(self._scored(field, weights), _among(pks), len(pks)).by_key()
        keys = np.array(sorted(pks), np.int64)
        # Summed in single precision and in the order of the terms, as tantivy does.
        total = np.zeros(len(keys), np.float32)
        held = np.zeros(len(keys), np.bool_)
        for postings in self._postings_of((field, *each) for each in weights.items()):
            has_it, scores = postings.among(keys)
            total[has_it] += scores
            held |= has_it
        return _Postings(keys[held], total[held]).by_key()

    def _by_kept_postings(self, pks: Sequence[int]) -> bool:
        """Whether all that holds a term is worth reading to score some articles.

        For an article that is judged for very many watches it is not: each has other words.
        """
        return 0 < len(self) <= _FEW and len(pks) > 1

    def _postings_of(self, terms: Iterable[_Weighted]) -> list[_Postings]:
        """What holds some terms in a field, each with its weight."""
        terms = list(terms)
        kept = self._postings.get(
            terms, lambda lacking: {each: self._read_postings(*each) for each in lacking}
        )
        return [kept[each] for each in terms]

    def _read_postings(self, field: Field | None, term: str, weight: float) -> _Postings:
        scored = [(Occur.Should, _anywhere(term))]
        if field is not None:
            scored = self._scored(field, {term: weight})
        pks, scores = self._run(scored, [], len(self))
        order = np.argsort(pks)
        return _Postings(pks[order], scores[order])

    def containing(self, terms: Sequence[str], pks: Sequence[int]) -> dict[str, set[int]]:
        """For each term those of the articles in which it stands."""
        names = list(dict.fromkeys(terms))
        if self._by_kept_postings(pks):
            keys = np.array(sorted(pks), np.int64)
            postings = self._postings_of((None, term, 0.0) for term in names)
            return {
                term: set(keys[each.among(keys)[0]].tolist())
                for term, each in zip(names, postings, strict=True)
            }
        articles: dict[str, set[int]] = {term: set() for term in names}
        for start in range(0, len(names), _BITS):
            batch = names[start : start + _BITS]
            # A bit for each term: an article's score is the number that they make.
            bits = [
                (Occur.Should, Query.const_score_query(_anywhere(term), float(1 << place)))
                for place, term in enumerate(batch)
            ]
            for pk, score in self._run(bits, _among(pks), len(pks)).by_key().items():
                for place, term in enumerate(batch):
                    if int(score) >> place & 1:
                        articles[term].add(pk)
        return articles

    def phrase(
        self,
        terms: Sequence[str],
        k: int,
        condition: Condition,
        fields: Sequence[Field] = LEXICAL_FIELDS,
    ) -> list[int]:
        """Articles in which terms stand one after the other."""
        anywhere = [
            (
                Occur.Should,
                _one_after_other(field, terms),
            )
            for field in fields
            if terms
        ]
        return sorted(self._run(anywhere, _must(condition), min(k, MAX_HITS)).pks.tolist())

    @cached_property
    def vocabulary(self) -> dict[str, int]:
        """Every word with the number of articles it stands in; read on first use."""
        return dict(self._searcher.terms_with_prefix(_SPELLING, ""))

    def _scored(self, field: Field, weights: Mapping[str, float]) -> list[tuple[Occur, Query]]:
        """Term queries whose BM25 is the weight times the saturation.

        BM25 is ``idf (k1 + 1) saturation``, so a weight is given as a boost divided by the first
        two. Its ``idf`` counts articles that were removed until their segments are merged, and of
        words one after the other it is the sum of theirs. Of several forms the best counts.
        """
        clauses = []
        for term, weight in weights.items():
            queries = [
                query
                for form in forms_of(term)
                if weight > 0 and (query := self._boosted(field, form, weight)) is not None
            ]
            if queries:
                best = queries[0] if len(queries) == 1 else Query.disjunction_max_query(queries)
                clauses.append((Occur.Should, best))
        return clauses

    def _boosted(self, field: Field, form: Sequence[str], weight: float) -> Query | None:
        total, idf = self._written, 0.0
        for term in form:
            frequency = self._doc_freq(field, term)
            if not frequency:
                return None
            idf += log1p((total - frequency + 0.5) / (frequency + 0.5))
        return Query.boost_query(_one_after_other(field, form, "freq"), weight / (idf * (_K1 + 1)))

    def _run(
        self, scored: list[tuple[Occur, Query]], required: list[tuple[Occur, Query]], k: int
    ) -> _Postings:
        """The ``k`` best articles, in no order."""
        # tantivy makes room for as many as it is asked for, whether there are so many or not.
        k = min(k, len(self))
        hits: list[tuple[float, tantivy.DocAddress]] = []
        if scored and k > 0:
            query = Query.boolean_query(scored)
            if required:
                query = Query.boolean_query([(Occur.Must, query), *required])
            hits = self._searcher.search(query, limit=k, count=False).hits
        pks = self._searcher.fast_field_values("pk", [address for _, address in hits])
        return _Postings(np.array(pks, np.int64), np.array([s for s, _ in hits], np.float32))


def update_lexical(
    folder: Path,
    added: Iterable[tuple[int, Article]],
    removed: Iterable[int],
    *,
    in_memory: bool = False,
) -> None:
    """Bring a word index up to date, making it if the folder is empty.

    Existing segment files are never written in place, so the folder may share them with an
    older generation by hard links.

    Args:
        folder: Where it lies.
        added: Articles by their keys.
        removed: Keys of those that go.
        in_memory: Whether tantivy, which waits for the disk after each file, works in a file
            system in memory where there is one.
    """
    try:
        with folder_in_memory(folder) if in_memory else nullcontext(folder) as place:
            _update(place, added, removed)
    except (ValueError, OSError) as error:
        raise StorageError(
            f"The word index cannot be written: {error}", "Check free space and permissions."
        ) from error


def _update(folder: Path, added: Iterable[tuple[int, Article]], removed: Iterable[int]) -> None:
    index = _open(folder)
    # One thread: the same articles in the same order give the same index.
    writer = index.writer(heap_size=HEAP_BYTES, num_threads=1)
    for pk in removed:
        writer.delete_documents_by_query(
            Query.range_query(_SCHEMA, "pk", FieldType.Unsigned, pk, pk)
        )
    for pk, article in added:
        writer.add_document(_document(pk, article))
    writer.commit()
    writer.wait_merging_threads()


def _open(folder: Path) -> tantivy.Index:
    index = tantivy.Index(_SCHEMA, str(folder), reuse=True)
    index.register_tokenizer(_ANALYZER, ANALYZER)
    index.register_tokenizer(_SPELLING, AS_WRITTEN)
    return index


def _documents_written(folder: Path) -> int:
    """How many articles the segments hold, with those that were removed since."""
    meta = json.loads((folder / "meta.json").read_text("utf-8"))
    return sum(int(segment["max_doc"]) for segment in meta["segments"])


def _document(pk: int, article: Article) -> Any:
    document = tantivy.Document()
    document.add_unsigned("pk", pk)  # a plain int would be taken as signed and stop the writer
    if article.has_own_title:
        document.add_text(Field.TITLE.value, indexed_text(article.title))
    document.add_text(Field.LEAD.value, indexed_text(article.lead))
    document.add_text(Field.BODY.value, indexed_text(article.body))
    document.add_text(_SPELLING, visible(f"{article.lead}\n{article.body}").text)
    for attribute in Attribute:
        if attribute in TEXT_ATTRIBUTES:
            for text in attribute_texts(article, attribute):
                document.add_text(attribute.value, text)
        else:
            number = attribute_number(article, attribute)
            if number is not None:
                document.add_integer(attribute.value, number)
    return document


def _one_after_other(field: Field, terms: Sequence[str], index_option: str = "basic") -> Query:
    if len(terms) > 1:
        return Query.phrase_query(_SCHEMA, field.value, list(terms))
    return Query.term_query(_SCHEMA, field.value, terms[0], index_option)


def _anywhere(term: str) -> Query:
    places = [_one_after_other(field, form) for field in LEXICAL_FIELDS for form in forms_of(term)]
    return Query.boolean_query([(Occur.Should, place) for place in places])


def _among(pks: Sequence[int]) -> list[tuple[Occur, Query]]:
    """The clause that an article is one of some; it adds nothing to a score."""
    articles = Query.term_set_query(_SCHEMA, "pk", list(pks))
    return [(Occur.Must, Query.const_score_query(articles, 0.0))]


def _must(condition: Condition) -> list[tuple[Occur, Query]]:
    if condition == EVERYTHING:
        return []
    return [(Occur.Must, Query.const_score_query(_filter(condition), 0.0))]


def _filter(condition: Condition) -> Query:
    match condition:
        case AllOf(conditions):
            # The matching of everything keeps a group of negations from matching nothing.
            parts = [(Occur.Must, Query.all_query())]
            return Query.boolean_query([*parts, *((Occur.Must, _filter(c)) for c in conditions)])
        case AnyOf(conditions):
            if not conditions:
                return Query.empty_query()
            return Query.boolean_query([(Occur.Should, _filter(c)) for c in conditions])
        case Not(inner):
            return Query.boolean_query(
                [(Occur.Must, Query.all_query()), (Occur.MustNot, _filter(inner))]
            )
        case OneOf(attribute, values):
            return Query.term_set_query(_SCHEMA, attribute.value, list(values))
        case Between(attribute, low, high):
            return Query.range_query(
                _SCHEMA,
                attribute.value,
                FieldType.Integer,
                _clamp(low, _INT64.start),
                _clamp(high, _INT64.stop - 1),
                include_lower=True,
                include_upper=high is None,
            )


def _clamp(value: int | None, default: int) -> int:
    return default if value is None else min(max(value, _INT64.start), _INT64.stop - 1)
