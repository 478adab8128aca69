from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from semsearch.ingest.dates import ReadDate, in_utc, of_day, parse_date
from semsearch.model.article import DatePrecision

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
        pytest.param("2018/03/15 09:00:00", NINE, id="slashes-and-time"),
        pytest.param("2018-3-15 9:00", NINE, id="single-digits"),
        pytest.param("20180315090000", NINE, id="fourteen-digits"),
        pytest.param("Thu, 15 Mar 2018 09:00:00 -0000", NINE, id="rfc-2822-unknown-zone"),
        pytest.param("Thu, 15 Mar 2018 09:00:00", NINE, id="rfc-2822-no-zone"),
        pytest.param("15.03.2018, 9.00 Uhr", NINE, id="german"),
        pytest.param("15 Mar 2018 - 09:00", NINE, id="dash"),
        pytest.param("2018年3月15日 午前9時00分", NINE, id="japanese"),
        pytest.param("2018년 3월 15일 오전 9:00", NINE, id="korean"),
        pytest.param(
            "26-FEB-1987 15:01:01.79",
            datetime(1987, 2, 26, 15, 1, 1, 790_000, tzinfo=UTC),
            id="agency-hundredths",
        ),
    ],
)
def test_a_time_without_a_zone_is_taken_as_utc_and_flagged(text: str, moment: datetime) -> None:
    assert parse_date(text) == ReadDate(moment, zone_assumed=True)


@pytest.mark.parametrize(
    "text",
    [
        *("2018-03-15", "2018/03/15", "2018-3-15", "2018.03.15", "20180315", "15.03.2018"),
        *(
            "15/03/2018",
            "03/15/2018",
            "15-MAR-2018",
            "15 March 2018",
            "15 Mar 2018",
            "15. Mar 2018",
        ),
        *("March 15, 2018", "Mar 15, 2018", "Mar. 15, 2018", "March 15 2018", "15th of March 2018"),
        *("Thursday, 15 March 2018", "Thu 15 Mar 18", "2018年3月15日(木)", "15-MAR-18"),
        *("2018-03-15 00:00:00", "2018-03-15T00:00:00"),  # as tables write days
    ],
)
def test_a_day_is_a_day(text: str) -> None:
    assert parse_date(text) == ReadDate(MIDNIGHT, zone_assumed=True, precision=DatePrecision.DAY)


@pytest.mark.parametrize("text", ["2018-03-15+01:00", "2018-03-15-05:00", "2018-03-15Z"])
def test_a_day_with_a_zone_stays_that_day(text: str) -> None:
    assert parse_date(text) == ReadDate(MIDNIGHT, zone_assumed=False, precision=DatePrecision.DAY)


def test_a_midnight_with_a_zone_is_a_time() -> None:
    assert parse_date("2018-03-15T00:00:00Z") == ReadDate(MIDNIGHT, zone_assumed=False)


AFTERNOON = datetime(2024, 3, 5, 15, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        *("March 5, 2024 3:20 PM", "2024-03-05 03:20 PM", "2024-03-05T03:20:00 pm"),
        *(
            "March 5, 2024, 3:20 p.m.",
            "Mar 5, 2024 3:20PM",
            "5 Mar 2024 3:20 p. m.",
            "3:20pm 5.3.2024",
        ),
        *("Mar 5, 2024 3:20p", "Tue, 05 Mar 2024 03:20:00 P.M.", "3:20 PM, March 5, 2024"),
        *("5 March 2024 at 3.20pm", "March 5, 2024 15:20 PM", "March 5, 2024 ３:20\u202fPM"),
        *("2024年3月5日 下午3:20", "2024年3月5日 午後3時20分", "2024년 3월 5일 오후 3:20"),
    ],
)
def test_afternoon_is_afternoon(text: str) -> None:
    assert parse_date(text) == ReadDate(AFTERNOON, zone_assumed=True)


@pytest.mark.parametrize(
    ("text", "hour"),
    [("12:05 AM", 0), ("12:05 a.m.", 0), ("12:05 PM", 12), ("12:05 p.m.", 12), ("0:05 AM", 0)],
)
def test_the_hour_of_twelve(text: str, hour: int) -> None:
    moment = datetime(2024, 3, 5, hour, 5, tzinfo=UTC)
    assert parse_date(f"March 5, 2024 {text}") == ReadDate(moment, zone_assumed=True)


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        *(("3:20 PM EST", 20), ("3:20 PM (EST)", 20), ("3:20 p.m. ET", 20), ("15:20 GMT", 15)),
        *(("03:20:00 PM GMT", 15), ("15:20 UTC", 15), ("15:20 CET", 14), ("15:20 MESZ", 13)),
        *(
            ("15:20 GMT+1", 14),
            ("15:20 UTC-05:00", 20),
            ("15:20 +0100 (CET)", 14),
            ("15:20 JST", 6),
        ),
        *(("15:20 America/New_York", 20), ("3:20 PM Pacific Time", 23), ("15:20 -01", 16)),
        *(
            ("15:20:00 GMT+0100 (Central European Standard Time)", 14),
            ("15:20+01:00[Europe/Oslo]", 14),
        ),
    ],
)
def test_the_zone_behind_a_time_counts(text: str, hour: int) -> None:
    moment = datetime(2024, 3, 5, hour, 20, tzinfo=UTC)
    assert parse_date(f"Tuesday, 5 March 2024 {text}") == ReadDate(moment, zone_assumed=False)


