"""What a question leaves out is in no answer; what cannot be read as that is said."""

from collections.abc import Iterator

import pytest

from semsearch.index import Index
from semsearch.model.article import Provider
from semsearch.model.search import Mode, ParseStep, Query, SearchResults
from tests.support.articles import make_article
from tests.support.indexes import filled_index

ECHO = Provider("Dunbeck Echo", "dunbeckecho.example")
METRO = Provider("Metro", "metro.example")
TEXTS = {
    "solar": ("Solar farm doubles its output", "Renewable energy from the sun, and a new act."),
    "hydro1": ("Hydrogen plant opens at Dunbeck", "Renewable energy makes hydrogen."),
    "hydro2": (
        "Hydrogen buses stall on a hill",
        "The hydrogen of the plants froze; energy ran out.",
    ),
    "wind": ("Wind turbines off Morrow", "Renewable energy for forty homes. No plant is near."),
    "strike1": ("Bus drivers strike in Dunbeck", "A strike over night shifts."),
    "strike2": ("Baggage handlers strike in Farrow", "A strike at the airport."),
    "water": ("Villages left without water", "A broken pipe left the villages without water."),
    "council": ("Council meets", "The council met about the budget."),
    "act1": ("Mayor signs the clean air act", "The clean air act bans old lorries."),
    "act2": ("Water act passed", "The water act divides; clean air is no subject. An EU rule."),
    "twin": ("Cleaning air acts", "They act by cleaning the air, the rail union says."),
    "berth": ("Die Hafenbehörde schließt den Kai", "Der neue Fahrplan gilt ab Juni."),
    "ruling": ("Drivers defy court, ignore ruling", "The judge was cross."),
    "quay": ("Les dockers bloquent le port", "Le nouveau contrat est en discussion."),
}
TOPICS = {"council": ("Council",), "wind": ("Weather", "Sea Trade"), "solar": ("Weather",)}


@pytest.fixture(scope="module")
def index() -> Iterator[Index]:
    with filled_index(
        make_article(
            name,
            title,
            body=body,
            provider=METRO if name == "council" else ECHO,
            topics=TOPICS.get(name, ("Ports",)),
        )
        for name, (title, body) in TEXTS.items()
    ) as opened:
        yield opened


def search(index: Index, text: str, mode: Mode = Mode.HYBRID) -> SearchResults:
    return index.search(Query(text, k=50, mode=mode))


def ids(results: SearchResults) -> set[str]:
    return {hit.article.id for hit in results.hits}


ONE_OF_TWO = (
    'No article holds "clean air act" and "water act" together; every answer holds one of them.'
)
DASHED = (
    '"hydrogen plant" need not stand in an answer, for a dash stands before it; to leave out what'
    ' holds it, write -"hydrogen plant".'
)
NEED_NOT = '"hydrogen" need not stand in an answer, for "or" joins it with words without marks.'
HYDROGEN = {"hydro1", "hydro2"}
DUNBECK = {"hydro1", "strike1"}


