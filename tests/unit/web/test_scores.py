import math
from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from semsearch.export.highlights import WIDTH, bars
from semsearch.model.article import Field
from semsearch.model.search import Hit, HitPassage, summary
from tests.support.articles import make_article

NAMES = ["title", "lead", "passage", "lexical_body", "date", "provider", "freshness", "other"]


def hit(parts: Mapping[str, float], rank: int = 1) -> Hit:
    article = make_article()
    shown = HitPassage(Field.TITLE, 0, 1, article.title[:1])
    return Hit(rank, sum(parts.values()), parts, summary(article), shown)


@given(
    st.lists(
        st.dictionaries(st.sampled_from(NAMES), st.floats(-1, 1).map(lambda x: round(x, 6))),
        max_size=5,
    )
)
def test_bars_lie_within_the_scale_and_in_proportion(given_parts: list[dict[str, float]]) -> None:
    found = bars([hit(parts) for parts in given_parts])
    longest = max((sum(v for v in p.values() if v > 0) for p in given_parts), default=0)
    for bar, parts in zip(found, given_parts, strict=True):
        gains = sum(value for value in parts.values() if value > 0)
        shown = sum(each.width for each in bar.slices if each.kind != "against")
        assert math.isclose(shown, WIDTH * gains / longest if longest else 0, abs_tol=0.02)
        assert all(-0.01 <= each.start <= WIDTH + 0.02 for each in bar.slices)
        assert all(each.start + each.width <= WIDTH + 0.02 for each in bar.slices)
        assert len(bar.parts) == sum(value != 0 for value in parts.values())


def test_a_bar_says_in_words_what_it_shows() -> None:
    (bar,) = bars([hit({"title": 0.2, "lexical_body": 0.1, "passage": 0.3, "date": -0.25})])
    assert bar.label == "Score 0.35: meaning 0.50, words 0.10, against it 0.25"
    assert [each.kind for each in bar.slices] == ["meaning", "words", "against"]
    assert bar.slices[-1].start + bar.slices[-1].width == WIDTH
    assert bar.parts[0] == ("meaning of the nearest text", 0.3)
    assert bar.parts[-1] == ("words in the text", 0.1)


def test_a_score_of_nothing_has_no_bar() -> None:
    (bar,) = bars([hit({"title": 0.0})])
    assert bar.slices == ()
    assert bar.label == "Score 0.00: nothing"
