"""A cross-encoder works end to end through configuration alone."""

from pathlib import Path

import pytest

from semsearch.assembly import open_index
from semsearch.config import RerankSettings, Settings
from semsearch.model.search import Query
from tests.support.answers import check_answer, timeless
from tests.support.articles import WORDS, make_article
from tests.support.encoder import HashingEncoder
from tests.support.models import make_cross_encoder

pytestmark = pytest.mark.model

ARTICLES = {
    article.id: article
    for article in (
        make_article(f"a{n}", f"The {WORDS[n]} and the {WORDS[(n + 7) % 20]}") for n in range(20)
    )
}
QUERY = Query("the harbour ferry and the storm", k=20)


def test_the_first_articles_are_reranked_the_same_way_each_time(tmp_path: Path) -> None:
    model = make_cross_encoder(tmp_path / "model")
    rerank = RerankSettings(model=str(model), top=12, budget_ms=60_000)
    settings = Settings(index=tmp_path / "index", rerank=rerank)
    services = open_index(settings, create=True, encoder=HashingEncoder())
    services.add(list(ARTICLES.values()))
    found = services.search(QUERY)
    check_answer(found, ARTICLES)
    assert [hit.score_parts["rerank"] > 0 for hit in found.hits] == [True] * 12 + [False] * 8
    assert found.query.interpreted.notes == (f"The first 12 articles were reranked by {model}.",)
    services.close()

    again = open_index(settings, encoder=HashingEncoder())
    assert timeless(again.search(QUERY)) == timeless(found)
    again.close()

    plain = open_index(
        settings.model_copy(update={"rerank": RerankSettings()}), encoder=HashingEncoder()
    )
    unread = plain.search(QUERY)
    plain.close()
    first = {hit.article.id for hit in unread.hits[:12]}
    assert {hit.article.id for hit in found.hits[:12]} == first
    assert [h.article.id for h in found.hits[12:]] == [h.article.id for h in unread.hits[12:]]