@pytest.mark.parametrize("mode", [Mode.HYBRID, Mode.DENSE])
@pytest.mark.parametrize(
    ("text", "without"),
    [
        ("renewable energy -hydrogen", HYDROGEN),
        ("-hydrogen renewable energy", HYDROGEN),
        ('renewable energy -"hydrogen plant"', {"hydro1"}),
        ("renewable energy -“hydrogen plant”", {"hydro1"}),
        ("renewable energy -«hydrogen plant»", {"hydro1"}),
        ("renewable energy NOT hydrogen", HYDROGEN),
        ("renewable energy NOT NOT hydrogen", HYDROGEN),
        ('renewable energy NOT "hydrogen plant"', {"hydro1"}),
        ("renewable energy without hydrogen", HYDROGEN),
        ("renewable energy except hydrogen", HYDROGEN),
        ("renewable energy except for hydrogen", HYDROGEN),
        ("renewable energy other than hydrogen", HYDROGEN),
        ("renewable energy apart from the hydrogen plant", {"hydro1"}),
        ("renewable energy, but not hydrogen", HYDROGEN),
        ("renewable energy, not hydrogen", HYDROGEN),
        ("renewable energy not about hydrogen", HYDROGEN),
        ("articles not about hydrogen", HYDROGEN),
        ("everything but hydrogen", HYDROGEN),
        ("energy excluding hydrogen or wind", HYDROGEN | {"wind"}),
        ("energy -hydrogen -wind", HYDROGEN | {"wind"}),
        ("strikes not at Dunbeck", DUNBECK),
        ("strikes not in Dunbeck", DUNBECK),
        ("strikes -Dunbeck", DUNBECK),
        ("strikes -strike", {"strike1", "strike2"}),
        ("articles not on topic Council", {"council"}),
        ("not on the topic Weather", {"wind", "solar"}),
        ("everything but the topic Council", {"council"}),
        ("energy except the topic of Weather", {"wind", "solar"}),
        ("energy -topic:Weather", {"wind", "solar"}),
        ('energy -topic:"Sea Trade"', {"wind"}),
        ("energy NOT topic:weather", {"wind", "solar"}),
        ("budget -Metro", {"council"}),
        ("budget -site:metro.example", {"council"}),
        ("budget anything but Metro", {"council"}),
        ("budget in outlets other than Metro", {"council"}),
        ("council -Dunbeck Echo", set(TEXTS) - {"council"}),
        # groups
        ("energy NOT (hydrogen OR wind)", HYDROGEN | {"wind"}),
        ("energy NOT(hydrogen OR wind)", HYDROGEN | {"wind"}),
        ("energy not (hydrogen or wind)", HYDROGEN | {"wind"}),
        ("energy -(hydrogen | wind)", HYDROGEN | {"wind"}),
        ("energy without (hydrogen plant, wind)", {"hydro1", "wind"}),
        ('NOT ("hydrogen plant" OR "water act")', {"hydro1", "act2"}),
        ("NOT (topic:Weather OR topic:Council)", {"wind", "solar", "council"}),
        ("-topic:(Weather OR Council)", {"wind", "solar", "council"}),
        # marks and dashes
        ("energy AND NOT hydrogen", HYDROGEN),
        ("energy and not hydrogen", HYDROGEN),
        ("energy --hydrogen", HYDROGEN),
        ("energy –hydrogen", HYDROGEN),
        ("energy －hydrogen", HYDROGEN),
        ("energy (-hydrogen)", HYDROGEN),
        ("energy (not hydrogen)", HYDROGEN),
        ("energy -[hydrogen]", HYDROGEN),
        ("energy NOT {hydrogen, wind}", HYDROGEN | {"wind"}),
        ("energy NOT: hydrogen", HYDROGEN),
        ("energy, except: hydrogen", HYDROGEN),
        ("energy not related to hydrogen", HYDROGEN),
        ("news that has nothing to do with hydrogen", HYDROGEN),
        ("energy, but no articles about hydrogen", HYDROGEN),
        ("energy but avoid hydrogen", HYDROGEN),
        ("everything else but hydrogen", HYDROGEN),
        ("anything else than hydrogen", HYDROGEN),
        ("energy [without hydrogen]", HYDROGEN),
        ('energy not "hydrogen plant"', {"hydro1"}),
        ('not "hydrogen" or "strike"', HYDROGEN | {"strike1", "strike2"}),
        ('without "hydrogen" and "strike"', HYDROGEN | {"strike1", "strike2"}),
        ('neither "hydrogen" nor "strike"', HYDROGEN | {"strike1", "strike2"}),
        ('-"hydrogen plant"', {"hydro1"}),
        # what articles say
        ("energy without mentioning hydrogen", HYDROGEN),
        ("energy without any mention of hydrogen", HYDROGEN),
        ("energy with no mention of hydrogen", HYDROGEN),
        ("articles on energy that don't mention hydrogen", HYDROGEN),
        ("news that is not about hydrogen", HYDROGEN),
        ("stories on energy which aren’t about hydrogen", HYDROGEN),
        ("energy but nothing about hydrogen", HYDROGEN),
        ("energy, but I don't want hydrogen", HYDROGEN),
        ("energy; skip hydrogen", HYDROGEN),
        ("energy, skip hydrogen", HYDROGEN),
        ("energy, ignore hydrogen", HYDROGEN),
        ("energy, omit all hydrogen", HYDROGEN),
        ("energy, leave out hydrogen", HYDROGEN),
        ("energy, exclude articles about hydrogen", HYDROGEN),
        ("energy, and skip hydrogen please", HYDROGEN),
        ("energy – skip hydrogen", HYDROGEN),
        ('energy, disregard "hydrogen plant"', {"hydro1"}),
        ("wind, sun, skip hydrogen", HYDROGEN),
        ("energy, forget about hydrogen", HYDROGEN),
        ("energy, but drop hydrogen", HYDROGEN),
        ("energy, save for hydrogen", HYDROGEN),
        ("everything save for hydrogen", HYDROGEN),
        ("don't show me hydrogen", HYDROGEN),
        ("What other than hydrogen makes energy?", HYDROGEN),
        ("everything except hydrogen, wind and strikes", HYDROGEN | {"wind", "strike1", "strike2"}),
        ("strikes anywhere but Dunbeck", DUNBECK),
        ("any places except Dunbeck", DUNBECK),
        # topics and outlets
        ("energy not topic:weather", {"wind", "solar"}),
        ("energy -Topic:Weather", {"wind", "solar"}),
        ("energy -topic:Sea Trade", {"wind"}),
        ("energy -topic:Weather,Council", {"wind", "solar", "council"}),
        ("nothing on the topic Weather", {"wind", "solar"}),
        ("any topic but Weather", {"wind", "solar"}),
        ("topics other than Weather and Council", {"wind", "solar", "council"}),
        ("not on the topics Weather or Council", {"wind", "solar", "council"}),
        ("articles outside the topic Weather", {"wind", "solar"}),
        ("neither topic Weather nor topic Council", {"wind", "solar", "council"}),
        ("except the topic Weather and the topic Council", {"wind", "solar", "council"}),
        ("budget not site:www.metro.example", {"council"}),
        ("budget -site:https://metro.example/", {"council"}),
        ("budget -site:METRO.example:443", {"council"}),
        ("budget not in Metro", {"council"}),
        ("budget in the Metro and not in the Dunbeck Echo", set(TEXTS) - {"council"}),
        ("all papers but Metro", {"council"}),
        ('council -"Dunbeck Echo"', set(TEXTS) - {"council"}),
    ],
)
def test_what_is_excluded_is_in_no_answer(
    index: Index, text: str, without: set[str], mode: Mode
) -> None:
    results = search(index, text, mode)
    assert ids(results) == set(TEXTS) - without
    assert results.total == len(TEXTS) - len(without)
    read = results.query.interpreted
    assert any("left out" in note for note in read.notes)
    assert len(read.steps) == len(read.notes)
    plain = index.search(Query(text, k=50, steps=()))
    assert ids(plain) == set(TEXTS)


