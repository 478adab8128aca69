"""What every backend of candidate search promises; a new one joins in ``backends``."""

import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

from semsearch.model.article import FIELDS, Article, Field, Provider
from semsearch.model.filters import EVERYTHING, AllOf, Attribute, Between, Condition, Not, OneOf
from semsearch.store.catalog.catalog import Catalog
from semsearch.store.protocols import LEXICAL_FIELDS, UNDATED
from semsearch.store.snapshot import Candidates, Snapshot
from semsearch.text.tokens import words
from tests.contract.backends import NAMES, Backend, opened
from tests.support.articles import GAZETTE, HERALD, WORDS, make_article
from tests.support.encoder import HashingEncoder
from tests.support.oracle import kept_length
from tests.support.store import current_pks, pieces_of, write
from tests.support.strategies import conditions

HALF = 5e-4  # how far a cosine of half-precision vectors may be off
BOOSTS = {Field.TITLE: 2.0, Field.LEAD: 1.0, Field.BODY: 1.0}
COLUMNS = ("pks", "published", "content", "first", "field", "start", "end", "cosine", "similarity")
ENCODER = HashingEncoder()
NOBODY = OneOf(Attribute.PROVIDER, ("nobody.example",))


def weighed(*terms: str) -> dict[Field, dict[str, float]]:
    return {field: dict.fromkeys(terms, boost) for field, boost in BOOSTS.items()}


def columns(candidates: Candidates) -> dict[str, object]:
    return {name: getattr(candidates, name).tolist() for name in COLUMNS}


def invented(number: int, chance: random.Random) -> Article:
    def text(most: int) -> str:
        return " ".join(chance.choices(WORDS, k=chance.randint(0, most)))

    return make_article(
        f"a{number}",
        text(4) or "notice",
        excerpt=text(12),
        body=text(120) if number % 3 == 0 else "",
        provider=chance.choice([GAZETTE, HERALD, Provider("Nameless"), Provider()]),
        published=chance.choice([None, datetime(2024, 3, 1 + number % 9, tzinfo=UTC)]),
        topics=tuple(chance.sample(["Sea", "Trade", "weather"], k=chance.randint(0, 3))),
        category=chance.choice(["", "News"]),
        language=chance.choice(["en", ""]),
        quality=chance.choice([None, 10, 60]),
        stub=number % 5 == 0,
    )


@dataclass(frozen=True)
class World:
    """An archive after some writes, as the backend and as the truth have it."""

    catalog: Catalog
    snapshot: Snapshot
    articles: dict[int, Article]

    def matching(self, condition: Condition) -> dict[int, Article]:
        return {pk: one for pk, one in self.articles.items() if condition.matches(one)}

    def vectors(self, pk: int) -> np.ndarray:
        texts = [piece.text for piece in pieces_of(self.articles[pk], ENCODER)]
        return ENCODER.encode_documents(texts).astype(np.float16).astype(np.float64)

    def nearest(self, query: np.ndarray, condition: Condition) -> dict[int, float]:
        return {pk: float((self.vectors(pk) @ query).max()) for pk in self.matching(condition)}


