from datetime import UTC, datetime, timedelta, timezone

import pytest

from semsearch.errors import InvalidFilterError
from semsearch.model.article import Article, Provider
from semsearch.model.filter_tree import MAX_CONDITIONS, MAX_DEPTH, parse_day, parse_filter
from semsearch.model.filters import (
    EVERYTHING,
    AllOf,
    AnyOf,
    Attribute,
    Between,
    Filters,
    Not,
    OneOf,
    attribute_number,
    attribute_texts,
    normal_text,
    timestamp,
)

DAY = 86_400
MARCH_5 = 1_709_596_800  # 2024-03-05T00:00:00Z
FERRY = Article(
    "ferry",
    "Ferry returns",
    provider=Provider("Lisk Gazette", "gazette.example"),
    published=datetime(2024, 3, 5, 12, 30, tzinfo=UTC),
    topics=("Ferries", "Lisk"),
    category="Local",
    type="article",
    language="en",
    quality=70,
)
BARE = Article("bare", "Notice", stub=True)


def comparison(field: object, operator: object, value: object) -> dict[str, object]:
    return {"field": field, "operator": operator, "value": value}


@pytest.mark.parametrize(
    ("field", "operator", "value", "ferry", "bare"),
    [
        pytest.param("provider", "==", "gazette.example", True, False, id="domain"),
        pytest.param("provider", "==", "www.Gazette.Example", True, False, id="domain-with-www"),
        pytest.param("provider", "==", " lisk GAZETTE ", True, False, id="provider-name"),
        pytest.param("provider", "!=", "gazette.example", False, True, id="not-a-provider"),
        pytest.param("provider", "in", ["herald.example", "lisk gazette"], True, False, id="in"),
        pytest.param("provider", "not in", ["gazette.example"], False, True, id="not-in"),
        pytest.param("provider", "==", "", False, False, id="an-unknown-provider-equals-nothing"),
        pytest.param("topic", "==", "LISK", True, False, id="any-topic"),
        pytest.param("topic", "!=", "lisk", False, True, id="no-topic-is"),
        pytest.param("category", "==", "local", True, False, id="category"),
        pytest.param("type", "in", ["video", "Article"], True, False, id="type"),
        pytest.param("language", "==", "EN", True, False, id="language"),
        pytest.param("language", "==", "en-GB", True, False, id="language-of-a-region"),
        pytest.param("language", "!=", "de", True, True, id="unknown-language-is-not-german"),
        pytest.param("quality", "==", 70, True, False, id="quality-is"),
        pytest.param("quality", "!=", 70, False, True, id="quality-is-not"),
        pytest.param("quality", ">=", 70, True, False, id="quality-at-least"),
        pytest.param("quality", ">", 70, False, False, id="quality-above"),
        pytest.param("quality", "<=", 70, True, False, id="quality-at-most"),
        pytest.param("quality", "<", 70, False, False, id="quality-below"),
        pytest.param("quality", "in", [1, 70], True, False, id="quality-in"),
        pytest.param("quality", "not in", [1, 70], False, True, id="quality-not-in"),
        pytest.param("published", "==", "2024-03-05", True, False, id="that-day"),
        pytest.param("published", "!=", "2024-03-05", False, True, id="another-day-or-unknown"),
        pytest.param("published", ">=", "2024-03-05", True, False, id="from-that-day"),
        pytest.param("published", ">", "2024-03-05", False, False, id="after-that-day"),
        pytest.param("published", "<=", "2024-03-05", True, False, id="until-that-day-ends"),
        pytest.param("published", "<", "2024-03-05", False, False, id="before-that-day"),
        pytest.param("published", "==", "2024-03-05T12:30:00Z", True, False, id="that-second"),
        pytest.param("published", "==", "2024-03-05T13:30:00+01:00", True, False, id="in-a-zone"),
        pytest.param("published", ">", "2024-03-05T12:30:00", False, False, id="later-that-day"),
        pytest.param("published", "in", ["2024-03-05", "2020-01-01"], True, False, id="days"),
        pytest.param("stub", "==", True, False, True, id="stub"),
        pytest.param("stub", "!=", True, True, False, id="no-stub"),
    ],
)
def test_a_comparison_holds_for(
    *, field: str, operator: str, value: object, ferry: bool, bare: bool
) -> None:
    condition = parse_filter(comparison(field, operator, value))
    assert [condition.matches(FERRY), condition.matches(BARE)] == [ferry, bare]


YES, NO = comparison("type", "==", "article"), comparison("type", "==", "video")


@pytest.mark.parametrize(
    ("operator", "parts", "expected"),
    [
        pytest.param("AND", [YES, YES], True, id="both"),
        pytest.param("AND", [YES, NO], False, id="not-both"),
        pytest.param("OR", [NO, YES], True, id="one"),
        pytest.param("OR", [NO, NO], False, id="none"),
        pytest.param("NOT", [NO], True, id="not"),
        pytest.param("NOT", [YES, YES], False, id="not-all-fails"),
        pytest.param("NOT", [YES, NO], True, id="not-all"),
    ],
)
def test_a_group_holds_for(*, operator: str, parts: list[object], expected: bool) -> None:
    tree = {"operator": operator, "conditions": parts}
    assert parse_filter(tree).matches(FERRY) is expected


