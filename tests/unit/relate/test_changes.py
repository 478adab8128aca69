"""Changed facts are told, notices from one mould are two texts, identical ones are copies."""

from dataclasses import replace
from random import Random
from time import perf_counter

import pytest

from research import mould_twins
from semsearch.model.relation import ChangeKind, RelationKind
from semsearch.relate.changes import differences
from semsearch.relate.profile import Profile
from semsearch.relate.relate import compare, judge
from tests.unit.relate.profiles import OTHER, REPORT, paragraphs, profile, profile_of

FIRE = (
    "A fire destroyed the roof of the grain mill in Ardle early on Friday, the fire service said."
    " Sixty firefighters fought the blaze for four hours. Nobody was hurt. The mill, built in 1871,"
    " employs 45 people and supplies bakeries in the whole valley. Owner Ruth Halloway said that"
    " nothing would be moved to the site in Sett. Police are looking for a white van."
)


def told(a: Profile, b: Profile) -> set[tuple[str, str, str]]:
    return {
        (change.kind.value, change.a.text if change.a else "", change.b.text if change.b else "")
        for change in compare(a, b).evidence.changes
    }


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        ("Nobody was hurt", "Two people were killed", ChangeKind.NEGATION),
        ("45", "450", ChangeKind.FIGURE),
        ("Ruth Halloway", "Odile Brask", ChangeKind.NAME),
        ("in Ardle", "in Dunbeck", ChangeKind.NAME),
        ("nothing would", "everything would", ChangeKind.NEGATION),
        ("Friday", "Sunday", ChangeKind.FIGURE),
        ("Sixty", "Ninety", ChangeKind.FIGURE),
        ("Sixty", "Seventy-five", ChangeKind.FIGURE),
        ("four hours", "twenty hours", ChangeKind.FIGURE),
        ("Sixty", "16", ChangeKind.FIGURE),
        ("45", "4,500", ChangeKind.FIGURE),
    ],
)
@pytest.mark.parametrize("hours", [0, 3, 300])
def test_a_changed_fact_is_an_edit_and_is_told(
    old: str, new: str, kind: ChangeKind, hours: float
) -> None:
    a, b = profile(FIRE, title="Report"), profile(FIRE.replace(old, new), title="News", hours=hours)
    found = compare(a, b)
    assert found.relation is RelationKind.EDITED
    assert kind in {change.kind for change in found.evidence.changes}
    for change in found.evidence.changes:
        for span, side in ((change.a, a), (change.b, b)):
            if span is not None:
                assert side.article.body[span.start : span.end] == span.text
    assert {(each, two, one) for each, one, two in told(b, a)} == told(a, b)


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        ("3.2 million", "2.3 million", ("3.2", "2.3")),
        ("3.2 million", "3.2 billion", ("million", "billion")),
        ("3.2 million", "32 million", ("3.2", "32")),
        ("5,400", "4,500", ("5,400", "4,500")),
        ("won 3-2", "won 2-3", ("3-2", "2-3")),
        ("$2.5m", "$5.2m", ("2.5m", "5.2m")),
        ("3.2 million", "3,200,000", None),
        ("3.2 million", "3.20 million", None),
        ("5,400", "5400", None),
        ("$2.5m", "$2.5 million", None),
        ("$2.5m", "$ 2,500,000", None),
        ("won 3-2", "won 3–2", None),
        ("won 3-2", "won by 3 to 2", None),
        ("40 to 45", "40-45", None),
    ],
)
def test_figures_are_compared_by_what_they_are_worth_however_they_are_written(
    old: str, new: str, changed: tuple[str, str] | None
) -> None:
    more = (
        " The rebuilt mill costs 3.2 million crowns, $2.5m of it insured, and feeds 5,400 people."
    )
    text = FIRE + more + " The council won 3-2 against the heirs, who asked for 40 to 45 metres."
    a, b = profile(text), profile(text.replace(old, new))
    found = [
        (change.a.text, change.b.text)
        for change in differences(a, b).changes
        if change.a is not None and change.b is not None
    ]
    assert found == ([] if changed is None else [changed])


