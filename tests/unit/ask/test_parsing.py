"""A question is read step by step; every step can be left out and says what it did."""

import re
from collections.abc import Iterator, Sequence
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from semsearch.ask.parsing import ParsedQuery, QuestionParser
from semsearch.ask.times.reading import Now
from semsearch.ask.times.spans import Window, during
from semsearch.ask.wording import MAX_CHARS, normalised
from semsearch.errors import InvalidQueryError
from semsearch.index import Index
from semsearch.model.filters import EVERYTHING, AllOf, Attribute, Not, OneOf
from semsearch.model.search import ALL_STEPS, ParseStep
from tests.support.articles import GAZETTE, HERALD, make_article
from tests.support.indexes import filled_index

QUESTION = (
    'What did the Lisk Gazette report about hrabour "salt bank" and the HPA in March 2021'
    " on the topic of Sea Trade, and who walks the tunnel under Brackwater?"
)
NOW = Now(date(2021, 11, 15))
KNOWN = {"report", "about", "salt", "bank", "walk"}


@pytest.fixture(scope="module")
def index() -> Iterator[Index]:
    with filled_index() as opened:
        given = [
            make_article(
                f"a{n}",
                f"Harbour notice {n}",
                excerpt="The Harbour Port Authority (HPA) closed the salt bank.",
                provider=HERALD if n % 2 else GAZETTE,
                topics=("Sea Trade", "Ports") if n % 3 else ("Ports",),
            )
            for n in range(30)
        ]
        opened.add(given)
        yield opened


@pytest.fixture(scope="module")
def parser(index: Index) -> QuestionParser:
    def leads(pks: Sequence[int]) -> list[str]:
        return [article.lead for article in index.library.catalog.by_pk(pks).values()]

    return QuestionParser(index.library.snapshot(), leads, lambda word: word in KNOWN)


def parse(
    parser: QuestionParser,
    text: str,
    steps: Sequence[str] = ALL_STEPS,
    now: Now = NOW,
) -> ParsedQuery:
    return parser.parse(text, now, steps)


def test_every_step_takes_its_part(parser: QuestionParser) -> None:
    parsed = parse(parser, QUESTION)
    first, second = 'harbour "salt bank" and the HPA,', "who walks the tunnel under Brackwater"
    assert parsed.text == f"{first} and {second}"
    assert parsed.encoded == f"{first[:-1]} (Harbour Port Authority), and {second}"
    assert parsed.wanted == {"gazette.example"}
    assert parsed.phrases == (("salt bank",),)
    assert parsed.topics == ("Sea Trade",)
    assert parsed.required == AllOf((OneOf(Attribute.TOPIC, ("sea trade",)),))
    assert parsed.windows == (Window(date(2021, 3, 1), date(2021, 3, 31), event=False),)
    assert parsed.expansions == {"HPA": "Harbour Port Authority"}
    assert parsed.notes == (
        "Only articles on the topic Sea Trade.",
        "Articles by Lisk Gazette come first.",
        'Articles from 2021-03-01 to 2021-03-31 come first ("in March 2021").',
        'Read "hrabour" as "harbour".',
        "HPA is taken as Harbour Port Authority.",
    )
    assert parsed.interpreted().filters == {
        "provider": ["gazette.example"],
        "topic": ["Sea Trade"],
        "from": "2021-03-01",
        "to": "2021-03-31",
        "phrase": ["salt bank"],
    }
    assert parsed.interpreted().text == parsed.encoded
    assert parsed.interpreted().notes == parsed.notes


# What the question holds.
READ = [
    step for step in ParseStep if step not in (ParseStep.NOW, ParseStep.NEWEST, ParseStep.EXCLUSION)
]
# What is said at once; phrases are looked up where filters are known.
SAID = [step for step in READ if step is not ParseStep.PHRASE]


def marks(parsed: ParsedQuery) -> dict[ParseStep, bool]:
    return {
        ParseStep.PHRASE: bool(parsed.phrases),
        ParseStep.PROVIDER: bool(parsed.wanted),
        ParseStep.TOPIC: bool(parsed.topics),
        ParseStep.DATE: bool(parsed.windows),
        ParseStep.SPELLING: "hrabour" not in parsed.text,
        ParseStep.ACRONYM: bool(parsed.expansions),
    }


