"""Times are read from the ways in which people write them, and from nothing else."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from semsearch.ask.times.reading import Now, Times, counting_from, read_times
from semsearch.ask.times.spans import Window
from tests.unit.ask.time_forms import FORMS, PAGE, TODAY, Form, page

D = date
MAY_BE_AN_EVENT = {"in May", "in August", "on the 15th of April, 2023", "in '21"}
MAY_BE_AN_EVENT |= {"on the third of April 2023", "the day after 3 May 2021"}
MAY_BE_AN_EVENT |= {"two weeks before 3 May 2021", "in the 20th century"}


def days(times: Times) -> list[tuple[date, date]]:
    return [(window.first, window.last) for window in times.windows]


def test_the_docs_hold_the_table() -> None:
    text = PAGE.read_text("utf-8")
    assert text == page(text), "run python -m tests.unit.ask.time_forms"


@pytest.mark.parametrize("forms", FORMS, ids=lambda forms: forms[0].words)
@pytest.mark.parametrize("question", ["ferries {}", "{} ferries", "What was said of ferries {}?"])
def test_a_form_stands_for_its_days(forms: tuple[Form, ...], question: str) -> None:
    if question == "{} ferries" and forms[0].words in MAY_BE_AN_EVENT:
        question = "{}, ferries"
    text = question.format(forms[0].words)
    times = read_times(text, TODAY)
    wanted = [(form.first, form.last) for form in forms]
    if forms[0].excluded:
        assert (times.excluded, times.windows) == (tuple(wanted), ())
    else:
        assert (days(times), times.excluded) == (wanted, ())
        assert not any(window.event for window in times.windows)
    assert times.text.strip(" ,?") == question.format("").strip(" ,?")
    for first, last in wanted:
        said = " ".join((*times.notes, *times.counted))
        assert str(last if first == date.min else first) in said
        assert len(forms) > 1 or forms[0].words in said
        assert "not read" not in said


@pytest.mark.parametrize("forms", FORMS, ids=lambda forms: forms[0].words)
def test_what_counts_from_a_day_is_not_read_without_one(forms: tuple[Form, ...]) -> None:
    text = f"ferries {forms[0].words}"
    if read_times(text, TODAY).counted:
        without = read_times(text, None)
        assert (without.windows, without.excluded, without.text) == ((), (), text)
    else:
        assert read_times(text, None) == read_times(text, TODAY)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("Who caused the March 2021 outage?", D(2021, 3, 1), D(2021, 3, 31)),
        ("after the March 2021 outage", D(2021, 3, 1), D(2021, 3, 31)),
        ("that January 2020 storm", D(2020, 1, 1), D(2020, 1, 31)),
        ("the 5 March 2021 landing", D(2021, 3, 5), D(2021, 3, 5)),
        ("the Q2 2020 figures", D(2020, 4, 1), D(2020, 6, 30)),
        ("a summer 2019 festival", D(2019, 6, 1), D(2019, 8, 31)),
        ("the 2021 storm", D(2021, 1, 1), D(2021, 12, 31)),
        ("ferry prices 2021", D(2021, 1, 1), D(2021, 12, 31)),
        ("plans for 2021", D(2021, 1, 1), D(2021, 12, 31)),
        ("Agenda 2030", D(2030, 1, 1), D(2030, 12, 31)),
        ("2021 Q1 attacks", D(2021, 1, 1), D(2021, 3, 31)),
    ],
)
def test_a_time_that_names_an_event_stays_in_the_question(
    text: str, first: date, last: date
) -> None:
    times = read_times(text, TODAY)
    assert times.windows == (Window(first, last, event=True),)
    assert times.text == text


def test_the_storm_of_last_week_is_an_event_of_last_week() -> None:
    times = read_times("Who paid for last week's storm?", TODAY)
    assert times.windows == (Window(D(2023, 6, 5), D(2023, 6, 11), event=True),)
    assert times.text == "Who paid storm?"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "otters",
        "licences of Windows Server 2019",
        "Office 2019 on the ferry",
        "more than 2000 ferries",
        "over 2000 people came",
        "$2000 for a ferry",
        "the last night shift",
        "more than a year earlier",
        "march on the harbour",
        "they may 5 times",
        "What did Theresa May say?",
        "What changed after May resigned?",
        "spring onions",
        "rise and fall of prices",
        "room 2021b",
        "the 20210 lamps",
        "1850 and 2150",
        "2,021 ferries",
        "in the first months",
        "it lasted more than two weeks",
        "a week at sea",
        "USA Today on otters",
        "Friday's vote",
        "the week",
        "Fourth of July fireworks",
        "third-quarter earnings",
        "20th century fox hunting",
        "'90s ferries",
        "heard on '60 Minutes'",
        "the first time in five months",
    ],
)
def test_what_names_no_time_is_left_alone(text: str) -> None:
    assert read_times(text, TODAY) == Times(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("ferries on 31 February 2021", "31 February 2021"),
        ("ferries on 3 March 1850", "on 3 March 1850"),
        ("ferries of March 3rd, 1850", "of March 3rd, 1850"),
        ("ferries in March 1850", "in March 1850"),
        ("ferries on February 31, 2021", "February 31, 2021"),
        ("ferries on 31/02/2021", "31/02/2021"),
        ("ferries on 2021-02-31", "2021-02-31"),
        ("ferries in 2021-13", "2021-13"),
        ("ferries in FY2021", "FY2021"),
        ("ferries on 3/4", "on 3/4"),
        ("ferries at Christmas", "at Christmas"),
        ("ferries in fiscal 2021", "fiscal 2021"),
        ("ferries in financial year 2021/22", "financial year 2021/22"),
        ("ferries at the turn of the year", "turn of the year"),
        ("ferries in 1848", "in 1848"),
        ("ferries in the 19th century", "in the 19th century"),
        ("ferries on 5 Ramadan 1442", "5 Ramadan 1442"),
        ("Fähren seit Mai", "seit Mai"),
        ("昨天的渡轮", "昨天"),
        ("ferries some years ago", "some years ago"),
        ("ferries the summer before last", "summer before last"),
        ("no ferries by the end of the year", "by the end of the year"),
        ("ferries over Easter", "over Easter"),
        ("ferries next week", "next week"),
        ("ferries in the coming months", "coming months"),
        ("ferries tomorrow", "tomorrow"),
        ("offers by 15 May", "by 15 May"),
        ("no phones at school from January", "from January"),
        ("lake to fill again by summer", "by summer"),
        ("talks set for Friday", "for Friday"),
        ("bare shelves by the weekend", "by the weekend"),
        ("Starting today, you can use it", "Starting today"),
        ("no waste by 2030", "by 2030"),
        ("ships until 2030", "until 2030"),
    ],
)
def test_what_looks_like_a_time_and_is_none_is_said(text: str, words: str) -> None:
    times = read_times(text, TODAY)
    assert (times.windows, times.excluded, times.text) == ((), (), text)
    (note,) = (*times.notes, *times.counted)
    assert note.startswith(f'"{words}" ')


@pytest.mark.parametrize(
    ("text", "without"),
    [
        ("ferries in 2019, but not in March", (D(2019, 3, 1), D(2019, 3, 31))),
        ("ferries in 2019 except March", (D(2019, 3, 1), D(2019, 3, 31))),
        ("ferries in 2020, not on 29 February", (D(2020, 2, 29), D(2020, 2, 29))),
        ("ferries in 2019, but not last week", (D(2023, 6, 5), D(2023, 6, 11))),
        ("ferries, but not in March", (D(2023, 3, 1), D(2023, 3, 31))),
    ],
)
def test_what_is_left_out_of_a_year_is_of_that_year(text: str, without: tuple[date, date]) -> None:
    assert read_times(text, TODAY).excluded == (without,)


@pytest.mark.parametrize("part", ["early ", "the week of ", "the day after ", "the first half of "])
def test_parts_of_parts_come_to_an_end(part: str) -> None:
    assert read_times(part * 600 + "it", TODAY).windows == ()
    assert days(read_times(f"ferries in {part}{part}2021-05-03", TODAY))


def test_the_post_of_a_year_is_a_newspaper() -> None:
    assert days(read_times("Morrow Post 2021", TODAY)) == [(D(2021, 1, 1), D(2021, 12, 31))]


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("strike in Oktober 2021", "in Oktober"),
        ("strike im Oktober 2021", "im Oktober"),
        ("strike 3 Oktober 2021", "3 Oktober"),
        ("strike mayo 2021", "mayo"),
        ("huelga en marzo de 2021", "en marzo"),
    ],
)
def test_a_month_of_another_language_is_said_and_its_year_is_read(text: str, month: str) -> None:
    found = read_times(text, TODAY)
    assert [window.first.year for window in found.windows] == [2021]
    assert any(note.startswith(f'"{month}" looks like a time') for note in found.notes)
    assert read_times("rover on Mars 2021", TODAY).notes[1:] == ()


def test_a_time_of_day_beside_a_day_is_said() -> None:
    times = read_times("ferries on 3 May 2021 at 24:00", TODAY)
    assert days(times) == [(D(2021, 5, 3), D(2021, 5, 3))]
    assert '"at 24:00" is a time of day; articles are found by days.' in times.notes


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("ferries at 5 pm", "at 5 pm"),
        ("ferries at 5 p.m.", "at 5 p.m."),
        ("the 8am ferry", "8am"),
        ("Ferries at 17:30", "at 17:30"),
        ("ferries before 11:15 AM", "before 11:15 AM"),
        ("ferries after 18:00 UTC", "after 18:00 UTC"),
        ("the 18:00 UTC ferry", "18:00 UTC"),
        ("ferries at five o'clock", "at five o'clock"),
        ("ferries by noon", "by noon"),
        ("ferries at 17h30", "at 17h30"),
        ("ferries between 9:00 and 17:00", "between 9:00"),
        ("ferries early in the morning", "early in the morning"),
        ("ferries in the late evening", "in the late evening"),
    ],
)
def test_a_time_of_day_without_a_day_is_said(text: str, time: str) -> None:
    found = read_times(text, TODAY)
    assert found.notes == (f'"{time}" is a time of day; articles are found by days.',)
    assert (found.text, found.windows) == (text, ())


@pytest.mark.parametrize(
    "text",
    [
        "Lisk beat Morrow 3:10",
        "a screen of 16:9",
        "what I am told",
        "Room 5 amber",
        "the Morning Post",
        "good morning",
        "Midnight Oil at the arena",
        "the PM resigns",
        "5 PMs met",
        "an afternoon of sport",
    ],
)
def test_what_is_no_time_of_day_is_passed_over(text: str) -> None:
    assert read_times(text, TODAY).notes == ()


def test_a_month_before_a_time_of_day_is_read() -> None:
    found = read_times("ferries in May before noon", TODAY)
    assert days(found) == [(D(2023, 5, 1), D(2023, 5, 31))]
    assert found.notes == ('"before noon" is a time of day; articles are found by days.',)


def test_a_day_without_a_month_is_said() -> None:
    (note,) = read_times("ferries on the 30th?", TODAY).notes
    assert note.startswith('"on the 30th" looks like a time and was not read')
    assert read_times("ferries on the 4th deck", TODAY).notes == ()


def test_this_morning_and_tonight_are_today() -> None:
    for text in ("ferries this morning", "ferries tonight", "ferries this evening"):
        assert days(read_times(text, TODAY)) == [(TODAY, TODAY)]
        (note,) = read_times(text, None).notes
        assert "looks like a time and was not read" in note


def test_a_written_time_goes_before_one_that_counts_back_and_that_is_said() -> None:
    times = read_times("news this week of March 2020", TODAY)
    assert days(times) == [(D(2020, 3, 1), D(2020, 3, 31))]
    assert '"this week" is searched as words, not as a time.' in times.notes


def test_a_time_of_reporting_goes_before_one_of_an_event() -> None:
    times = read_times("What was written in May 2021 about the 2008 crisis?", TODAY)
    assert days(times) == [(D(2021, 5, 1), D(2021, 5, 31))]
    assert times.text == "What was written about the 2008 crisis?"


def test_years_asked_for_and_one_left_out_go_together() -> None:
    times = read_times("ferries since 2019 but not in 2020", TODAY)
    assert days(times) == [(D(2019, 1, 1), date.max)]
    assert times.excluded == ((D(2020, 1, 1), D(2020, 12, 31)),)
    assert times.text == "ferries"


@pytest.mark.parametrize(
    ("text", "day_first", "day", "other"),
    [
        ("4/5/2023", True, D(2023, 5, 4), "2023-04-05"),
        ("4/5/2023", False, D(2023, 4, 5), "2023-05-04"),
        ("4.5.2023", False, D(2023, 5, 4), ""),
        ("4/4/2023", False, D(2023, 4, 4), ""),
    ],
)
def test_days_and_months_in_digits_go_by_language_and_both_are_said(
    text: str, *, day_first: bool, day: date, other: str
) -> None:
    times = read_times(f"ferries on {text}", TODAY, day_first=day_first)
    assert days(times) == [(day, day)]
    assert (f"it may also be {other}" in " ".join(times.notes)) == bool(other)


def test_seasons_of_both_hemispheres_are_noted() -> None:
    notes = read_times("ferries in summer 2021", TODAY).notes
    assert notes[1].startswith("Summer is taken as June to August, as in the north; in the south")
    south = read_times("ferries in summer 2019/20", TODAY)
    assert days(south) == [(D(2019, 12, 1), D(2020, 2, 29))]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("What happened in March 2021?", "What happened?"),
        ("WHAT HAPPENED IN MARCH 2021", "WHAT HAPPENED"),
        ("In May 2020, who fed the otters?", "who fed the otters?"),
        ("İzmir ferries in March 2021", "İzmir ferries"),
        ("March 2021", "March 2021"),
        ("What happened yesterday?", "What happened?"),
        ("It closed in May.", "It closed."),
        ("news from March", "news"),
        ("attacks in Q1 2021 and Q2", "attacks"),
    ],
)
def test_the_words_of_a_time_are_taken_out(text: str, left: str) -> None:
    assert read_times(text, TODAY).text == left


# --- what relative times count from -----------------------------------------------------------

NOW = datetime(2023, 6, 14, 12, tzinfo=UTC)


def seconds(day: date) -> int:
    return (day - D(1970, 1, 1)).days * 86_400


@pytest.mark.parametrize(
    ("asked_at", "newest", "day"),
    [
        (None, None, D(2023, 6, 14)),
        (None, D(2023, 6, 13), D(2023, 6, 14)),
        (None, D(2023, 5, 15), D(2023, 6, 14)),
        (None, D(2023, 5, 14), D(2023, 5, 14)),
        (None, D(2024, 1, 1), D(2023, 6, 14)),
        (datetime(2021, 3, 1, tzinfo=UTC), D(2020, 1, 1), D(2021, 3, 1)),
    ],
)
def test_times_count_from_asking_or_the_newest_article_of_an_old_archive(
    asked_at: datetime | None, newest: date | None, day: date
) -> None:
    span = None if newest is None else (0, seconds(newest))
    now = counting_from(asked_at, NOW, span)
    assert now.day == day
    assert bool(now.note) == (now != Now(day))
    if now.note:
        assert str(day) in now.note
        assert "2023-06-14" in now.note


# --- anything ---------------------------------------------------------------------------------


@given(st.text(max_size=60), st.dates())
def test_any_text_can_be_read(text: str, today: date) -> None:
    check(read_times(text, today), text)


def check(times: Times, text: str) -> None:
    for window in times.windows:
        assert window.first <= window.last
    for first, last in times.excluded:
        assert first <= last
    assert bool(times.text.strip()) == bool(text.strip()) or not text.strip(" ,\t\n")


@given(
    st.lists(
        st.sampled_from(
            "in the last first between and 31 30 12 February march May 2021 1999 2020-02-30 2019/20"
            " winter Q1 since before three months of İ ferries today week, ? not ago from to until"
            " 4/5/2023 15.04.2023 1990s early H2 Monday on weekend than older".split()
        ),
        max_size=9,
    ),
    st.dates(),
)
def test_any_mixture_of_words_for_times_can_be_read(parts: list[str], today: date) -> None:
    text = " ".join(parts)
    check(read_times(text, today), text)