def test_a_zone_of_a_place_has_its_summer() -> None:
    for text, hour in (("5 July 2024 3:20 PM ET", 19), ("5 July 2024 3:20 PM EST", 20)):
        moment = datetime(2024, 7, 5, hour, 20, tzinfo=UTC)
        assert parse_date(text) == ReadDate(moment, zone_assumed=False)


@pytest.mark.parametrize(
    "number", ["1712052012345", "1712052012345.0", "1712052012", "1712052012.345"]
)
def test_ten_and_thirteen_digits_are_seconds_and_milliseconds(number: str) -> None:
    found = parse_date(number)
    assert found is not None
    assert not found.zone_assumed
    assert found.moment.replace(microsecond=0) == datetime(2024, 4, 2, 10, 0, 12, tzinfo=UTC)
    assert found.moment.microsecond == (345_000 if "345" in number else 0)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Dienstag, 5. März 2024 um 15.20 Uhr"),
        ("fr", "mardi 5 mars 2024 à 15h20"),
        ("es", "5 de marzo de 2024, 3:20 p. m."),
        ("pt-BR", "5 de março de 2024 às 15h20"),
        ("ru", "5 марта 2024 г. 15:20"),
        ("nl", "dinsdag 5 maart 2024 om 15.20 uur"),
        ("es", "05/03/2024 15:20"),
        ("en-GB", "05/03/2024 15:20"),
        ("en_US", "03/05/2024 3:20 PM"),
    ],
)
def test_a_date_is_read_in_the_language_of_its_record(language: str, text: str) -> None:
    assert parse_date(text, lambda: language) == ReadDate(AFTERNOON, zone_assumed=True)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        *(
            ("en", "03/05/2024"),
            ("", "03/05/2024 3:20 PM"),
            ("", "5. März 2024"),
            ("xx", "5 foo 2024"),
        ),
        # Words that may mean the afternoon are not passed over.
        *(("de", "5. März 2024 nachmittags 3:20"), ("el", "5 Μαρτίου 2024 3:20 μ.μ.")),
        *(
            ("en", "5 March 2024 3:20 in the afternoon"),
            ("es", "5 de marzo de 2024 3:20 de la tarde"),
        ),
    ],
)
def test_what_could_be_two_dates_is_none(language: str, text: str) -> None:
    assert parse_date(text, lambda: language) is None


@pytest.mark.parametrize(
    "text",
    [
        *(
            "0001-01-01",
            "0001-01-01T00:00:00Z",
            "9999-12-31",
            "9999-12-31T23:59:59",
            "0",
            "0000000000",
        ),
        *(
            "1970-01-01",
            "1970-01-01T00:00:00Z",
            "1970-01-01T01:00:00+01:00",
            "9999999999",
            "0000000000000",
        ),
        *("Thu, 01 Jan 1970 00:00:00 GMT", "January 1, 1970", "1 Jan 0001"),
        *("Mon, 01 Jan 0001 00:00:00 +0000", "Tue, 05 Mar 0069 10:00:00 GMT"),
    ],
)
def test_a_placeholder_is_no_date(text: str) -> None:
    assert parse_date(text) is None


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "yesterday", "2018", "2018-03", "15", "10:30", "March", "true", "None"),
        *("2018-02-30", "2019-02-29", "2018-13-01", "2018/02/30", "31-FEB-1987 15:01:01.79"),
        *("2018-03-15T25:00:00", "2018-03-15T10:61:00Z", "32 March 2018", "February 30, 2018"),
        *("Sun, 30 Feb 2020 10:00:00 GMT", "Thu, 15 Mar 2018 10:00:00 +9999"),
        *("Sat, 1 Jan 99999999999999 1:01:01 +0000", "1 Jan 2018 10:00:00 +99999999999999999"),
        *("0000-00-00", "0000-00-00T00:00:00Z", "10000-01-01", "1601-01-01"),
        *("2024030515", "2567-03-05", "5 March 2567", "5784-03-05", "1445-08-24"),
        *("2024-03-05x10:00", "2024-03-0510:00", "2024-03-05 10", "2024-03-05 15:20 XYZ"),
        *(
            "171205201234",
            "17120520123456",
            "1712052012345678",
            "20241305",
            "13:20 AM 5 March 2024",
        ),
        *("5 March 2024 10:00 - 11:00", "2024-03-05 10:00 Foo/Bar", "5 March 2024 31:00"),
        *("\0", "\ud800", "x" * 100_000, "1 " * 10_000),
    ],
    ids=lambda text: ascii(text)[1:40],
)
def test_what_is_no_date_is_none(text: str) -> None:
    assert parse_date(text) is None


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00"])
def test_a_date_that_its_zone_moves_out_of_the_calendar_is_none(text: str) -> None:
    assert parse_date(text) is None


def test_a_day_object_is_a_day() -> None:
    day = ReadDate(MIDNIGHT, zone_assumed=True, precision=DatePrecision.DAY)
    assert of_day(date(2018, 3, 15)) == day
    assert in_utc(datetime(2018, 3, 15)) == day  # noqa: DTZ001 - as pandas keeps a day
    assert of_day(date(1, 1, 1)) is None


def test_a_moment_of_any_kind_is_brought_to_utc() -> None:
    eastern = timezone(timedelta(hours=-4))
    naive = datetime(2018, 3, 15, 9, 0)  # noqa: DTZ001 - a date without a zone is the point
    assert in_utc(datetime(2018, 3, 15, 5, tzinfo=eastern)) == ReadDate(NINE, zone_assumed=False)
    assert in_utc(naive) == ReadDate(NINE, zone_assumed=True)
    assert in_utc(datetime(9999, 12, 31, 23, tzinfo=eastern)) is None