@pytest.mark.parametrize("left_out", READ)
def test_each_step_can_be_left_out_alone(parser: QuestionParser, left_out: ParseStep) -> None:
    parsed = parse(parser, QUESTION, [step for step in ALL_STEPS if step is not left_out])
    assert marks(parsed) == {step: step is not left_out for step in READ}
    assert len(parsed.steps) == len(parsed.notes)
    assert set(parsed.steps) == set(SAID) - {left_out}


@pytest.mark.parametrize("only", READ)
def test_each_step_can_be_taken_alone(parser: QuestionParser, only: ParseStep) -> None:
    parsed = parse(parser, QUESTION, [only])
    assert marks(parsed) == {step: step is only for step in READ}
    assert set(parsed.steps) == {only} & set(SAID)


def test_without_steps_the_question_stays_as_it_is(parser: QuestionParser) -> None:
    assert parse(parser, QUESTION, ()) == ParsedQuery(QUESTION, QUESTION)
    assert ParsedQuery(QUESTION, QUESTION).interpreted().filters == {}


@pytest.mark.parametrize(
    ("text", "phrases"),
    [
        ('"salt bank"', (("salt bank",),)),
        ("the “salt bank” today", (("salt bank",),)),
        ('"Harbour notice" of the "salt bank"', (("Harbour notice",), ("salt bank",))),
        ('"Harbour notice" or "salt bank" "EU"', (("Harbour notice", "salt bank"), ("EU",))),
        ('"a", or "b" OR "c"', (("a", "b", "c"),)),
        ('"otter" -"salt bank"', (("otter",),)),
        ('""', ()),
        ('"!?!?"', ()),
        ('one " alone', ()),
        ("don't they won't", ()),
    ],
)
def test_quoted_phrases_are_read(
    parser: QuestionParser, text: str, phrases: tuple[tuple[str, ...], ...]
) -> None:
    assert parse(parser, text).phrases == phrases


@given(st.text("\"“”„«»‘’'「」-–ab NOTwithout,:", max_size=30))
def test_any_marks_can_be_read(parser: QuestionParser, text: str) -> None:
    parsed = parse(parser, text)
    assert not re.search("[\ue000-\ue0ff]", parsed.text + parsed.encoded)
    assert not re.search("[\ue000-\ue0ff]", "".join(wish.words for wish in parsed.left_out))
    assert len(parsed.notes) == len(parsed.steps)


@pytest.mark.parametrize(
    ("text", "topics", "left"),
    [
        ("otters on the topic of Sea Trade", ("Sea Trade",), "otters"),
        ("otters under the topic: ports", ("Ports",), "otters"),
        ('otters in topic "Sea Trade"?', ("Sea Trade",), "otters"),
        ("topic Ports: otters", ("Ports",), "otters"),
        ("the topic of Ports", ("Ports",), "Ports"),
        ("otters on the topic of Sea", (), "otters on the topic of Sea"),
        ("otters and Ports", (), "otters and Ports"),
        ("otters on the topic of Portsmouth", (), "otters on the topic of Portsmouth"),
    ],
)
def test_a_topic_counts_where_it_is_named_as_such(
    parser: QuestionParser, text: str, topics: tuple[str, ...], left: str
) -> None:
    parsed = parse(parser, text, [ParseStep.TOPIC])
    assert (parsed.topics, parsed.text) == (topics, left)
    assert (parsed.required == EVERYTHING) == (not topics)
    assert bool(parsed.notes) == (text != "otters and Ports")


def test_times_that_count_from_a_day_are_a_step_of_their_own(parser: QuestionParser) -> None:
    now = Now(date(2021, 11, 15), "Times count from 2021-11-15.")
    parsed = parse(parser, "otters last month", now=now)
    assert parsed.windows == (Window(date(2021, 10, 1), date(2021, 10, 31), event=False),)
    assert parsed.text == "otters"
    assert parsed.steps == (ParseStep.NOW, ParseStep.NOW)
    assert parsed.notes[1] == now.note
    assert parse(parser, "otters last month", [ParseStep.NOW], now) == parsed
    assert parse(parser, "otters in 2021", [ParseStep.NOW], now).windows == ()
    assert parse(parser, "otters last month", [ParseStep.DATE], now).windows == ()
    assert now.note not in parse(parser, "otters in 2021", now=now).notes