@pytest.mark.parametrize("sentences", [60, 300])
def test_a_fact_that_was_changed_far_down_is_an_edit(sentences: int) -> None:
    chance = Random(7)
    long = " ".join(
        f"{' '.join(chance.choices(FIRE.split(), k=12)).lower()}." for _ in range(sentences)
    )
    a, b = profile(f"{long} {FIRE}"), profile(f"{long} {FIRE.replace('45', '450')}", hours=3)
    found = compare(a, b)
    assert found.relation is RelationKind.EDITED
    assert told(a, b) == {("figure", "45", "450")}


AP = "The Associated Press"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ARDLE (AP) — ", f"By {AP}\n\n"),
        ("ARDLE (AP) — ", "By ROSA LIND\nAssociated Press\n\n"),
        ("ARDLE, March 5 (Reuters) - ", "By Rosa Lind\n\n"),
        ("By Rosa Lind\n\n", "By Odile Brask\n\n"),
    ],
)
def test_bylines_datelines_and_credits_are_no_changed_names(one: str, other: str) -> None:
    found = compare(profile(one + FIRE), profile(other + FIRE))
    assert not found.evidence.changes
    assert found.relation is RelationKind.COPY


def test_a_name_behind_a_dateline_is_compared() -> None:
    text = "Ruth Halloway's grain mill burnt down. " + FIRE
    changed = text.replace("Ruth Halloway's", "Odile Brask's")
    found = compare(profile("ARDLE (AP) — " + text), profile(f"By {AP}\n\n" + changed))
    assert ChangeKind.NAME in {change.kind for change in found.evidence.changes}


@pytest.mark.parametrize(
    "notice",
    [
        "Correction: an earlier version of this report gave another day.",
        "A previous version of this article gave another day.",
        "Retraction: the report above could not be confirmed.",
        "This article has been withdrawn.",
        "This story was retracted on Friday.",
        "(Corrects day in first paragraph)",
        "(This March 5 story has been refiled to fix the day)",
        "Erratum: the mill is in Ardle.",
        "CORRECTED - the mill is in Ardle.",
    ],
)
def test_a_correction_notice_is_an_edit(notice: str) -> None:
    found = compare(profile(FIRE), profile(f"{FIRE}\n\n{notice}"))
    assert found.relation is RelationKind.EDITED
    assert [change.kind for change in found.evidence.changes] == [ChangeKind.CORRECTION]


@pytest.mark.parametrize(
    "sentence",
    [
        "The original version of the song is older.",
        "He withdrew his bid.",
        "Figures are seasonally corrected (by 2 percent).",
    ],
)
def test_news_of_corrections_and_versions_is_no_notice(sentence: str) -> None:
    assert not differences(profile(FIRE), profile(f"{FIRE} {sentence}")).changes


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("four hours", "4 hours"),
        ("Sixty", "60"),
        ("Sixty firefighters", "60 firefighters"),
        ("Ruth Halloway", "Ruth Haloway"),
        ("grain mill", "flour mill"),
        ("Friday, the", "Friday; the"),
    ],
)
def test_a_trivial_edit_is_no_change(old: str, new: str) -> None:
    assert not differences(profile(FIRE), profile(FIRE.replace(old, new))).changes


@pytest.mark.parametrize("seed", [0, 1])
def test_twins_from_one_mould_are_never_one_text(seed: int) -> None:
    for case in mould_twins.twins(seed, 72):
        found = judge(profile_of(case.a), profile_of(case.b))
        assert not found.relation.is_duplicate, case
        assert found.p_duplicate < 0.5


def test_corrections_are_never_copies_and_say_what_changed() -> None:
    for case in mould_twins.corrections(0, 200):
        found = compare(profile_of(case.a), profile_of(case.b))
        assert found.relation is RelationKind.EDITED, case
        assert found.evidence.changes


def test_identical_texts_are_copies_whatever_words_they_hold() -> None:
    for case in mould_twins.identical(0, 120):
        assert judge(profile_of(case.a), profile_of(case.b)).relation is RelationKind.COPY, case