@pytest.fixture(scope="module", params=NAMES)
def world(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """Eighty articles in five publications, ten of them changed and five deleted since."""
    with opened(request.param, tmp_path_factory.mktemp("world"), request) as backend:
        catalog = backend.catalog
        chance = random.Random(11)
        articles = [invented(number, chance) for number in range(80)]
        for first in range(0, 80, 20):
            write(catalog, ENCODER, articles[first : first + 20])
            backend.publish()
        changed = [replace(one, excerpt="glacier orchid " + one.excerpt) for one in articles[5:15]]
        gone = [f"a{number}" for number in range(30, 35)]
        write(catalog, ENCODER, changed, delete=gone)
        current = {one.id: one for one in [*articles, *changed] if one.id not in gone}
        pks = current_pks(catalog, current)
        held = {pks[key]: current[key] for key in current}
        yield World(catalog, backend.publish(), held)


@pytest.fixture(params=NAMES)
def backend(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Backend]:
    with opened(request.param, tmp_path, request) as made:
        yield made


def test_it_knows_its_size_and_its_place(world: World) -> None:
    assert len(world.snapshot) == 75
    assert world.snapshot.sequence == world.catalog.sequence
    assert world.snapshot.generation >= 1


@given(condition=conditions())
@settings(max_examples=40)
def test_dense_is_exact_under_every_condition(world: World, condition: Condition) -> None:
    query = ENCODER.encode_query("glacier orchid cod")
    expected = world.nearest(query, condition)
    found = world.snapshot.vectors.nearest(query, 1_000, condition)
    assert {pk for pk, _ in found} == set(expected)
    assert all(cosine == pytest.approx(expected[pk], abs=HALF) for pk, cosine in found)


@pytest.mark.parametrize("k", [1, 2, 7, 74, 75, 76])
def test_dense_gives_the_best_k_in_order(world: World, k: int) -> None:
    query = ENCODER.encode_query("harbour ferry")
    best = sorted(world.nearest(query, EVERYTHING).values(), reverse=True)[:k]
    found = world.snapshot.vectors.nearest(query, k, EVERYTHING)
    assert [cosine for _, cosine in found] == pytest.approx(best, abs=HALF)
    assert found == sorted(found, key=lambda hit: (-hit[1], hit[0]))
    assert len({pk for pk, _ in found}) == len(found)


@given(condition=conditions())
@settings(max_examples=40)
def test_nearest_leads_are_exact_under_every_condition(world: World, condition: Condition) -> None:
    queries = np.stack([ENCODER.encode_query(text) for text in ("glacier cod", "mayor", "tram")])
    answers = world.snapshot.vectors.nearest_leads(queries, 1_000, condition)
    assert len(answers) == len(queries)
    for query, found in zip(queries, answers, strict=True):
        expected = {pk: lead_cosine(world, pk, query) for pk in world.matching(condition)}
        assert {pk for pk, _ in found} == set(expected)
        assert all(cosine == pytest.approx(expected[pk], abs=HALF) for pk, cosine in found)


@pytest.mark.parametrize("k", [0, 1, 2, 7, 74, 75, 76])
def test_nearest_leads_are_the_best_k_in_order(world: World, k: int) -> None:
    queries = np.stack([ENCODER.encode_query(text) for text in ("harbour ferry", "salt", "cod")])
    for query, found in zip(
        queries, world.snapshot.vectors.nearest_leads(queries, k, EVERYTHING), strict=True
    ):
        best = sorted((lead_cosine(world, pk, query) for pk in world.articles), reverse=True)[:k]
        assert [cosine for _, cosine in found] == pytest.approx(best, abs=HALF)
        assert found == sorted(found, key=lambda hit: (-hit[1], hit[0]))


def test_nearest_leads_of_many_are_those_of_each(world: World) -> None:
    queries = np.stack([ENCODER.encode_query(word) for word in WORDS])
    together = world.snapshot.vectors.nearest_leads(queries, 9, Not(NOBODY))
    for query, found in zip(queries, together, strict=True):
        (alone,) = world.snapshot.vectors.nearest_leads(query[None, :], 9, Not(NOBODY))
        assert [pk for pk, _ in alone] == [pk for pk, _ in found]
    assert world.snapshot.vectors.nearest_leads(queries[:0], 9, EVERYTHING) == []
    assert world.snapshot.vectors.nearest_leads(queries[:2], 9, NOBODY) == [[], []]


def lead_cosine(world: World, pk: int, query: np.ndarray) -> float:
    pieces = pieces_of(world.articles[pk], ENCODER)
    (lead,) = (row for row, piece in enumerate(pieces) if piece.passage.field is Field.LEAD)
    return float(world.vectors(pk)[lead] @ query)


@pytest.mark.parametrize("chosen", [1, 2, 3])
def test_dense_finds_all_that_a_narrow_filter_leaves(world: World, chosen: int) -> None:
    condition = AllOf(
        (
            Between(Attribute.PUBLISHED, 1_709_251_200 + 86_400 * chosen, None),
            Between(Attribute.QUALITY, 60, None),
            Not(OneOf(Attribute.PROVIDER, ("gazette.example",))),
        )
    )
    wanted = set(world.matching(condition))
    assert 0 < len(wanted) < 20
    found = world.snapshot.vectors.nearest(ENCODER.encode_query("tram"), 20, condition)
    assert {pk for pk, _ in found} == wanted


def test_nothing_is_found_where_nothing_is_allowed(world: World) -> None:
    query = ENCODER.encode_query("tram")
    assert world.snapshot.vectors.nearest(query, 10, NOBODY) == []
    assert world.snapshot.words.search(weighed("tram"), 10, NOBODY).hits == []
    assert world.snapshot.words.phrase(["tram"], 10, NOBODY) == []
    assert world.snapshot.vectors.nearest(query, 0, EVERYTHING) == []
    assert world.snapshot.words.search(weighed("tram"), 0, EVERYTHING).hits == []
    assert world.snapshot.words.search(weighed(), 10, EVERYTHING).hits == []
    assert world.snapshot.words.search({}, 10, EVERYTHING).hits == []
    assert world.snapshot.words.scores(Field.BODY, {"tram": 1.0}, []) == {}
    assert world.snapshot.words.scores(Field.BODY, {}, list(world.articles)) == {}


@given(condition=conditions())
@settings(max_examples=60)
def test_lexical_finds_exactly_the_articles_with_a_term(world: World, condition: Condition) -> None:
    found = world.snapshot.words.search(weighed("tram", "cod"), 1_000, condition).hits
    expected = {
        pk
        for pk, article in world.matching(condition).items()
        if {"tram", "cod"} & {word for name in FIELDS for word in article.text(name).split()}
    }
    assert {pk for pk, _ in found} == expected
    assert found == sorted(found, key=lambda hit: (-hit[1], hit[0]))
    assert all(score > 0 for _, score in found)


def test_a_filter_does_not_change_lexical_scores(world: World) -> None:
    free = dict(world.snapshot.words.search(weighed("tram", "cod"), 1_000, EVERYTHING).hits)
    condition = Not(OneOf(Attribute.TOPIC, ("sea",)))
    for pk, score in world.snapshot.words.search(weighed("tram", "cod"), 1_000, condition).hits:
        assert score == pytest.approx(free[pk], rel=1e-6)


def test_lexical_searches_the_weighed_fields_only(world: World) -> None:
    found = world.snapshot.words.search({Field.TITLE: {"tram": 1.0}}, 1_000, EVERYTHING).hits
    expected = {pk for pk, one in world.articles.items() if "tram" in own_title(one)}
    assert {pk for pk, _ in found} == expected


def own_title(article: Article) -> list[str]:
    return article.title.split() if article.has_own_title else []


TEXTS: dict[Field, Callable[[Article], list[str]]] = {
    Field.TITLE: own_title,
    Field.LEAD: lambda one: one.lead.replace(".", " ").split(),
    Field.BODY: lambda one: one.body.split(),
}


@pytest.mark.parametrize("field", LEXICAL_FIELDS)
def test_lexical_scores_are_weights_times_saturations(world: World, field: Field) -> None:
    weights = {"tram": 2.0, "cod": 0.5, "zeppelin": 9.0}
    pks = sorted(world.articles)
    scores = world.snapshot.words.scores(field, weights, pks)
    held = {pk: TEXTS[field](one) for pk, one in world.articles.items()}
    assert set(scores) == {pk for pk, text in held.items() if {"tram", "cod"} & set(text)}
    assert world.snapshot.words.scores(field, weights, pks[::3]) == {
        pk: scores[pk] for pk in pks[::3] if pk in scores
    }
    trams = world.snapshot.words.scores(field, {"tram": 2.0}, pks)
    cods = world.snapshot.words.scores(field, {"cod": 0.5}, pks)
    both = {pk: trams.get(pk, 0.0) + cods.get(pk, 0.0) for pk in scores}
    assert scores == pytest.approx(both, rel=1e-5)
    # The mean length may count articles that are no longer there, so each score is solved for it.
    means = []
    for pk, score in trams.items():
        times, length = held[pk].count("tram"), kept_length(len(held[pk]))
        assert 0 < score < 2
        means.append(0.75 * length / (times * (2.0 / score - 1) / 1.2 - 0.25))
    assert means == pytest.approx([means[0]] * len(means), rel=1e-3)
    mean = sum(map(len, held.values())) / len(held)
    assert means[0] == pytest.approx(mean, rel=0.15)


def test_lexical_adds_up_the_scores_of_its_fields(world: World) -> None:
    weights = weighed("tram", "cod")
    found = dict(world.snapshot.words.search(weights, 1_000, EVERYTHING).hits)
    pks = list(world.articles)
    expected = dict.fromkeys(found, 0.0)
    for field in LEXICAL_FIELDS:
        for pk, score in world.snapshot.words.scores(field, weights[field], pks).items():
            expected[pk] += score
    assert found == pytest.approx(expected, rel=1e-5)


def test_document_frequencies_count_current_articles(world: World) -> None:
    for word in WORDS:
        frequency = world.snapshot.words.document_frequency(words(word)[0].term)
        assert frequency == max(
            sum(word in text(one) for one in world.articles.values()) for text in TEXTS.values()
        )


def test_holding_and_phrases_are_found_in_every_field(world: World) -> None:
    pks = sorted(world.articles)
    texts = {
        pk: [text(one) for text in TEXTS.values()] for pk, one in sorted(world.articles.items())
    }
    for one, two in pairwise(WORDS):
        first, second = words(one)[0].term, words(two)[0].term
        holding = {pk for pk, fields in texts.items() if any(one in text for text in fields)}
        assert world.snapshot.words.containing([first], pks) == {first: holding}
        both = world.snapshot.words.containing([second, first], pks)
        assert both[first] == holding
        assert both == {**both, **world.snapshot.words.containing([second], pks)}
        assert world.snapshot.words.containing([first], pks[:9]) == {first: holding & set(pks[:9])}
        together = [
            pk
            for pk, fields in texts.items()
            if any((one, two) in set(pairwise(text)) for text in fields)
        ]
        assert world.snapshot.words.phrase([first, second], 1_000, EVERYTHING) == together
        assert world.snapshot.words.phrase([first], 1_000, EVERYTHING) == sorted(holding)


def test_a_term_of_several_forms_is_found_in_any_and_scored_by_the_best(world: World) -> None:
    index, pks = world.snapshot.words, sorted(world.articles)
    for terms in (("tram", "cod"), ("cod", "zeppelin")):
        term = "|".join(terms)
        own = {one: index.containing([one], pks)[one] for one in terms}
        assert index.containing([term], pks) == {term: own[terms[0]] | own[terms[1]]}
        assert index.document_frequency(term) == max(map(index.document_frequency, terms))
        for field in LEXICAL_FIELDS:
            first, second = (index.scores(field, {one: 2.0}, pks) for one in terms)
            best = {pk: max(first.get(pk, 0), second.get(pk, 0)) for pk in first | second}
            assert index.scores(field, {term: 2.0}, pks) == pytest.approx(best)
        found = index.search({Field.BODY: {term: 1.0}}, 1_000, EVERYTHING).hits
        assert dict(found) == pytest.approx(index.scores(Field.BODY, {term: 1.0}, pks))
    together = index.phrase(["tram", "cod"], 1_000, EVERYTHING)
    assert set(together) <= index.containing(["tram cod"], pks)["tram cod"]


def test_the_vocabulary_holds_every_word(world: World) -> None:
    held = world.snapshot.words.vocabulary
    for word in WORDS:
        number = sum(
            any(word in text(one) for text in TEXTS.values()) for one in world.articles.values()
        )
        assert number <= held[word] <= number + 15  # articles that have just gone may be counted


@given(condition=conditions())
@settings(max_examples=150)
def test_it_tells_which_articles_satisfy_a_condition(world: World, condition: Condition) -> None:
    pks = sorted(world.articles)
    matching = set(world.matching(condition))
    assert world.snapshot.vectors.satisfying(pks, condition) == matching
    assert world.snapshot.vectors.satisfying(pks[:20], condition) == matching & set(pks[:20])
    assert world.snapshot.vectors.satisfying([10**12], condition) == set()


def test_it_spans_from_the_first_publication_to_the_last(world: World) -> None:
    dates = [one.published for one in world.articles.values() if one.published]
    assert world.snapshot.span == (min(dates).timestamp(), max(dates).timestamp())


def test_a_cosine_is_standardised_by_the_leads(world: World) -> None:
    query = ENCODER.encode_query("storm budget")
    found = world.snapshot.candidates(list(world.articles), query)
    leads = found.best(Field.LEAD, found.cosine)
    # With few writes since, the spread is about that of the current leads.
    low, high = (
        world.snapshot.whitening.standardised(query, float(one))
        for one in (leads.min(), leads.max())
    )
    middle = world.snapshot.whitening.standardised(query, float(leads.mean()))
    assert low < 0 < high
    assert middle == pytest.approx(0, abs=0.25)
    assert high - low == pytest.approx(float(leads.max() - leads.min()) / leads.std(), rel=0.25)


@pytest.mark.parametrize(
    "term", ['"', "*", "AND", "title:x", "", " ", "\0", "(" * 2_000, "🚋", "a" * 70_000, "-tram"]
)
def test_a_term_is_a_term_and_never_syntax(world: World, term: str) -> None:
    assert world.snapshot.words.search(weighed(term), 10, EVERYTHING).hits == []
    assert world.snapshot.words.containing([term], list(world.articles)) == {term: set()}
    assert world.snapshot.words.phrase([term], 10, EVERYTHING) == []
    assert world.snapshot.words.phrase([term, "tram"], 10, EVERYTHING) == []
    assert world.snapshot.words.document_frequency(term) == 0
    mixed = world.snapshot.words.search(weighed(term, "tram"), 1_000, EVERYTHING).hits
    assert mixed == world.snapshot.words.search(weighed("tram"), 1_000, EVERYTHING).hits


def test_candidates_come_in_key_order_with_passages_in_text_order(world: World) -> None:
    query = ENCODER.encode_query("storm budget")
    found = world.snapshot.candidates(list(world.articles), query)
    assert found.pks.tolist() == sorted(world.articles)
    for row, pk in enumerate(found.pks.tolist()):
        article = world.articles[pk]
        pieces = pieces_of(article, ENCODER)
        scored = found.passages(row)
        assert [passage for passage, _ in scored] == [piece.passage for piece in pieces]
        exact = world.vectors(pk) @ query.astype(np.float64)
        assert [cosine for _, cosine in scored] == pytest.approx(list(exact), abs=HALF)
        seconds = UNDATED if article.published is None else article.published.timestamp()
        assert found.published[row] == seconds
        for field in Field:
            mine = [c for p, c in zip(pieces, exact, strict=True) if p.passage.field is field]
            best = found.best(field, found.cosine)[row]
            if mine:
                assert best == pytest.approx(max(mine), abs=HALF)
            else:
                assert np.isnan(best)
    assert np.array_equal(found.similarity, found.cosine)  # too few leads to learn from


def test_equal_texts_have_equal_content_and_no_others(world: World) -> None:
    found = world.snapshot.candidates(list(world.articles), None)
    texts = [
        tuple(
            piece.text
            for piece in pieces_of(world.articles[pk], ENCODER)
            if piece.passage.field in (Field.EXCERPT, Field.BODY)
        )
        or ("title", world.articles[pk].title)
        for pk in found.pks.tolist()
    ]
    assert len(set(found.content.tolist())) == len(set(texts))
    assert len(set(zip(found.content.tolist(), texts, strict=True))) == len(set(texts))


def test_a_candidate_does_not_depend_on_what_else_is_asked_for(world: World) -> None:
    query = ENCODER.encode_query("storm budget")
    together = world.snapshot.candidates(list(world.articles), query)
    backwards = sorted(world.articles, reverse=True)
    again = world.snapshot.candidates([*backwards, *backwards[:5]], query)
    assert columns(again) == columns(together)
    for row, pk in enumerate(together.pks.tolist()):
        alone = world.snapshot.candidates([pk], query)
        assert alone.passages(0) == together.passages(row)
        assert alone.content[0] == together.content[row]


def test_candidates_without_a_question_have_cosine_zero(world: World) -> None:
    pk = next(iter(world.articles))
    found = world.snapshot.candidates([pk], None)
    assert len(found) == 1
    assert found.passages(0)
    assert {cosine for _, cosine in found.passages(0)} == {0.0}
    for nobody in ([], [10**12]):
        none = world.snapshot.candidates(nobody, None)
        assert len(none) == 0
        assert none.best(Field.LEAD, none.cosine).shape == (0,)


def test_vectors_are_those_that_were_written(world: World) -> None:
    for pk, article in world.articles.items():
        passages, vectors = world.snapshot.vectors_of(pk)
        assert passages == [piece.passage for piece in pieces_of(article, ENCODER)]
        assert vectors.dtype == np.float32
        assert np.array_equal(vectors, world.vectors(pk))
    assert world.snapshot.vectors_of(10**12)[0] == []


def test_facets_count_articles_most_first(world: World) -> None:
    providers = [article.provider for article in world.articles.values()]
    topics = [topic for article in world.articles.values() for topic in article.topics]
    assert dict(world.snapshot.providers) == {one: providers.count(one) for one in providers}
    assert dict(world.snapshot.topics) == {one: topics.count(one) for one in topics}
    for attribute in (Attribute.CATEGORY, Attribute.TYPE, Attribute.LANGUAGE):
        every = {getattr(article, attribute.value) for article in world.articles.values()}
        assert world.snapshot.vectors.values(attribute) == every - {""}
    for rows in (world.snapshot.providers, world.snapshot.topics):
        numbers = [number for _, number in rows]
        assert numbers == sorted(numbers, reverse=True)


def test_it_is_asked_from_many_threads_at_once(world: World) -> None:
    queries = [ENCODER.encode_query(f"{one} {two}") for one in WORDS for two in WORDS[:4]]

    def answer(query: np.ndarray) -> object:
        near = world.snapshot.vectors.nearest(query, 9, Not(NOBODY))
        worded = world.snapshot.words.search(weighed("tram", "cod"), 9, Not(NOBODY)).hits
        return near, worded, columns(world.snapshot.candidates([pk for pk, _ in near], query))

    expected = [answer(query) for query in queries]
    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(answer, queries)) == expected