@pytest.mark.parametrize(
    "text",
    [
        "Which villages are without water?",
        "Which villages were left without water?",
        "towns without a budget",
        "how villages live without water",
        "rules without water for villages",
        "Why is the ferry not in Dunbeck?",
        "Is the debate not about hydrogen?",
        "Why did the buses not run?",
        "off-topic weather",
        "hot topic weather",
        "the topic weather dominates the budget debate",
        "a wind-powered well-known bus",
        "WHY ARE BUSES NOT RUNNING",
        "bus - wind",
        "otters and Ports",
        "nothing but hydrogen",
        "nothing other than hydrogen",
        "none other than the mayor",
        "without doubt hydrogen is energy",
        "with or without hydrogen",
        "not without hydrogen",
        "Villages Without Water on hydrogen",
        "jailed without trial",
        "What happens without hydrogen?",
        "not only hydrogen but also wind",
        "not just about hydrogen",
        "last but not least hydrogen",
        "the talks on the budget were anything but easy",
        "hydrogen is all but dead",
        "all but two hydrogen buses",
        "Why is Dunbeck ignoring hydrogen?",
        "accused of ignoring hydrogen",
        "Is the council excluding hydrogen?",
        "is it about hydrogen, not wind?",
        "it's not about hydrogen",
        "not (yet) opened hydrogen",
        "the plan –they say– of hydrogen",
        "What did the mayor NOT say about hydrogen?",
        "the town that does not mention hydrogen",
        "don't panic about hydrogen",
        "leave without pay",
        "There were no reports about hydrogen",
        "the mayor had nothing to do with hydrogen",
        "the strike is unrelated to hydrogen",
        "a contract to clean up and remove hydrogen",
        "they clean up, remove hydrogen",
        "how to save for hydrogen",
        "drivers defy court, ignore ruling",
        "wind prices, drop in hydrogen",
        "how can we all save hydrogen",
        "do all bar staff like hydrogen",
    ],
)
def test_what_tells_of_something_leaves_nothing_out(index: Index, text: str) -> None:
    results = search(index, text)
    assert ids(results) == set(TEXTS)
    assert not any("left out." in note for note in results.query.interpreted.notes)


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("strikes outside Dunbeck", "-Dunbeck"),
        ("wind rather than hydrogen", "-hydrogen"),
        ("Which villages were left without water?", "-water"),
        ("at -5 degrees", '-"5"'),
        ("energy not hydrogen", "-hydrogen"),
        ("ENERGY NOT HYDROGEN", "-HYDROGEN"),
        ("energy, no hydrogen please", "-hydrogen"),
        ("energy !hydrogen", "-hydrogen"),
        ("energy —hydrogen", "-hydrogen"),
        ("energy not hydrogen or wind", "-hydrogen"),
        ("energy -title:hydrogen", "-hydrogen"),
        ('energy -body:"hydrogen plant"', '-"hydrogen plant"'),
        ("energy without any hydrogen", "-hydrogen"),
        ("nothing about hydrogen", "-hydrogen"),
        ("energy besides hydrogen", "-hydrogen"),
        ("energy neither hydrogen nor wind", "-hydrogen"),
        ("energy -(hydrogen wind)", "-hydrogen -wind"),
        ("politicians ignoring hydrogen", "-hydrogen"),
        ("energy, leave hydrogen out", "-hydrogen"),
        ("energy, avoid hydrogen", "-hydrogen"),
        ("energy and skip hydrogen", "-hydrogen"),
        ("energy ignore hydrogen", "-hydrogen"),
        ("energy sans hydrogen", "-hydrogen"),
        ("energy that isn't hydrogen", "-hydrogen"),
        ("energy which is not hydrogen", "-hydrogen"),
        ("no hydrogen, energy", "-hydrogen"),
        ("non-hydrogen energy", "-hydrogen"),
        ("hydrogen-free energy", "-hydrogen"),
        ("drivers defy court, ignore ruling", "-ruling"),
        ("Energie ohne hydrogen", "-hydrogen"),
    ],
)
def test_what_may_be_meant_as_an_exclusion_and_is_not_read_is_said(
    index: Index, text: str, advice: str
) -> None:
    results = search(index, text)
    assert ids(results) == set(TEXTS)
    (note,) = results.query.interpreted.notes
    assert note.endswith(f" {advice}.")
    assert results.query.interpreted.steps == (ParseStep.EXCLUSION,)


