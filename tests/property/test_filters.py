"""Filter trees as sent mean what a naive reading of them says."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from semsearch.errors import InvalidFilterError
from semsearch.model.article import Article
from semsearch.model.filter_tree import parse_filter
from semsearch.model.filters import Filters, Not
from tests.support.strategies import articles

Tree = dict[str, Any]

TEXT_VALUES = {
    "provider": ["gazette.example", "WWW.Gazette.example", "lisk gazette", "Straße Heute", "", "."],
    "topic": ["sea", " SEA ", "STRASSE", "貿易", "i̇zmir", "", "nothing"],
    "category": ["sea", "Straße", "a B", ""],
    "type": ["AND", "*", "sea"],
    "language": ["Sea", "straße"],
}
DAYS = ["0001-01-01", "1969-12-31", "1970-01-01", "2024-03-05", "2024-03-06", "9999-12-31"]
MOMENTS = [
    "2024-03-05T12:00:00Z",
    "2024-03-05T13:00:00+01:00",
    "2024-03-05 12:00:01",
    "1969-12-31T23:59:59.5Z",
    "0001-01-01T00:00:00",
]
TEXT_OPERATORS = st.sampled_from(["==", "!=", "in", "not in"])
NUMBER_OPERATORS = st.sampled_from(["==", "!=", ">", ">=", "<", "<=", "in", "not in"])


def comparison(field: str, operator: str, value: st.SearchStrategy[Any]) -> Any:
    many = operator in ("in", "not in")
    values = st.lists(value, min_size=1, max_size=3) if many else value
    return st.fixed_dictionaries(
        {"field": st.just(field), "operator": st.just(operator), "value": values}
    )


def leaves() -> st.SearchStrategy[Tree]:
    text = st.tuples(st.sampled_from(sorted(TEXT_VALUES)), TEXT_OPERATORS).flatmap(
        lambda pair: comparison(*pair, st.sampled_from(TEXT_VALUES[pair[0]]))
    )
    quality = NUMBER_OPERATORS.flatmap(
        lambda operator: comparison("quality", operator, st.sampled_from([-5, 0, 49, 50, 51, 100]))
    )
    published = NUMBER_OPERATORS.flatmap(
        lambda operator: comparison("published", operator, st.sampled_from([*DAYS, *MOMENTS]))
    )
    stub = st.sampled_from(["==", "!="]).flatmap(
        lambda operator: comparison("stub", operator, st.booleans())
    )
    return st.one_of(text, quality, published, stub)


def trees() -> st.SearchStrategy[Tree]:
    return st.recursive(
        leaves(),
        lambda inner: st.fixed_dictionaries(
            {
                "operator": st.sampled_from(["AND", "OR", "NOT"]),
                "conditions": st.lists(inner, min_size=1, max_size=3),
            }
        ),
        max_leaves=6,
    ).filter(lambda tree: depth(tree) <= 8)


def depth(tree: Tree) -> int:
    return 1 + max((depth(part) for part in tree.get("conditions", ())), default=-1)


# --- the naive reading: Python's own comparisons, written without the module under test -----


def holds(tree: Tree, article: Article) -> bool:
    if "field" not in tree:
        parts = [holds(part, article) for part in tree["conditions"]]
        return {"AND": all(parts), "OR": any(parts), "NOT": not all(parts)}[tree["operator"]]
    operator, value = tree["operator"], tree["value"]
    if operator == "!=":
        return not holds(tree | {"operator": "=="}, article)
    if operator == "not in":
        return not holds(tree | {"operator": "in"}, article)
    if operator == "in":
        return any(holds(tree | {"operator": "==", "value": item}, article) for item in value)
    return equals_or_compares(tree["field"], operator, value, article)


def equals_or_compares(field: str, operator: str, value: Any, article: Article) -> bool:
    match field:
        case "stub":
            return article.stub is value
        case "quality":
            known = article.quality
            return known is not None and compare(operator, known, value, value)
        case "published":
            moment = article.published and article.published.replace(microsecond=0)
            return moment is not None and compare(operator, moment, *span(value))
        case _:
            return plain(field, value) in texts(field, article)


def compare(operator: str, known: Any, first: Any, last: Any) -> bool:
    match operator:
        case "==":
            return bool(first <= known <= last)
        case ">":
            return bool(known > last)
        case ">=":
            return bool(known >= first)
        case "<":
            return bool(known < first)
        case _:
            return bool(known <= last)


def span(value: str) -> tuple[datetime, datetime]:
    """The first and the last second that a date stands for."""
    moment = datetime.fromisoformat(value)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    moment = moment.replace(microsecond=0)
    seconds = 86_399 if value in DAYS else 0
    return moment, moment + timedelta(seconds=seconds)


def texts(field: str, article: Article) -> set[str]:
    if field == "provider":
        values = {article.provider.name, article.provider.domain}
    elif field == "topic":
        values = set(article.topics)
    else:
        values = {getattr(article, field)}
    return {plain(field, value) for value in values if value.strip()}


def plain(field: str, value: str) -> str:
    value = value.strip().casefold()
    if field != "provider":
        return value
    while value.endswith("."):
        value = value[:-1]
    return value.removeprefix("www.")


# --------------------------------------------------------------------------------------------


@given(tree=trees(), article=articles())
@settings(max_examples=400)
def test_a_tree_means_what_it_says(tree: Tree, article: Article) -> None:
    condition = parse_filter(tree)
    assert condition.matches(article) is holds(tree, article)
    assert Not(condition).matches(article) is not condition.matches(article)


@given(tree=trees(), article=articles())
@settings(max_examples=100)
def test_a_tree_and_the_plain_filters_must_both_hold(tree: Tree, article: Article) -> None:
    condition = Filters(min_quality=50, tree=parse_filter(tree)).condition()
    good = article.quality is not None and article.quality >= 50
    assert condition.matches(article) is (good and holds(tree, article))


JUNK = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.sampled_from(["AND", "==", "in", "type", "published", "2024-03-05", "x"]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["field", "operator", "value", "conditions", "x"]), inner, max_size=4
        ),
    ),
    max_leaves=8,
)


@given(tree=JUNK, article=articles())
@settings(max_examples=200)
def test_any_json_is_a_filter_or_an_invalid_filter(tree: object, article: Article) -> None:
    try:
        condition = parse_filter(tree)
    except InvalidFilterError:
        return
    assert condition.matches(article) in (True, False)
