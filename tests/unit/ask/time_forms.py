"""Forms of times and the days that each stands for, asked on Wednesday, 14 June 2023.

The table of docs/times.md is made from this one: ``python -m tests.unit.ask.time_forms``.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

TODAY = date(2023, 6, 14)
PAGE = Path(__file__).parents[3] / "docs" / "times.md"
_START, _END = "<!-- table -->\n", "<!-- end of table -->\n"


@dataclass(frozen=True, slots=True)
class Form:
    """A form, the days that it stands for, and whether they are left out."""

    words: str
    first: date
    last: date
    excluded: bool = False

    def row(self) -> str:
        """Its row in the docs."""
        if self.first == date.min:
            days = f"until {self.last}"
        elif self.last == date.max:
            days = f"since {self.first}"
        elif self.first == self.last:
            days = f"{self.first}"
        else:
            days = f"{self.first} to {self.last}"
        return f"| `{self.words}` | {'not ' if self.excluded else ''}{days} |"


# One a line: words | first day | last day; "-" leaves an end open, "not" excludes.
_FORMS = """
on 15 April 2023 | 2023-04-15 | 2023-04-15
on the 15th of April, 2023 | 2023-04-15 | 2023-04-15
on April 15, 2023 | 2023-04-15 | 2023-04-15
on Saturday, 15 April 2023 | 2023-04-15 | 2023-04-15
on 2023-04-15 | 2023-04-15 | 2023-04-15
on 15/04/2023 | 2023-04-15 | 2023-04-15
on 15.04.2023 | 2023-04-15 | 2023-04-15
on 4/15/2023 | 2023-04-15 | 2023-04-15
on 15/04/23 | 2023-04-15 | 2023-04-15
on 15 April | 2023-04-15 | 2023-04-15
on 15 September | 2022-09-15 | 2022-09-15
5 to 10 March 2021 | 2021-03-05 | 2021-03-10
March 5-10, 2021 | 2021-03-05 | 2021-03-10
on the third of April 2023 | 2023-04-03 | 2023-04-03
on April the 15th | 2023-04-15 | 2023-04-15
on the 3rd of this month | 2023-06-03 | 2023-06-03
on 15-Apr-2023 | 2023-04-15 | 2023-04-15
on 15. April 2023 | 2023-04-15 | 2023-04-15
on 15.4.23 | 2023-04-15 | 2023-04-15
on 20230415 | 2023-04-15 | 2023-04-15
on 2023-04-15T14:30:00Z | 2023-04-15 | 2023-04-15
2021年5月3日 | 2021-05-03 | 2021-05-03
2021-05-03..2021-05-07 | 2021-05-03 | 2021-05-07
2021-05-03/2021-05-07 | 2021-05-03 | 2021-05-07
13/05/2021-17/05/2021 | 2021-05-13 | 2021-05-17
the day after 3 May 2021 | 2021-05-04 | 2021-05-04
two weeks before 3 May 2021 | 2021-04-19 | 2021-05-02
in the week of 5 March 2021 | 2021-03-01 | 2021-03-07
in the 12th week of 2021 | 2021-03-22 | 2021-03-28
on the weekend of 3 May 2021 | 2021-05-08 | 2021-05-09
in the week commencing 3 May 2021 | 2021-05-03 | 2021-05-09
in the week ending 7 May 2021 | 2021-05-01 | 2021-05-07
in calendar week 12, 2021 | 2021-03-22 | 2021-03-28
in week 12 of 2021 | 2021-03-22 | 2021-03-28
in 2021-W12 | 2021-03-22 | 2021-03-28
in 2023-04 | 2023-04-01 | 2023-04-30
in April 2023 | 2023-04-01 | 2023-04-30
in Apr. 2023 | 2023-04-01 | 2023-04-30
in 04/2023 | 2023-04-01 | 2023-04-30
in April-2023 | 2023-04-01 | 2023-04-30
in April '23 | 2023-04-01 | 2023-04-30
in May | 2023-05-01 | 2023-05-31
in August | 2022-08-01 | 2022-08-31
in March last year | 2022-03-01 | 2022-03-31
in March and May 2021 | 2021-03-01 | 2021-03-31 | 2021-05-01 | 2021-05-31
May & June 2021 | 2021-05-01 | 2021-05-31 | 2021-06-01 | 2021-06-30
May/June 2021 | 2021-05-01 | 2021-05-31 | 2021-06-01 | 2021-06-30
March to May 2023 | 2023-03-01 | 2023-05-31
March–May 2023 | 2023-03-01 | 2023-05-31
in March to May 2023 | 2023-03-01 | 2023-05-31
during March through May 2023 | 2023-03-01 | 2023-05-31
in 2019 to 2021 | 2019-01-01 | 2021-12-31
in Q1 to Q3 2021 | 2021-01-01 | 2021-09-30
in early March to May 2021 | 2021-03-01 | 2021-05-31
in April 2019 to May 2020 | 2019-04-01 | 2020-05-31
from January 2020 to March 2020 | 2020-01-01 | 2020-03-31
between March and May 2021 | 2021-03-01 | 2021-05-31
from November to February 2021 | 2020-11-01 | 2021-02-28
between 15 April 2021 and 3 May 2021 | 2021-04-15 | 2021-05-03
in Q3 2021 | 2021-07-01 | 2021-09-30
in 2021 Q3 | 2021-07-01 | 2021-09-30
in the third quarter of 2021 | 2021-07-01 | 2021-09-30
Q3/2021 | 2021-07-01 | 2021-09-30
Q3'21 | 2021-07-01 | 2021-09-30
in 3Q 2021 | 2021-07-01 | 2021-09-30
in third-quarter 2021 | 2021-07-01 | 2021-09-30
in H1 2021 | 2021-01-01 | 2021-06-30
in the first half of 2021 | 2021-01-01 | 2021-06-30
in the second half of March 2021 | 2021-03-16 | 2021-03-31
in the first three months of 2021 | 2021-01-01 | 2021-03-31
in the last two weeks of May 2021 | 2021-05-18 | 2021-05-31
in the second week of March 2021 | 2021-03-08 | 2021-03-14
in the last quarter of 2021 | 2021-10-01 | 2021-12-31
in the first three quarters of 2021 | 2021-01-01 | 2021-09-30
the last day of May 2021 | 2021-05-31 | 2021-05-31
the last days of 2021 | 2021-12-29 | 2021-12-31
at year-end 2021 | 2021-09-01 | 2021-12-31
since the beginning of the year | 2023-01-01 | -
in early 2021 | 2021-01-01 | 2021-04-30
in mid-2021 | 2021-05-01 | 2021-08-31
in late 2021 | 2021-09-01 | 2021-12-31
at the end of 2021 | 2021-09-01 | 2021-12-31
in early March 2021 | 2021-03-01 | 2021-03-10
in mid-March 2021 | 2021-03-11 | 2021-03-20
in late March 2021 | 2021-03-21 | 2021-03-31
in spring 2021 | 2021-03-01 | 2021-05-31
in the summer of 2021 | 2021-06-01 | 2021-08-31
in autumn 2021 | 2021-09-01 | 2021-11-30
in the fall of 2021 | 2021-09-01 | 2021-11-30
in winter 2021 | 2020-12-01 | 2021-02-28
in winter 2019/20 | 2019-12-01 | 2020-02-29
spring and summer 2021 | 2021-03-01 | 2021-05-31 | 2021-06-01 | 2021-08-31
in late summer 2021 | 2021-08-01 | 2021-08-31
last winter | 2022-12-01 | 2023-02-28
last autumn | 2022-09-01 | 2022-11-30
in 2021 | 2021-01-01 | 2021-12-31
in the year 2021 | 2021-01-01 | 2021-12-31
in 2019 or 2021 | 2019-01-01 | 2019-12-31 | 2021-01-01 | 2021-12-31
2019-2021 | 2019-01-01 | 2021-12-31
2019/20 | 2019-01-01 | 2020-12-31
between 2019 and 2021 | 2019-01-01 | 2021-12-31
between the years 2019 and 2021 | 2019-01-01 | 2021-12-31
between 2021 and 2019 | 2019-01-01 | 2021-12-31
in '21 | 2021-01-01 | 2021-12-31
from 2019 to 2021 | 2019-01-01 | 2021-12-31
in the 1990s | 1990-01-01 | 1999-12-31
in the nineties | 1990-01-01 | 1999-12-31
in the late 1990s | 1997-01-01 | 1999-12-31
in the 20th century | 1900-01-01 | 1999-12-31
after 2021 | 2022-01-01 | -
after March 2021 | 2021-04-01 | -
since 2021 | 2021-01-01 | -
since 15 April | 2023-04-15 | -
since yesterday | 2023-06-13 | -
since May up to today | 2023-05-01 | -
in or after 2021 | 2021-01-01 | -
on or after 15 April | 2023-04-15 | -
after:2021 | 2021-01-01 | -
post-2021 | 2022-01-01 | -
from 2021 onwards | 2021-01-01 | -
from 2019 to now | 2019-01-01 | -
in April 2021 or later | 2021-04-01 | -
not before 2021 | 2021-01-01 | -
before 2021 | - | 2020-12-31
pre-2021 | - | 2020-12-31
earlier than March 2021 | - | 2021-02-28
prior to 15 April 2021 | - | 2021-04-14
until 2021 | - | 2021-12-31
until March 2021 | - | 2021-03-31
up to and including March 2021 | - | 2021-03-31
on or before 15 April 2021 | - | 2021-04-15
as of 15 April 2021 | 2021-04-15 | 2021-04-15
by the end of 2021 | - | 2021-12-31
no later than March 2021 | - | 2021-03-31
in or before 2021 | - | 2021-12-31
older than two weeks | - | 2023-05-30
no older than two weeks | 2023-05-31 | 2023-06-14
not more than two years ago | 2021-06-14 | 2023-06-14
over two years ago | - | 2021-06-13
less than a week old | 2023-06-07 | 2023-06-14
more than two years ago | - | 2021-06-13
after March 2019 and before June 2020 | 2019-04-01 | 2020-05-31
not in 2020 | not | 2020-01-01 | 2020-12-31
except in March 2021 | not | 2021-03-01 | 2021-03-31
excluding 2020 | not | 2020-01-01 | 2020-12-31
other than in 2020 | not | 2020-01-01 | 2020-12-31
any year but 2020 | not | 2020-01-01 | 2020-12-31
before or after 2020 | not | 2020-01-01 | 2020-12-31
today | 2023-06-14 | 2023-06-14
yesterday | 2023-06-13 | 2023-06-13
yesterday evening | 2023-06-13 | 2023-06-13
the day before yesterday | 2023-06-12 | 2023-06-12
last Monday | 2023-06-12 | 2023-06-12
last Wednesday | 2023-06-07 | 2023-06-07
on Friday | 2023-06-09 | 2023-06-09
Monday last week | 2023-06-05 | 2023-06-05
Monday to Wednesday last week | 2023-06-05 | 2023-06-07
last weekend | 2023-06-10 | 2023-06-11
this week | 2023-06-12 | 2023-06-14
last week | 2023-06-05 | 2023-06-11
the week before last | 2023-05-29 | 2023-06-04
this month | 2023-06-01 | 2023-06-14
last month | 2023-05-01 | 2023-05-31
last quarter | 2023-01-01 | 2023-03-31
this year | 2023-01-01 | 2023-06-14
year to date | 2023-01-01 | 2023-06-14
last year | 2022-01-01 | 2022-12-31
the year before last | 2021-01-01 | 2021-12-31
in the last 24 hours | 2023-06-13 | 2023-06-14
in the last 48h | 2023-06-12 | 2023-06-14
in the last thirty days | 2023-05-15 | 2023-06-14
over the past fortnight | 2023-05-31 | 2023-06-14
in the last half year | 2022-12-14 | 2023-06-14
in the last three days | 2023-06-11 | 2023-06-14
in the last three weeks | 2023-05-24 | 2023-06-14
in the last three months | 2023-03-14 | 2023-06-14
over the past year | 2022-06-14 | 2023-06-14
in the last few weeks | 2023-05-24 | 2023-06-14
recently | 2023-05-14 | 2023-06-14
in recent weeks | 2023-05-24 | 2023-06-14
three days ago | 2023-06-11 | 2023-06-11
two weeks ago | 2023-05-29 | 2023-06-04
a fortnight ago | 2023-05-29 | 2023-06-04
half a year ago | 2022-12-01 | 2022-12-31
two months ago | 2023-04-01 | 2023-04-30
a year ago today | 2022-06-14 | 2022-06-14
this time last year | 2022-06-01 | 2022-06-30
a year ago | 2022-01-01 | 2022-12-31
"""


def _form(line: str) -> tuple[Form, ...]:
    words, *days = (part.strip() for part in line.split("|"))
    excluded = days[0] == "not"
    days = days[1:] if excluded else days
    pairs = zip(days[::2], days[1::2], strict=True)
    return tuple(
        Form(
            words,
            date.min if first == "-" else date.fromisoformat(first),
            date.max if last == "-" else date.fromisoformat(last),
            excluded,
        )
        for first, last in pairs
    )


FORMS = tuple(_form(line) for line in _FORMS.strip().splitlines())


def table() -> str:
    """The table of the docs."""
    rows = (
        f"{some[0].row()[:-2]}{''.join(f' or {one.first} to {one.last}' for one in some[1:])} |"
        for some in FORMS
    )
    return "\n".join(("| you write | days |", "|---|---|", *rows)) + "\n"


def page(text: str) -> str:
    """The page with the table in its place."""
    before, _, rest = text.partition(_START)
    return f"{before}{_START}\n{table()}\n{_END}{rest.partition(_END)[2]}"


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text("utf-8")), "utf-8")
