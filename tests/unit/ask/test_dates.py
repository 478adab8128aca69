"""Times are read from the ways in which people write them, and from nothing else."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from semsearch.ask.dates import Window, read_dates

NOVEMBER = date(2021, 11, 15)
D = date


def window(text: str, today: date | None = None) -> tuple[date, date] | None:
    found = read_dates(text, today)
    return None if found is None else (found.window.first, found.window.last)


@pytest.mark.parametrize(
    ("text", "first", "last", "left"),
    [
        ("What happened in March 2021?", D(2021, 3, 1), D(2021, 3, 31), "What happened?"),
        ("What happened in march of 2021?", D(2021, 3, 1), D(2021, 3, 31), "What happened?"),
        ("WHAT HAPPENED IN MARCH 2021", D(2021, 3, 1), D(2021, 3, 31), "WHAT HAPPENED"),
        ("ferries in Sept. 2019", D(2019, 9, 1), D(2019, 9, 30), "ferries"),
        ("ferries in February, 2020", D(2020, 2, 1), D(2020, 2, 29), "ferries"),
        ("In May 2020, who fed the otters?", D(2020, 5, 1), D(2020, 5, 31), "who fed the otters?"),
        ("Q1 2021 ferries", D(2021, 1, 1), D(2021, 3, 31), "ferries"),
        ("ferries in Q4 of 2021", D(2021, 10, 1), D(2021, 12, 31), "ferries"),
        ("ferries in the second quarter of 2020", D(2020, 4, 1), D(2020, 6, 30), "ferries"),
        ("ferries in the first three months of 2021", D(2021, 1, 1), D(2021, 3, 31), "ferries"),
        ("ferries in the last two months of 2020", D(2020, 11, 1), D(2020, 12, 31), "ferries"),
        ("ferries in the first half of 2020", D(2020, 1, 1), D(2020, 6, 30), "ferries"),
        ("ferries in the second half of 2020", D(2020, 7, 1), D(2020, 12, 31), "ferries"),
        ("ferries in spring 2020", D(2020, 3, 1), D(2020, 5, 31), "ferries"),
        ("ferries during the summer of 2019", D(2019, 6, 1), D(2019, 8, 31), "ferries"),
        ("ferries in autumn 2021", D(2021, 9, 1), D(2021, 11, 30), "ferries"),
        ("ferries in the fall of 2021", D(2021, 9, 1), D(2021, 11, 30), "ferries"),
        ("ferries in winter 2019/20", D(2019, 12, 1), D(2020, 2, 29), "ferries"),
        ("ferries in winter 2021", D(2020, 12, 1), D(2021, 2, 28), "ferries"),
        ("ferries between March and May 2021", D(2021, 3, 1), D(2021, 5, 31), "ferries"),
        (
            "ferries between November 2020 and February 2021",
            D(2020, 11, 1),
            D(2021, 2, 28),
            "ferries",
        ),
        ("ferries since June 2020", D(2020, 6, 1), date.max, "ferries"),
        ("ferries until June 2020", date.min, D(2020, 6, 30), "ferries"),
        ("ferries by June 2020", date.min, D(2020, 6, 30), "ferries"),
        ("ferries before June 2020", date.min, D(2020, 5, 31), "ferries"),
        ("ferries in early 2020", D(2020, 1, 1), D(2020, 4, 30), "ferries"),
        ("ferries in mid-2020", D(2020, 5, 1), D(2020, 8, 31), "ferries"),
        ("ferries in late 2020", D(2020, 9, 1), D(2020, 12, 31), "ferries"),
        ("ferries in 2020", D(2020, 1, 1), D(2020, 12, 31), "ferries"),
        ("ferries during the year 2020", D(2020, 1, 1), D(2020, 12, 31), "ferries"),
        ("ferries throughout 2020?", D(2020, 1, 1), D(2020, 12, 31), "ferries?"),
        ("ferries since 2020", D(2020, 1, 1), date.max, "ferries"),
        ("ferries on 5 March 2021", D(2021, 3, 4), D(2021, 3, 8), "ferries"),
        ("ferries on the 5th March, 2021", D(2021, 3, 4), D(2021, 3, 8), "ferries"),
        ("ferries on March 5th, 2021", D(2021, 3, 4), D(2021, 3, 8), "ferries"),
        ("ferries on 2021-03-05", D(2021, 3, 4), D(2021, 3, 8), "ferries"),
        (
            "ferries in the week of 5 March 2021",
            D(2021, 3, 4),
            D(2021, 3, 12),
            "ferries in the week",
        ),
        # A day that is not in the calendar leaves its month.
        ("ferries of 31 February 2021", D(2021, 2, 1), D(2021, 2, 28), "ferries of 31"),
        ("İzmir ferries in March 2021", D(2021, 3, 1), D(2021, 3, 31), "İzmir ferries"),
        ("March 2021", D(2021, 3, 1), D(2021, 3, 31), "March 2021"),
    ],
)
def test_a_time_of_reporting_is_read_and_taken_out(
    text: str, first: date, last: date, left: str
) -> None:
    found = read_dates(text, None)
    assert found is not None
    assert found.window == Window(first, last, event=False)
    assert found.text == left


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("Who caused the March 2021 outage?", D(2021, 3, 1), D(2021, 3, 31)),
        ("that January 2020 storm", D(2020, 1, 1), D(2020, 1, 31)),
        ("the 5 March 2021 landing", D(2021, 3, 4), D(2021, 3, 8)),
        ("the Q2 2020 figures", D(2020, 4, 1), D(2020, 6, 30)),
        ("a summer 2019 festival", D(2019, 6, 1), D(2019, 8, 31)),
        ("the 2021 storm", D(2021, 1, 1), D(2021, 12, 31)),
        ("ferry prices 2021", D(2021, 1, 1), D(2021, 12, 31)),
    ],
)
def test_a_time_that_names_an_event_stays_in_the_question(
    text: str, first: date, last: date
) -> None:
    found = read_dates(text, None)
    assert found is not None
    assert found.window == Window(first, last, event=True)
    assert found.text == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "otters",
        "licences of Windows Server 2019",
        "Office 2019 on the ferry",
        "no waste by 2030",
        "ships until 2030",
        "march on the harbour",
        "they may 5 times",
        "Q5 2021".replace("2021", ""),
        "room 2021b",
        "the 20210 lamps",
        "1850 and 2150",
        "in the first months",
        "this week",
        "last autumn",
        "today",
        "in March",
    ],
)
def test_what_names_no_time_is_left_alone(text: str) -> None:
    assert read_dates(text, None) is None


@pytest.mark.parametrize(
    ("text", "first", "last", "left"),
    [
        ("ferries last spring", D(2021, 3, 1), D(2021, 5, 31), "ferries"),
        ("ferries last summer", D(2021, 6, 1), D(2021, 8, 31), "ferries"),
        ("ferries last autumn", D(2020, 9, 1), D(2020, 11, 30), "ferries"),
        ("ferries this week", D(2021, 11, 5), NOVEMBER, "ferries"),
        ("ferries last week", D(2021, 11, 1), NOVEMBER, "ferries"),
        ("ferries this month", D(2021, 10, 12), NOVEMBER, "ferries"),
        ("ferries today", D(2021, 11, 12), NOVEMBER, "ferries"),
        ("What happened yesterday?", D(2021, 11, 12), NOVEMBER, "What happened?"),
        ("ferries recently", D(2021, 10, 15), NOVEMBER, "ferries"),
        ("ferries in October", D(2021, 10, 1), D(2021, 10, 31), "ferries"),
        ("ferries in December", D(2020, 12, 1), D(2020, 12, 31), "ferries"),
        ("ferries last March", D(2021, 3, 1), D(2021, 3, 31), "ferries"),
    ],
)
def test_relative_times_count_from_a_day(text: str, first: date, last: date, left: str) -> None:
    assert read_dates(text, None) is None
    found = read_dates(text, NOVEMBER)
    assert found is not None
    assert found.window == Window(first, last, event=False)
    assert found.text == left


def test_what_may_be_is_no_month() -> None:
    assert read_dates("in may", NOVEMBER) is None


def test_a_written_time_goes_before_a_relative_one() -> None:
    assert window("news this week of March 2020", NOVEMBER) == (D(2020, 3, 1), D(2020, 3, 31))


@given(st.text(max_size=60), st.dates())
def test_any_text_can_be_read(text: str, today: date) -> None:
    found = read_dates(text, today)
    if found is not None:
        assert found.window.first <= found.window.last
        assert found.text


@given(
    st.lists(
        st.sampled_from(
            "in the last first between and 31 30 12 February march May 2021 1999 2020-02-30 2019/20"
            " winter Q1 since before three months of İ ferries today week, ?".split()
        ),
        max_size=9,
    ),
    st.dates(),
)
def test_any_mixture_of_words_for_times_can_be_read(parts: list[str], today: date) -> None:
    text = " ".join(parts)
    found = read_dates(text, today)
    if found is not None:
        assert found.window.first <= found.window.last
        assert found.text