def test_words_that_stand_nowhere_leave_nothing_out_and_that_is_said(index: Index) -> None:
    results = search(index, "energy -zeppelin")
    assert ids(results) == set(TEXTS)
    assert results.query.interpreted.notes == (
        'No article holds "zeppelin", so none is left out for it.',
    )


@pytest.mark.parametrize("mode", [Mode.HYBRID, Mode.DENSE])
def test_that_all_is_left_out_is_said(index: Index, mode: Mode) -> None:
    results = search(index, '"hydrogen plant" -renewable', mode)
    assert results.hits == ()
    assert results.query.interpreted.notes[-1].startswith("All articles that satisfy the rest")


def test_what_is_left_out_takes_no_other_words_with_it(index: Index) -> None:
    read = search(index, "excluding hydrogen energy from the sun").query.interpreted
    assert (read.text, read.filters) == ("energy from the sun", {"without": ["hydrogen"]})


def test_a_topic_that_no_article_speaks_of_is_left_out_by_its_field_and_that_is_said(
    index: Index,
) -> None:
    (advice, note) = search(index, "everything except Sea Trade").query.interpreted.notes
    assert advice == 'To leave out articles on the topic Sea Trade, write -topic:"Sea Trade".'
    assert note.startswith("No article holds")


@pytest.mark.parametrize(
    "text",
    [
        "Why did ministers ignore hydrogen?",
        "ministers who can ignore hydrogen",
        "wind prices, drop in hydrogen",
        "the deal leaves hydrogen out of it",
        "never forget hydrogen",
        "don't forget the hydrogen",
        "nonsense about free hydrogen",
        "tax-free energy",
        "non-profit energy",
    ],
)
def test_of_what_is_told_of_nothing_is_said(index: Index, text: str) -> None:
    assert search(index, text).query.interpreted.notes == ()


# --- strict filters in words ------------------------------------------------------------------


def test_a_value_behind_a_comma_that_nothing_has_is_said_and_no_word(index: Index) -> None:
    read = search(index, "energy topic:Weather,Nowhere").query.interpreted
    assert read.text == "energy"
    assert any("Nowhere" in note for note in read.notes)
    assert search(index, "energy topic:Weather, Nowhere").query.interpreted.text != "energy"