def nested(depth: int) -> dict[str, object]:
    tree: dict[str, object] = YES
    for _ in range(depth):
        tree = {"operator": "NOT", "conditions": [tree]}
    return tree


@pytest.mark.parametrize(
    ("tree", "message"),
    [
        pytest.param(None, "A filter must be an object, not null.", id="null"),
        pytest.param([YES], "A filter must be an object, not list.", id="list"),
        pytest.param({}, "'conditions' must be a list", id="empty"),
        pytest.param({"operator": "AND"}, "'conditions' must be a list", id="no-conditions"),
        pytest.param(
            {"operator": "AND", "conditions": []}, "at least one condition", id="no-condition"
        ),
        pytest.param(
            {"operator": "AND", "conditions": "type"}, "'conditions' must be a list", id="text"
        ),
        pytest.param(
            {"operator": "AND", "conditions": [3]}, "must be an object, not int", id="number-inside"
        ),
        pytest.param(
            {"operator": "XOR", "conditions": [YES]}, "Unknown operator 'XOR'", id="operator"
        ),
        pytest.param({"conditions": [YES]}, "Unknown operator None", id="no-operator"),
        pytest.param(
            {"operator": ["AND"], "conditions": [YES]}, "Unknown operator", id="operator-is-a-list"
        ),
        pytest.param(YES | {"boost": 2}, "Unknown key in filter: 'boost'", id="unknown-key"),
        pytest.param(
            {"operator": "AND", "conditions": [YES], "value": 1}, "Unknown key", id="mixed"
        ),
        pytest.param(comparison("heat", "==", 1), "Unknown filter field 'heat'", id="field"),
        pytest.param(comparison(["type"], "==", "x"), "Unknown filter field", id="field-is-a-list"),
        pytest.param(comparison("type", "==", 1), "compares with text, not int", id="number"),
        pytest.param({"field": "type", "operator": "=="}, "not null", id="no-value"),
        pytest.param(comparison("type", "in", "x"), "takes a list of texts", id="in-text"),
        pytest.param(comparison("type", "in", ["x", 1]), "takes a list of texts", id="in-mixed"),
        pytest.param(comparison("type", ">", "x"), "takes ==, !=, in or not in", id="text-above"),
        pytest.param(comparison("stub", "==", 1), "true or false", id="stub-number"),
        pytest.param(comparison("stub", ">", value=True), "true or false", id="stub-above"),
        pytest.param(comparison("stub", "in", [True]), "true or false", id="stub-in"),
        pytest.param(comparison("quality", "==", "70"), "a whole number", id="quality-text"),
        pytest.param(comparison("quality", "==", value=True), "a whole number", id="quality-flag"),
        pytest.param(comparison("quality", "==", 70.5), "a whole number", id="quality-fraction"),
        pytest.param(comparison("quality", "==", 2**31 + 1), "out of range", id="quality-huge"),
        pytest.param(comparison("quality", "in", 70), "takes a list", id="quality-in-number"),
        pytest.param(comparison("quality", "in", []), "takes a list", id="quality-in-nothing"),
        pytest.param(comparison("quality", "in", [[1]]), "a whole number", id="quality-in-lists"),
        pytest.param(comparison("quality", "~", 1), "Unknown operator '~'", id="quality-like"),
        pytest.param(comparison("published", "==", 2024), "compares with a date", id="year-number"),
        pytest.param(
            comparison("published", "==", "2024-02-30"), "is not a date", id="no-such-day"
        ),
        pytest.param(nested(MAX_DEPTH + 1), "deeper than 8", id="too-deep"),
        pytest.param(
            {"operator": "OR", "conditions": [YES] * MAX_CONDITIONS},
            "256 conditions",
            id="too-wide",
        ),
    ],
)
def test_a_malformed_tree_is_refused(tree: object, message: str) -> None:
    with pytest.raises(InvalidFilterError) as caught:
        parse_filter(tree)
    assert message in caught.value.message
    assert caught.value.hint


def test_the_deepest_and_widest_trees_are_read() -> None:
    assert parse_filter(nested(MAX_DEPTH)).matches(FERRY)
    wide = {"operator": "OR", "conditions": [YES] * (MAX_CONDITIONS - 1)}
    assert parse_filter(wide).matches(FERRY)


