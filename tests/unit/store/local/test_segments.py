"""Large segments answer as small ones do."""

from pathlib import Path

import pytest

from semsearch.model.filters import EVERYTHING, Attribute, Between, Condition, Not
from semsearch.store.local import segments as module
from semsearch.store.local import vectors
from semsearch.store.local.generations import LocalGenerations
from semsearch.store.local.segments import SegmentVectors
from semsearch.store.local.vectors import IVF
from tests.support.articles import WORDS, make_article
from tests.support.encoder import HashingEncoder
from tests.support.indexes import open_catalog
from tests.support.store import settings_of, write

ENCODER = HashingEncoder()
UNDATED = Not(Between(Attribute.PUBLISHED, None, None))


@pytest.mark.parametrize("condition", [EVERYTHING, UNDATED])
def test_nearest_leads_by_codes_are_those_of_comparing_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, condition: Condition
) -> None:
    catalog = open_catalog(tmp_path)
    pairs = [(one, other) for one in WORDS[:20] for other in WORDS[:20]]
    articles = [
        make_article(f"{one}-{other}", f"{one} of {other}", body=f"About {other}.", published=None)
        for one, other in pairs
    ]
    write(catalog, ENCODER, articles, delete=())
    generations = LocalGenerations(tmp_path, IVF)
    generations.publish(catalog, settings_of(ENCODER))
    monkeypatch.setattr(vectors, "_FEW", 0)  # so that the codes are asked
    snapshot = generations.open(1)
    assert isinstance(snapshot.vectors, SegmentVectors)
    assert snapshot.vectors.segments[0].vectors.has_codes
    queries = ENCODER.encode_documents([f"{one} of {other}" for one, other in pairs[::57]])
    exact = snapshot.vectors.nearest_leads(queries, 5, condition)
    monkeypatch.setattr(module, "_MANY_LEADS", 0)
    found = snapshot.vectors.nearest_leads(queries, 5, condition)
    for hits, truth in zip(found, exact, strict=True):  # of equal ones others may be given
        assert [cosine for _, cosine in hits] == pytest.approx([c for _, c in truth], abs=1e-5)
    catalog.close()
