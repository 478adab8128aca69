from datetime import UTC, datetime, timedelta, timezone

import pytest

from semsearch.ingest.dates import ReadDate, in_utc, parse_date

NINE = datetime(2018, 3, 15, 9, 0, tzinfo=UTC)
MIDNIGHT = datetime(2018, 3, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        pytest.param("2018-03-15T09:00:00Z", NINE, id="iso-utc"),
        pytest.param("2018-03-15T14:30:00+05:30", NINE, id="iso-zone"),
        pytest.param("2018-03-15T04:00-05:00", NINE, id="iso-west"),
        pytest.param("2018-03-15T09:00:00.000Z", NINE, id="iso-milliseconds"),
        pytest.param("20180315T090000Z", NINE, id="iso-compact"),
        pytest.param("Thu, 15 Mar 2018 09:00:00 GMT", NINE, id="rfc-2822-gmt"),
        pytest.param("Thu, 15 Mar 2018 10:00:00 +0100", NINE, id="rfc-2822-zone"),
        pytest.param("15 Mar 2018 05:00:00 EDT", NINE, id="rfc-2822-zone-name"),
    ],
)
def test_a_date_with_a_zone_is_moved_to_utc(text: str, moment: datetime) -> None:
    assert parse_date(text) == ReadDate(moment, zone_assumed=False)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        pytest.param("2018-03-15T09:00:00", NINE, id="iso"),
        pytest.param(" 2018-03-15 09:00\n", NINE, id="iso-with-a-blank"),
        pytest.param("2018-03-15", MIDNIGHT, id="iso-day"),
        pytest.param("2018/03/15", MIDNIGHT, id="slashes"),
        pytest.param("2018/03/15 09:00:00", NINE, id="slashes-and-time"),
        pytest.param("Thu, 15 Mar 2018 09:00:00 -0000", NINE, id="rfc-2822-unknown-zone"),
        pytest.param("Thu, 15 Mar 2018 09:00:00", NINE, id="rfc-2822-no-zone"),
        pytest.param("15-MAR-2018", MIDNIGHT, id="agency-day"),
        pytest.param("15 March 2018", MIDNIGHT, id="day-month-year"),
        pytest.param("15 Mar 2018", MIDNIGHT, id="day-short-month-year"),
        pytest.param("March 15, 2018", MIDNIGHT, id="month-day-year"),
        pytest.param("Mar 15, 2018", MIDNIGHT, id="short-month-day-year"),
        pytest.param("March 15 2018", MIDNIGHT, id="month-day-year-no-comma"),
        pytest.param(
            "26-FEB-1987 15:01:01.79",
            datetime(1987, 2, 26, 15, 1, 1, 790_000, tzinfo=UTC),
            id="agency-hundredths",
        ),
        pytest.param("0001-01-01", datetime(1, 1, 1, tzinfo=UTC), id="first-day"),
        pytest.param("9999-12-31", datetime(9999, 12, 31, tzinfo=UTC), id="last-day"),
        pytest.param("2020-02-29", datetime(2020, 2, 29, tzinfo=UTC), id="leap-day"),
    ],
)
def test_a_date_without_a_zone_is_taken_as_utc_and_flagged(text: str, moment: datetime) -> None:
    assert parse_date(text) == ReadDate(moment, zone_assumed=True)


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "yesterday", "2018", "2018-03", "15", "10:30", "March", "true", "None"),
        *("2018-02-30", "2019-02-29", "2018-13-01", "2018/02/30", "31-FEB-1987 15:01:01.79"),
        *("2018-03-15T25:00:00", "2018-03-15T10:61:00Z", "32 March 2018", "February 30, 2018"),
        *("Sun, 30 Feb 2020 10:00:00 GMT", "Thu, 15 Mar 2018 10:00:00 +9999"),
        *("Sat, 1 Jan 99999999999999 1:01:01 +0000", "1 Jan 2018 10:00:00 +99999999999999999"),
        *("0000-00-00", "0000-00-00T00:00:00Z", "10000-01-01"),
        *("\0", "\ud800", "x" * 100_000, "1 " * 10_000),
    ],
    ids=lambda text: ascii(text)[1:40],
)
def test_what_is_no_date_is_none(text: str) -> None:
    assert parse_date(text) is None


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00"])
def test_a_date_that_its_zone_moves_out_of_the_calendar_is_none(text: str) -> None:
    assert parse_date(text) is None


def test_a_moment_of_any_kind_is_brought_to_utc() -> None:
    eastern = timezone(timedelta(hours=-4))
    naive = datetime(2018, 3, 15, 9, 0)  # noqa: DTZ001 - a date without a zone is the point
    assert in_utc(datetime(2018, 3, 15, 5, tzinfo=eastern)) == ReadDate(NINE, zone_assumed=False)
    assert in_utc(naive) == ReadDate(NINE, zone_assumed=True)
    assert in_utc(datetime(9999, 12, 31, 23, tzinfo=eastern)) is None
