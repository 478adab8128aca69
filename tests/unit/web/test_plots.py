"""Pictures for pages: drawn once, readable on light and dark paper."""

import sys
from dataclasses import replace
from datetime import date, timedelta
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from semsearch.errors import ConfigurationError
from semsearch.model.search import DayCount
from semsearch.web import plots
from semsearch.web.plots import HEIGHT, frames_caption, histogram, timeline_caption
from tests.unit.compare.samples import STOPPAGE, STRIKE, article
from tests.unit.web.samples import compared, hostile, plain

PLAIN = plain()


@pytest.mark.parametrize("width", [plots.NARROW, plots.WIDE])
def test_pictures_turn_light_on_dark_paper(width: int) -> None:
    for drawn in (
        plots.timeline(PLAIN, width),
        plots.frames(PLAIN, width),
        plots.beginnings([("2024-01", 3), ("2024-02", 0), ("2024-03", 5)], width),
    ):
        shown = plots.in_either_light(drawn)
        root = ET.fromstring(shown)  # noqa: S314 - our own picture
        assert root[0].tag.endswith("style")
        assert "prefers-color-scheme: dark" in (root[0].text or "")
        assert '"#1d1d1f"' in drawn
        assert 'fill="white"/>' not in drawn.replace(" ", "")
        assert float(root.attrib["width"]) < width + 420


def test_periods_keep_their_order() -> None:
    drawn = plots.beginnings([("2024-03", 1), ("2024-01", 2)])
    assert drawn.index("2024-03") < drawn.index("2024-01")


def test_a_crowd_is_cut_to_what_can_be_read() -> None:
    found = compared(
        [article(f"o{n:02}", (STRIKE, STOPPAGE)[n % 2], hours=n) for n in range(45)], ()
    )
    drawn = plots.timeline(found)
    assert sum(f"o{n:02}".lower() in drawn.lower() for n in range(45)) == 40


def test_names_stay_text() -> None:
    drawn = plots.in_either_light(plots.frames(hostile()))
    assert "<script" not in drawn
    ET.fromstring(drawn)  # noqa: S314 - our own picture


def test_the_same_picture_is_drawn_once() -> None:
    assert plots.timeline(PLAIN) is plots.timeline(PLAIN)


PLAIN = plain()


def test_a_timeline_names_the_first_and_counts_the_rest() -> None:
    told = timeline_caption(PLAIN)
    assert told.startswith("Who reported when: ")
    assert "(first)" in told
    assert "+3.0 h" in told
    assert told.endswith("; and 1 more.")
    assert timeline_caption(hostile()) == ""


def test_frames_are_told_by_outlet() -> None:
    told = frames_caption(PLAIN)
    for view in PLAIN.providers:
        for count in view.frames.counts[:3]:
            assert f"{count.frame} {count.sentences}" in told
    bare = tuple(replace(one, frames=replace(one.frames, counts=())) for one in PLAIN.providers)
    assert frames_caption(replace(PLAIN, providers=bare)) == ""
    many = compared([article(f"o{number}", STRIKE) for number in range(8)], ())
    assert frames_caption(many).endswith("; and 2 more.")


@pytest.mark.parametrize("missing", ["altair", "vl_convert"])
def test_without_its_libraries_a_picture_says_what_to_install(
    missing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(ConfigurationError, match=missing) as caught:
        plots.beginnings([(f"without {missing}", 1)])
    assert "semsearch[plots]" in caught.value.hint


def counts(*days: str) -> list[DayCount]:
    return [DayCount(date.fromisoformat(day), 1) for day in days]


@given(st.dictionaries(st.dates(), st.integers(1, 9), min_size=1, max_size=30))
def test_every_day_is_in_one_period(held: dict[date, int]) -> None:
    found = histogram([DayCount(day, held[day]) for day in sorted(held)])
    assert found is not None
    assert 1 <= len(found.periods) <= 61
    assert sum(period.articles for period in found.periods) == sum(held.values())
    for period in found.periods:
        within = [number for day, number in held.items() if period.first <= day <= period.last]
        assert sum(within) == period.articles
        assert 0 <= period.height <= HEIGHT
    for one, other in zip(found.periods, found.periods[1:], strict=False):
        assert one.last + timedelta(1) == other.first
    assert max(period.height for period in found.periods) == HEIGHT


def test_days_months_and_years_by_how_long_it_is() -> None:
    days = histogram(counts("2024-03-01", "2024-03-05"))
    months = histogram(counts("2024-01-31", "2024-05-02"))
    years = histogram(counts("1999-12-31", "2024-05-02"))
    assert days is not None
    assert months is not None
    assert years is not None
    assert [days.unit, months.unit, years.unit] == ["day", "month", "year"]
    assert len(days.periods) == 5
    assert [period.name for period in months.periods][:2] == ["2024-01", "2024-02"]
    assert months.periods[1].last == date(2024, 2, 29)
    assert years.periods[-1].last == date(2024, 12, 31)
    assert years.label == "Articles per year from 1999 to 2024; most in 1999: 1"


def test_nothing_dated_has_no_histogram() -> None:
    assert histogram([]) is None