@pytest.mark.parametrize("days", [None, 0, 2, 400])
def test_identical_texts_are_copies_whatever_the_dates_and_headlines(days: int | None) -> None:
    for body in (FIRE, REPORT, OTHER, "The dam at Ardle will be emptied in July."):
        a = profile(body, title="The dam at Ardle", name="The Tide")
        hours = None if days is None else 24 * days
        b = profile(body, title="Water for Sett", hours=hours, name="The Quay")
        assert judge(a, b).relation is RelationKind.COPY


def test_identical_teasers_under_headlines_on_other_things_are_not_one_text() -> None:
    teaser = "Automate tasks with scripts of your own."
    a = profile(excerpt=teaser, title="Batch Runner opens in Ardle")
    b = profile(excerpt=teaser, title="Batch Runner opens in Dunbeck")
    assert not judge(a, b).relation.is_duplicate
    same = replace(a, article=replace(a.article, id="same"))
    assert judge(a, same).relation is RelationKind.COPY


def test_an_agency_written_out_is_no_changed_name() -> None:
    a, b = (profile(f"ARDLE ({name}) - {FIRE}") for name in ("MNA", "Meridian News Agency"))
    assert not differences(a, b).changes


def test_the_next_days_version_of_a_report_is_no_twin() -> None:
    later = FIRE.replace("45 people", "60 people").replace("Friday", "Saturday")
    later = later.replace("four hours", "eleven hours until the wind had dropped in the night")
    later = later.replace("Police are looking for a white van.", "Police have found the white van.")
    found = compare(profile(FIRE), profile(later, hours=24))
    assert found.relation is RelationKind.EDITED
    assert {change.kind for change in found.evidence.changes} >= {ChangeKind.FIGURE}


def test_an_update_with_new_paragraphs_is_no_twin() -> None:
    longer = REPORT.replace("Tuesday", "Wednesday") + "\n\n" + paragraphs(OTHER)[0]
    found = differences(profile(REPORT), profile(longer))
    assert not found.is_mould
    assert compare(profile(REPORT), profile(longer)).relation is RelationKind.EDITED


BULLETIN = (
    "Morrow will see grey skies on Monday with a high of 16 degrees. Overnight the temperature"
    " will fall to 5 degrees. Winds from the west will be light to moderate. Residents are asked to"
    " check the forecast before travelling. Call the weather line for details."
)


def bulletin(
    day: str, high: int, *, hours: float | None, provider: str = "tide.example"
) -> Profile:
    text = BULLETIN.replace("Monday", day).replace("16", str(high))
    return profile(text, title="Weather in Morrow", provider=provider, hours=hours)


@pytest.mark.parametrize(("day", "days"), [("Tuesday", 1), ("Friday", 4), ("Sunday", 6)])
def test_the_next_bulletin_of_an_outlet_is_another_text(day: str, days: int) -> None:
    first, later = bulletin("Monday", 16, hours=0), bulletin(day, 20, hours=24 * days)
    for pair in ((first, later), (later, first)):
        assert differences(*pair).is_mould
        assert not judge(*pair).relation.is_duplicate


@pytest.mark.parametrize(
    ("day", "hours", "provider"),
    [
        ("Friday", 48, "tide.example"),  # the weekday did not move on as the dates did
        ("Tuesday", 2, "tide.example"),  # a correction
        ("Tuesday", None, "tide.example"),
        ("Tuesday", 24, "quay.example"),  # another outlet's version
    ],
)
def test_two_corrected_facts_make_no_bulletin(day: str, hours: float | None, provider: str) -> None:
    later = bulletin(day, 20, hours=hours, provider=provider)
    assert not differences(bulletin("Monday", 16, hours=0), later).is_mould


def test_a_figure_of_very_many_digits_takes_no_time_of_its_square() -> None:
    long = [profile(FIRE.replace("45", digit * 200_000)) for digit in "12"]
    started = perf_counter()
    assert [change.kind for change in differences(*long).changes] == [ChangeKind.FIGURE]
    assert perf_counter() - started < 5
