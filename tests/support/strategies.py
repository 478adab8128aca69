"""Random articles and random filters over them."""

from datetime import UTC, datetime

from hypothesis import strategies as st

from semsearch.model.article import Article, Provider
from semsearch.model.filters import (
    TEXT_ATTRIBUTES,
    AllOf,
    AnyOf,
    Attribute,
    Between,
    Condition,
    Not,
    OneOf,
    normal_text,
    timestamp,
)
from tests.support.articles import WORDS

# Few values, so that articles and conditions meet; spellings that must compare as equal.
_NAMES = ["", "Lisk Gazette", "LISK gazette", "Straße Heute", "STRASSE HEUTE", "nyhet Å", "  ", "."]
_DOMAINS = ["", "gazette.example", "www.Gazette.example", "HERALD.example", "www.herald.example."]
_TEXTS = ["", "Sea", "SEA", " sea ", "Straße", "strasse", "貿易", "İzmir", "a b", "AND", "*", " "]
_MOMENTS = [
    datetime(1, 1, 1, tzinfo=UTC),
    datetime(1969, 12, 31, 23, 59, 59, 500_000, tzinfo=UTC),
    datetime(1970, 1, 1, tzinfo=UTC),
    datetime(2024, 3, 5, 12, tzinfo=UTC),
    datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC),
]
_QUALITIES = [-5, 0, 50, 100]


def articles(identity: str = "a") -> st.SearchStrategy[Article]:
    """One article, any of whose attributes may be unknown."""
    text = st.sampled_from(_TEXTS)
    words = st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join)
    return st.builds(
        Article,
        id=st.just(identity),
        title=words.map(lambda some: some or "notice"),
        excerpt=words,
        body=words,
        provider=st.builds(Provider, st.sampled_from(_NAMES), st.sampled_from(_DOMAINS)),
        published=st.sampled_from([None, *_MOMENTS]),
        topics=st.lists(text, max_size=3).map(tuple),
        category=text,
        type=text,
        language=text,
        quality=st.sampled_from([None, *_QUALITIES]),
        stub=st.booleans(),
    )


def archives(most: int = 12) -> st.SearchStrategy[list[Article]]:
    """Some articles with different ids."""
    return st.integers(1, most).flatmap(
        lambda size: st.tuples(*(articles(f"a{n}") for n in range(size))).map(list)
    )


def conditions() -> st.SearchStrategy[Condition]:
    """A filter tree over every attribute."""
    return st.recursive(st.one_of(_one_of(), _between()), _trees, max_leaves=6)


def _trees(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    groups = st.lists(inner, max_size=3).map(tuple)
    return st.one_of(groups.map(AllOf), groups.map(AnyOf), inner.map(Not))


@st.composite
def _one_of(draw: st.DrawFn) -> Condition:
    attribute = draw(st.sampled_from(sorted(TEXT_ATTRIBUTES)))
    pool = [*_NAMES, *_DOMAINS] if attribute is Attribute.PROVIDER else _TEXTS
    values = draw(st.lists(st.sampled_from([*pool, "nothing has this"]), max_size=3))
    return OneOf(attribute, tuple(normal_text(attribute, value) for value in values))


@st.composite
def _between(draw: st.DrawFn) -> Condition:
    attribute = draw(st.sampled_from([Attribute.QUALITY, Attribute.PUBLISHED, Attribute.STUB]))
    values = {
        Attribute.QUALITY: _QUALITIES,
        Attribute.PUBLISHED: [timestamp(moment) for moment in _MOMENTS],
        Attribute.STUB: [0, 1],
    }[attribute]
    bound = st.one_of(
        st.none(),
        st.sampled_from(values),
        st.sampled_from(values).map(lambda value: value + 1),
        st.sampled_from([-(2**62), 2**62]),
    )
    return Between(attribute, draw(bound), draw(bound))