@pytest.mark.parametrize(
    ("text", "only"),
    [
        ("topic:Weather energy", {"wind", "solar"}),
        ('energy topic:"Sea Trade"', {"wind"}),
        ("energy on the topic Weather", {"wind", "solar"}),
        ("site:metro.example", {"council"}),
        ("provider:Metro budget", {"council"}),
        ('provider:"Dunbeck Echo" budget', set(TEXTS) - {"council"}),
        ("provider:Dunbeck Echo", set(TEXTS) - {"council"}),
        ("TOPIC:weather energy", {"wind", "solar"}),
        ("topic:sea-trade energy", {"wind"}),
        ("topic:Sea Trade", {"wind"}),
        ("topic=Weather", {"wind", "solar"}),
        ("topic:Weather,Council", {"wind", "solar", "council"}),
        ("topic:Weather OR topic:Council", {"wind", "solar", "council"}),
        ("topic:(Weather OR Council)", {"wind", "solar", "council"}),
        ("on the topics Weather and Council", {"wind", "solar", "council"}),
        ("on the topic of weather or council", {"wind", "solar", "council"}),
        ("Site:Metro.example", {"council"}),
        ("site:www.metro.example", {"council"}),
        ("site:https://www.metro.example/a/b", {"council"}),
        ("site:metro.example:443", {"council"}),
        ("site:*.metro.example", {"council"}),
    ],
)
def test_a_filter_is_strict_in_its_explicit_forms(index: Index, text: str, only: set[str]) -> None:
    results = search(index, text)
    assert ids(results) == only
    note = results.query.interpreted.notes[0]
    assert note.startswith("Only articles ")


def test_values_of_one_field_are_alternatives_and_are_said_as_that(index: Index) -> None:
    results = search(index, "energy topic:Weather AND topic:Council -site:metro.example")
    assert ids(results) == {"wind", "solar"}
    assert results.query.interpreted.notes[:2] == (
        "Only articles on the topic Weather or Council.",
        "Articles by Metro are left out.",
    )


@pytest.mark.parametrize("text", ["energy topic:Chess", "energy site:nowhere.example"])
def test_a_filter_for_what_is_not_there_is_said(index: Index, text: str) -> None:
    results = search(index, text)
    assert ids(results) == set(TEXTS)
    (note,) = results.query.interpreted.notes
    assert note.startswith("There is no ")


# --- phrases ----------------------------------------------------------------------------------


def test_a_field_that_a_question_does_not_have_is_said(index: Index) -> None:
    results = search(index, "title:solar energy +wind AND hydro* energy")
    assert ids(results) == set(TEXTS)
    (note,) = results.query.interpreted.notes
    assert note.startswith('Not read as operators: "title:", "+wind", "AND", "hydro*".')


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("turb?nes at sea", "turb?nes"),
        ("w*nd and rain", "w*nd"),
        ("the *farm", "*farm"),
        ("clean w/5 act", "w/5"),
        ("clean NEAR5 act", "NEAR5"),
        ("clean ADJ act", "ADJ"),
        ('"clean act"~3', "clean act~3"),
    ],
)
def test_wildcards_and_distances_of_words_are_said_not_to_be_read(
    index: Index, text: str, shown: str
) -> None:
    notes = search(index, text).query.interpreted.notes
    assert any(note.startswith(f'Not read as operators: "{shown}".') for note in notes)


@pytest.mark.parametrize("text", ["Is it true?What now", "24/7 and w/o wind", "A* and 5* hotels"])
def test_ordinary_signs_are_no_operators(index: Index, text: str) -> None:
    assert "operators" not in " ".join(search(index, text).query.interpreted.notes)


@pytest.mark.parametrize(
    ("phrase", "text", "held"),
    [
        ("C++", "They met for C++, and left.", True),
        ("C++", "Vitamin C is good.", False),
        ("$5 million", "It cost $5 million.", True),
        ("$5 million", "It cost £5 million.", False),
        ("AT&T", "AT&amp;T sent a team.", True),
        ("AT&T", "They met at T-junctions.", False),
        ("5%", "It rose by 5 % then.", True),
        ("5%", "It rose by 5 then.", False),
        ("wind-farm", "The wind farm stands.", True),
        ("U.S. senators", "The U.S. senators met.", True),
    ],
)
def test_signs_that_say_something_belong_to_a_phrase(*, phrase: str, text: str, held: bool) -> None:
    with filled_index([make_article("a", "Talk", excerpt=text)]) as index:
        notes = " ".join(index.search(f'"{phrase}"').query.interpreted.notes)
    assert (f'Every answer holds "{phrase}".' in notes) is held
    assert (f'No article holds "{phrase}"' in notes) is not held