def test_days_that_are_not_wanted_are_a_condition(parser: QuestionParser) -> None:
    parsed = parse(parser, "otters on the topic Ports not in 2020")
    span = (date(2020, 1, 1), date(2020, 12, 31))
    assert parsed.required == AllOf((Not(during(span)), OneOf(Attribute.TOPIC, ("ports",))))
    assert parsed.interpreted().filters == {
        "topic": ["Ports"],
        "not_during": [["2020-01-01", "2020-12-31"]],
    }


@pytest.mark.parametrize(
    ("text", "note", "filters"),
    [
        (
            "otters since June 2020",
            'Articles since 2020-06-01 come first ("since June 2020").',
            {"from": "2020-06-01"},
        ),
        (
            "otters until June 2020",
            'Articles until 2020-06-30 come first ("until June 2020").',
            {"to": "2020-06-30"},
        ),
        (
            "the June 2020 storm",
            (
                "Articles from 2020-06-01 to 2020-06-30, or later about that time, come first "
                '("June 2020").'
            ),
            {"from": "2020-06-01", "to": "2020-06-30"},
        ),
        (
            "otters in outlets other than the Lisk Gazette",
            "Articles by Lisk Gazette are left out.",
            {"provider_not": ["gazette.example"]},
        ),
        (
            "When did the Norrby Courier report about otters?",
            'There is no outlet "Norrby Courier" in this index.',
            {},
        ),
        ("Who bought the Lisk Gazette?", "", {}),
    ],
)
def test_a_note_says_what_was_read(
    parser: QuestionParser, text: str, note: str, filters: dict[str, object]
) -> None:
    read_as = parse(parser, text, [ParseStep.PROVIDER, ParseStep.DATE]).interpreted()
    assert read_as.notes == ((note,) if note else ())
    assert read_as.filters == filters


def test_an_acronym_that_is_spelled_out_is_not_spelled_again(parser: QuestionParser) -> None:
    assert parse(parser, "the HPA").encoded == "the HPA (Harbour Port Authority)"
    spelled = "the harbour port authority or HPA"
    assert parse(parser, spelled).encoded == spelled
    assert parse(parser, "the XYZ").encoded == "the XYZ"


def test_wanted_sources_are_a_condition() -> None:
    gazette, herald = frozenset({"gazette.example"}), frozenset({"herald.example"})
    assert ParsedQuery("", "").provider_condition() is None
    assert ParsedQuery("", "", mentioned=gazette).provider_condition() is None
    assert ParsedQuery("", "", excluded=herald).provider_condition() is None
    assert ParsedQuery("", "", wanted=gazette, excluded=herald).provider_condition() == OneOf(
        Attribute.PROVIDER, ("gazette.example",)
    )


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("  otters \n\t and  cod ", "otters and cod"),
        ("e\u0301lan", "élan"),
        ("otters\0cod", "otters cod"),
        ("x" * MAX_CHARS, "x" * MAX_CHARS),
    ],
)
def test_a_question_is_one_line(text: str, line: str) -> None:
    assert normalised(text) == line


@pytest.mark.parametrize("text", ["", " \n", "\0", "x" * (MAX_CHARS + 1), "\ud800"])
def test_what_is_no_question_is_refused(text: str) -> None:
    with pytest.raises(InvalidQueryError):
        normalised(text)


class Forgotten(dict[str, str]):
    """A table that another thread clears after whatever is done to it."""

    def __setitem__(self, key: str, value: str) -> None:
        """Keep nothing."""


def test_an_acronym_is_read_while_another_thread_forgets_it(
    parser: QuestionParser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parser._acronyms, "_long_forms", Forgotten())
    parsed = parse(parser, "the HPA", [ParseStep.ACRONYM])
    assert parsed.expansions == {"HPA": "Harbour Port Authority"}