@pytest.mark.parametrize(
    ("text", "span"),
    [
        pytest.param("2024-03-05", (MARCH_5, MARCH_5 + DAY), id="day"),
        pytest.param("20240305", (MARCH_5, MARCH_5 + DAY), id="compact-day"),
        pytest.param("2024-03-05T00:00:00Z", (MARCH_5, MARCH_5 + 1), id="second"),
        pytest.param("2024-03-05T02:00:00+02:00", (MARCH_5, MARCH_5 + 1), id="zone"),
        pytest.param("2024-03-05 00:00:00.999", (MARCH_5, MARCH_5 + 1), id="within-the-second"),
        pytest.param("1970-01-01", (0, DAY), id="epoch"),
        pytest.param("1969-12-31", (-DAY, 0), id="before-1970"),
        pytest.param("0001-01-01", (-62_135_596_800, -62_135_596_800 + DAY), id="first-day"),
        pytest.param("9999-12-31", (253_402_214_400, 253_402_214_400 + DAY), id="last-day"),
    ],
)
def test_a_date_is_a_span_of_seconds(text: str, span: tuple[int, int]) -> None:
    assert parse_day(text) == span


@pytest.mark.parametrize(
    "text",
    [
        *("", "yesterday", "2024", "2024-13-01", "2023-02-29", "05.03.2024", "2024-03-05 "),
        *("2024-03-05T25:00:00", "0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00"),
        "\ud800",
    ],
)
def test_what_is_no_iso_date_is_refused(text: str) -> None:
    with pytest.raises(InvalidFilterError, match="is not a date") as caught:
        parse_day(text)
    assert "2024-03-05T14:00:00Z" in caught.value.hint


def test_seconds_round_down_on_both_sides_of_1970() -> None:
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    half = timedelta(milliseconds=500)
    assert [timestamp(epoch + half), timestamp(epoch), timestamp(epoch - half)] == [0, 0, -1]
    assert timestamp(epoch.astimezone(timezone(timedelta(hours=-7)))) == 0


def test_no_filters_let_everything_pass() -> None:
    assert Filters().condition() == EVERYTHING
    assert EVERYTHING.matches(BARE)
    assert not AnyOf(()).matches(FERRY)


def test_plain_filters_and_the_tree_all_hold() -> None:
    filters = Filters(
        provider=("WWW.gazette.example", "Senn Herald"),
        topic=("lisk",),
        category=("LOCAL",),
        type=("article",),
        language=("en",),
        since=datetime(2024, 3, 5, tzinfo=UTC),
        until=datetime(2024, 3, 6, tzinfo=UTC),
        min_quality=70,
        stub=False,
        tree=Not(OneOf(Attribute.TOPIC, ("storms",))),
    )
    assert filters.condition() == AllOf(
        (
            OneOf(Attribute.PROVIDER, ("gazette.example", "senn herald")),
            OneOf(Attribute.TOPIC, ("lisk",)),
            OneOf(Attribute.CATEGORY, ("local",)),
            OneOf(Attribute.TYPE, ("article",)),
            OneOf(Attribute.LANGUAGE, ("en",)),
            Between(Attribute.PUBLISHED, MARCH_5, MARCH_5 + DAY),
            Between(Attribute.QUALITY, 70, None),
            Between(Attribute.STUB, 0, 1),
            Not(OneOf(Attribute.TOPIC, ("storms",))),
        )
    )
    assert filters.condition().matches(FERRY)
    assert not filters.condition().matches(BARE)


def test_since_is_inclusive_and_until_exclusive() -> None:
    moment = datetime(2024, 3, 5, 12, 30, tzinfo=UTC)
    assert Filters(since=moment).condition().matches(FERRY)
    assert not Filters(until=moment).condition().matches(FERRY)
    assert Filters(until=moment + timedelta(seconds=1)).condition().matches(FERRY)


def test_text_and_number_attributes_are_not_mixed_up() -> None:
    with pytest.raises(InvalidFilterError, match="not a text attribute"):
        attribute_texts(FERRY, Attribute.QUALITY)
    with pytest.raises(InvalidFilterError, match="not a number attribute"):
        attribute_number(FERRY, Attribute.TOPIC)


@pytest.mark.parametrize(
    ("attribute", "one", "other"),
    [
        (Attribute.TOPIC, "Caf\u00e9", "Cafe\u0301"),
        (Attribute.TOPIC, "STRASSE", "Stra\u00dfe"),
        (Attribute.PROVIDER, "\u00c5ngbl\u00e5tt", "A\u030angbla\u030att"),
        (Attribute.PROVIDER, "www.Echo.example", "echo.example"),
        (Attribute.LANGUAGE, "en", "en-US"),
        (Attribute.LANGUAGE, "EN_gb", "en"),
        (Attribute.LANGUAGE, "zh-Hans-CN", "zh"),
    ],
)
def test_what_is_written_in_two_ways_compares_equal(
    attribute: Attribute, one: str, other: str
) -> None:
    assert normal_text(attribute, one) == normal_text(attribute, other)


def test_languages_that_begin_alike_are_two() -> None:
    assert normal_text(Attribute.LANGUAGE, "enm") != normal_text(Attribute.LANGUAGE, "en")