MARKS = '"{}" “{}” „{}“ „{}” ”{}” «{}» »{}« ‹{}› ‘{}’ ‚{}‘ 「{}」 『{}』 《{}》'.split()


ODD_MARKS = [
    *"＂{}＂ 〝{}〞 ❝{}❞ ‟{}” `{}`".split(),
    "'{}'",
    "« {} »",
    "“{},”",
    '“{}"',
    '„{}"',
    "‛{}’",
    "''{}''",
    '\\"{}\\"',
    '""{}""',
]


@pytest.mark.parametrize("marks", [*MARKS, *ODD_MARKS])
@pytest.mark.parametrize(
    ("phrase", "holders"),
    [
        ("clean air act", {"act1"}),
        ("Clean Air", {"act1", "act2"}),
        ("EU", {"act2"}),
        ("den Kai", {"berth"}),
        ("schließt", {"berth"}),
        ("nouveau contrat", {"quay"}),
        ("hydrogen plant", {"hydro1"}),
        ("strike", {"strike1", "strike2"}),
    ],
)
def test_every_answer_holds_a_phrase_as_it_is_written(
    index: Index, marks: str, phrase: str, holders: set[str]
) -> None:
    results = search(index, f"news of {marks.format(phrase)}")
    assert ids(results) == holders
    assert results.query.interpreted.notes == (f'Every answer holds "{phrase}".',)
    assert results.total == len(holders)


@pytest.mark.parametrize(
    "text",
    [
        "the driver's and the worker's strike",
        "the workers' strike and the dockers' pay",
        "o'clock",
        'a 5" pipe and a 3" hose',
        'an "" empty pair',
    ],
)
def test_apostrophes_are_no_quotation_marks(index: Index, text: str) -> None:
    assert search(index, text).query.interpreted.notes == ()


@pytest.mark.parametrize(
    ("text", "holders", "notes"),
    [
        (
            '"clean air act" or "water act"',
            {"act1", "act2"},
            ('Every answer holds "clean air act" or "water act".',),
        ),
        (
            '"clean air" "water act"',
            {"act2"},
            ('Every answer holds "clean air".', 'Every answer holds "water act".'),
        ),
        (
            '"clean air act" "water act"',
            {"act1", "act2"},
            (ONE_OF_TWO,),
        ),
        (
            '"cleaning air act"',
            set(TEXTS),
            ('No article holds "cleaning air act"; its words are searched one by one.',),
        ),
        (
            '"water act" "zeppelin"',
            {"act2"},
            (
                'Every answer holds "water act".',
                'No article holds "zeppelin"; its words are searched one by one.',
            ),
        ),
        (
            '"hydrogen" or strikes',
            set(TEXTS),
            (NEED_NOT,),
        ),
        (
            '"clean air act" || "water act"',
            {"act1", "act2"},
            ('Every answer holds "clean air act" or "water act".',),
        ),
        ('energy - "hydrogen plant"', set(TEXTS), (DASHED,)),
        ('"clean*" "clean*"', {"act1", "act2"}, ('Every answer holds "clean".',)),
        (
            '"hydrogen" NOT "plant"',
            {"hydro2"},
            ('Every answer holds "hydrogen".', 'Articles that hold "plant" are left out.'),
        ),
        (
            '"clean air act',
            set(TEXTS),
            ("A quotation mark has no other end, so it marks no phrase; put marks at both ends.",),
        ),
        (
            'act -"water act"',
            set(TEXTS) - {"act2"},
            ('Articles that hold "water act" are left out.',),
        ),
    ],
)
def test_several_phrases_are_required_as_far_as_any_article_holds_them(
    index: Index, text: str, holders: set[str], notes: tuple[str, ...]
) -> None:
    results = search(index, text)
    assert ids(results) == holders
    assert results.query.interpreted.notes == notes


def test_what_holds_a_phrase_stands_in_order_of_relevance(index: Index) -> None:
    results = search(index, 'farrow airport "strike"')
    assert [hit.article.id for hit in results.hits] == ["strike2", "strike1"]


def test_nothing_in_a_phrase_is_read_as_a_time_or_mended(index: Index) -> None:
    read = search(index, 'energy "in March 2021" "Metro on Hydrogn"').query.interpreted
    assert read.filters == {}
    assert set(read.steps) == {ParseStep.PHRASE}