def test_equal_scores_are_in_order_of_key(backend: Backend) -> None:
    catalog = backend.catalog
    for number in range(6):  # several publications, so several segments
        write(catalog, ENCODER, [make_article(f"a{number}", "The same words")])
        snapshot = backend.publish()
    keys = sorted(current_pks(catalog, [f"a{number}" for number in range(6)]).values())
    query = ENCODER.encode_query("the same words")
    assert [pk for pk, _ in snapshot.vectors.nearest(query, 6, EVERYTHING)] == keys
    assert [pk for pk, _ in snapshot.words.search(weighed("word"), 6, EVERYTHING).hits] == keys
    assert snapshot.words.document_frequency("word") == 6


def test_of_equal_leads_those_with_the_least_keys_are_nearest(backend: Backend) -> None:
    catalog = backend.catalog
    names = [f"a{number:03}" for number in range(120)]
    for start, end in ((0, 1), (1, 100), (100, 120)):  # of different sizes
        chosen = range(start, end)
        titles = ("The same words", "Quite others", "The same old words")
        write(catalog, ENCODER, [make_article(names[n], titles[n % 3]) for n in chosen])
        snapshot = backend.publish()
    pks = current_pks(catalog, names)
    nearest = sorted(names, key=lambda name: ((0, 2, -1)[int(name[1:]) % 3], pks[name]))
    query = ENCODER.encode_query("the same old words")[None, :]
    for k in (1, 12, 39, 40, 41, 52, 79):
        (found,) = snapshot.vectors.nearest_leads(query, k, EVERYTHING)
        assert [pk for pk, _ in found] == [pks[name] for name in nearest[:k]]


def test_a_snapshot_does_not_see_later_writes(backend: Backend) -> None:
    catalog = backend.catalog
    query = ENCODER.encode_query("cod")
    write(catalog, ENCODER, [make_article("a", "Cod quota"), make_article("b", "Tram")])
    old = backend.publish()
    before = (
        old.vectors.nearest(query, 9, EVERYTHING),
        old.words.search(weighed("cod"), 9, EVERYTHING).hits,
    )
    write(catalog, ENCODER, [make_article("a", "Otter stolen")], delete=["b"])
    new = backend.publish()
    assert new.generation > old.generation
    assert (len(old), len(new)) == (2, 1)
    after = (
        old.vectors.nearest(query, 9, EVERYTHING),
        old.words.search(weighed("cod"), 9, EVERYTHING).hits,
    )
    assert after == before
    assert new.words.search(weighed("cod"), 9, EVERYTHING).hits == []
