"""Sentences are kept with their vectors, and go with the versions that they belong to."""

import numpy as np

from semsearch.model.article import Field, Passage
from semsearch.store.catalog.catalog import Catalog
from semsearch.store.catalog.catalog_reader import SENTENCE_RULES
from semsearch.store.catalog.rows import StoredPassage, text_hash
from tests.support.articles import make_article
from tests.support.encoder import HashingEncoder
from tests.support.store import current_pks, write

TEXTS = ("The ferry sank.", "Nobody was hurt.")
BODY = " ".join(TEXTS)
ENCODER = HashingEncoder()
VECTORS = ENCODER.encode_documents(TEXTS).astype(np.float16)
CUT = [
    StoredPassage(Passage(Field.BODY, 0, 15), text_hash(TEXTS[0])),
    StoredPassage(Passage(Field.BODY, 16, 32), text_hash(TEXTS[1])),
]


def put(catalog: Catalog, *ids: str) -> dict[str, int]:
    """Articles with the same two sentences."""
    write(catalog, ENCODER, [make_article(one, body=BODY) for one in ids])
    pks = current_pks(catalog, ids)
    known = catalog.stored_vectors(stored.text_hash for stored in CUT)
    missing = {
        stored.text_hash: vector
        for stored, vector in zip(CUT, VECTORS, strict=True)
        if stored.text_hash not in known
    }
    catalog.write_sentences(dict.fromkeys(pks.values(), CUT), missing)
    return pks


def test_what_is_kept_is_read(catalog: Catalog) -> None:
    pks = put(catalog, "a", "b")
    found = catalog.sentences_of([*pks.values(), 99])
    assert set(found) == set(pks.values())
    for spans, vectors in found.values():
        assert spans == tuple(stored.passage for stored in CUT)
        assert [BODY[span.start : span.end] for span in spans] == list(TEXTS)
        assert np.array_equal(vectors, VECTORS)
    assert catalog.lacking_sentences([99, *pks.values(), 7]) == [7, 99]
    assert catalog.sentences_of([]) == {}


def test_what_is_kept_again_replaces(catalog: Catalog) -> None:
    pk = put(catalog, "a")["a"]
    catalog.write_sentences({pk: CUT[1:]}, {})
    ((spans, vectors),) = catalog.sentences_of([pk]).values()
    assert spans == (CUT[1].passage,)
    assert np.array_equal(vectors, VECTORS[1:])


def test_vectors_go_with_the_last_sentence_that_uses_them(catalog: Catalog) -> None:
    hashes = {stored.text_hash for stored in CUT}
    pks = put(catalog, "a", "b")
    assert catalog.collect(write(catalog, ENCODER, delete=["a"])) == 1
    assert set(catalog.sentences_of(pks.values())) == {pks["b"]}
    assert catalog.stored_vectors(hashes) == hashes
    assert catalog.collect(write(catalog, ENCODER, delete=["b"])) == 1
    assert catalog.sentences_of(pks.values()) == {}
    assert catalog.stored_vectors(hashes) == set()


def test_vectors_that_a_passage_uses_stay(catalog: Catalog) -> None:
    put(catalog, "a")
    write(catalog, ENCODER, [make_article("b", TEXTS[0])])
    catalog.collect(write(catalog, ENCODER, delete=["a"]))
    assert catalog.stored_vectors(s.text_hash for s in CUT) == {CUT[0].text_hash}


def test_vectors_of_passages_that_a_sentence_uses_stay(catalog: Catalog) -> None:
    pk = put(catalog, "a")["a"]
    write(catalog, ENCODER, [make_article("b", TEXTS[0])])
    catalog.collect(write(catalog, ENCODER, delete=["b"]))
    ((_, vectors),) = catalog.sentences_of([pk]).values()
    assert np.array_equal(vectors, VECTORS)


def test_sentences_cut_by_other_rules_go_with_vectors_that_only_they_used(
    catalog: Catalog,
) -> None:
    pks = put(catalog, "a", "b")
    write(catalog, ENCODER, [make_article("c", TEXTS[0])])
    catalog.reset_sentences("other rules")
    assert catalog.sentences_of(pks.values()) == {}
    assert catalog.lacking_sentences(pks.values()) == sorted(pks.values())
    assert catalog.stored_vectors(s.text_hash for s in CUT) == {CUT[0].text_hash}
    assert catalog.setting(SENTENCE_RULES) == "other rules"
