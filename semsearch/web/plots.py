"""Plots as SVG, and in words: when providers reported, their frames, when stories began.

Altair and its renderer take a second to import; only reports and pictures need them. They come with
``semsearch[plots]``; without, a picture raises ``ConfigurationError``.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from semsearch.errors import ConfigurationError
from semsearch.export.formatting import lag, moment, names_of
from semsearch.export.plain import clean
from semsearch.model.comparison import Comparison
from semsearch.model.search import DayCount

if TYPE_CHECKING:
    import altair as alt

WIDE = 560
NARROW = 200
"""Characters of a picture cannot reflow: a phone gets a picture of its own."""

_ROW = 22
_MOST_ROWS = 40
_CAPTION_ARTICLES = 4
_CAPTION_OUTLETS = 6
_CAPTION_FRAMES = 3
_INK, _RULE, _ACCENT = "#1d1d1f", "#d9dde1", "#1b4965"
_DARK = {_INK: "#e6e7e9", _RULE: "#4a5058", _ACCENT: "#8cc4ea"}
_THICKNESS = [0.04, 0.45]  # of a colour below letters, which stay readable: 4.5 to 1
_FONT = "system-ui, sans-serif"
_PADDING = {"left": 24, "right": 44, "top": 8, "bottom": 4}  # readers' letters may be wider
_MOMENT = (
    "utchours(datum.value) || utcminutes(datum.value) ? utcFormat(datum.value, '%H:%M')"
    " : utcdate(datum.value) > 1 ? utcFormat(datum.value, '%-d %b') "
    ": utcFormat(datum.value, '%b %Y')"
)


def timeline(found: Comparison, width: int = WIDE) -> str:
    """A point per dated article, a row per provider; empty where no date is known.

    At most 40 providers, those that reported first.
    """
    with _installed():
        import altair as alt  # noqa: PLC0415 - see above

    names = names_of(found)
    rows = [
        {
            "provider": clean(names[entry.provider]),
            "published": entry.published.isoformat(),
            "held": entry.basis.value,
        }
        for entry in found.timeline
        if entry.published is not None
    ]
    if not rows:
        return ""
    shown = list(dict.fromkeys(row["provider"] for row in rows))[:_MOST_ROWS]
    chart = (
        alt.Chart({"values": [row for row in rows if row["provider"] in shown]})
        .mark_point(filled=True, size=90, color=_ACCENT, opacity=1)
        .encode(
            x=alt.X(
                "published:T",
                title="published (UTC)",
                scale=alt.Scale(type="utc", nice=True),
                axis=alt.Axis(labelExpr=_MOMENT, labelOverlap=True, tickCount=max(2, width // 90)),
            ),
            y=alt.Y("provider:N", title=None, sort=shown, axis=alt.Axis(grid=True)),
            shape=alt.Shape(
                "held:N",
                title="text held",
                legend=alt.Legend() if len({row["held"] for row in rows}) > 1 else None,
                scale=alt.Scale(
                    domain=["full", "excerpt", "title"], range=["circle", "triangle-up", "cross"]
                ),
            ),
        )
        .properties(width=width, height=alt.Step(_ROW))
    )
    return _svg(chart, legend_below=width < WIDE)


def frames(found: Comparison, width: int = WIDE) -> str:
    """Sentences per frame and provider as a field of counts; empty where none has a frame.

    At most 40 providers, those that reported first.
    """
    with _installed():
        import altair as alt  # noqa: PLC0415 - see above

    names = names_of(found)
    views = found.providers[:_MOST_ROWS]
    rows = [
        {
            "provider": clean(names[view.key]),
            "frame": clean(count.frame),
            "sentences": count.sentences,
        }
        for view in views
        for count in view.frames.counts
    ]
    if not rows:
        return ""
    across = len({row["frame"] for row in rows})
    base = alt.Chart({"values": rows}).encode(
        x=alt.X("frame:N", title=None, axis=alt.Axis(labelAngle=-40, orient="top")),
        y=alt.Y("provider:N", title=None, sort=[clean(names[view.key]) for view in views]),
    )
    # One colour that is laid on more or less thickly: more stands out on light paper and on dark.
    shade = base.mark_rect(color=_ACCENT).encode(
        fillOpacity=alt.FillOpacity(
            "sentences:Q", legend=None, scale=alt.Scale(domainMin=0, range=_THICKNESS)
        )
    )
    number = base.mark_text(color=_INK).encode(text="sentences:Q")
    chart = (shade + number).properties(
        height=alt.Step(_ROW), width=alt.Step(min(3 * _ROW, width // across))
    )
    return _svg(chart)


def beginnings(counts: Iterable[tuple[str, int]], width: int = WIDE) -> str:
    """A bar per period, labelled in the order given: how many stories began in it."""
    with _installed():
        import altair as alt  # noqa: PLC0415 - see above

    rows = dict(counts)
    chart = (
        alt.Chart({"values": [{"period": each, "stories": rows[each]} for each in rows]})
        .mark_bar(color=_ACCENT)
        .encode(
            x=alt.X(
                "period:O",
                title=None,
                sort=None,
                axis=alt.Axis(labelAngle=-40, labelOverlap=True, values=_spread(list(rows), width)),
            ),
            y=alt.Y("stories:Q", title="stories that began", axis=alt.Axis(tickMinStep=1)),
        )
        .properties(width=width, height=120)
    )
    return _svg(chart)


@contextmanager
def _installed() -> Iterator[None]:
    """Say plainly which extra brings what is imported in the block."""
    try:
        yield
    except ImportError as error:
        raise ConfigurationError(
            f"Pictures need {error.name}, which is not installed.",
            "Install it with: pip install 'semsearch[plots]'",
        ) from None


def in_either_light(svg: str) -> str:
    """A picture for a page: lines and letters turn light where the reader's screen is dark."""
    rules = "".join(
        f'[fill="{light}"]{{fill:{dark}}}[stroke="{light}"]{{stroke:{dark}}}'
        for light, dark in _DARK.items()
    )
    head, tag, rest = svg.partition(">")
    return f"{head}{tag}<style>@media (prefers-color-scheme: dark){{{rules}}}</style>{rest}"


def _spread(periods: Sequence[str], width: int) -> Sequence[str]:
    """As many labels as stand beside each other without touching."""
    return periods[:: max(1, -(-len(periods) * 28 // width))]


def _svg(chart: "alt.Chart | alt.LayerChart", *, legend_below: bool = False) -> str:
    with _installed():
        import altair as alt  # noqa: PLC0415 - see above

    letters: dict[str, Any] = {
        "labelColor": _INK,
        "titleColor": _INK,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
    }
    axis = letters | dict.fromkeys(("domainColor", "tickColor", "gridColor"), _RULE)
    legend = letters | dict.fromkeys(("symbolFillColor", "symbolStrokeColor"), _INK)
    drawn = chart.configure(
        padding=_PADDING,
        background="transparent",
        font=_FONT,
        axis=alt.AxisConfig(**axis, labelLimit=130 if legend_below else 200),
        legend=alt.LegendConfig(**legend, orient="bottom" if legend_below else "right"),
        view=alt.ViewConfig(stroke=None),
    )
    return _rendered(drawn.to_json(indent=None))


@lru_cache(maxsize=64)
def _rendered(specification: str) -> str:
    with _installed():
        import vl_convert  # noqa: PLC0415 - see above

    return str(vl_convert.vegalite_to_svg(specification))


def timeline_caption(found: Comparison) -> str:
    """Who reported when; empty where no date is known."""
    names = names_of(found)
    dated = [one for one in found.timeline if one.published is not None]
    if not dated:
        return ""
    told = [
        f"{names[one.provider]} {moment(one.published, one.precision)} "
        f"({lag(one.lag_hours, one.lag_precision)})"
        for one in dated[:_CAPTION_ARTICLES]
    ]
    return f"Who reported when: {'; '.join(told)}{_more(len(dated) - _CAPTION_ARTICLES)}."


def frames_caption(found: Comparison) -> str:
    """Each outlet's most frequent frames; empty where no sentence has one."""
    names = names_of(found)
    counted = [view for view in found.providers if view.frames.counts]
    told = [
        f"{names[view.key]}: "
        + ", ".join(f"{one.frame} {one.sentences}" for one in view.frames.counts[:_CAPTION_FRAMES])
        for view in counted[:_CAPTION_OUTLETS]
    ]
    if not told:
        return ""
    return f"Sentences per frame. {'; '.join(told)}{_more(len(counted) - _CAPTION_OUTLETS)}."


def _more(number: int) -> str:
    return f"; and {number:,} more" if number > 0 else ""


_MOST_DAYS = 45
_MOST_MONTHS = 48
_MOST_BARS = 60
_DECEMBER = 12
HEIGHT = 40.0


@dataclass(frozen=True, slots=True)
class Period:
    """A day, a month or some years, and its articles; ``height`` is 0 to 40."""

    name: str
    first: date
    last: date
    articles: int
    height: float


@dataclass(frozen=True, slots=True)
class Histogram:
    """All periods from the first article to the last, empty ones too; ``unit`` names them."""

    unit: str
    periods: tuple[Period, ...]

    @property
    def label(self) -> str:
        """The same in words."""
        most = max(self.periods, key=lambda period: period.articles)
        return (
            f"Articles per {self.unit} from {self.periods[0].name} to {self.periods[-1].name}; "
            f"most in {most.name}: {most.articles}"
        )


def histogram(days: Sequence[DayCount]) -> Histogram | None:
    """The counts in at most 60 periods; None where there is no date."""
    if not days:
        return None
    first, last = days[0].day, days[-1].day
    months = (last.year - first.year) * _DECEMBER + last.month - first.month
    if (last - first).days < _MOST_DAYS:
        unit, starts = "day", [first + timedelta(n) for n in range((last - first).days + 1)]
    elif months < _MOST_MONTHS:
        unit, starts = "month", [_month(first, n) for n in range(months + 1)]
    else:
        years = -(-(last.year - first.year + 1) // _MOST_BARS)
        unit = "year" if years == 1 else f"{years} years"
        starts = [date(year, 1, 1) for year in range(first.year, last.year + 1, years)]
    counts = [0] * len(starts)
    place = 0
    for one in days:
        while place + 1 < len(starts) and starts[place + 1] <= one.day:
            place += 1
        counts[place] += one.articles
    ends = [start - timedelta(1) for start in starts[1:]] + [_end(unit, starts[-1], last)]
    most = max(counts)
    return Histogram(
        unit,
        tuple(
            Period(_name(unit, start), start, end, count, round(HEIGHT * count / most, 1))
            for start, end, count in zip(starts, ends, counts, strict=True)
        ),
    )


def _month(first: date, later: int) -> date:
    years, month = divmod(first.month - 1 + later, _DECEMBER)
    return date(first.year + years, month + 1, 1)


def _end(unit: str, start: date, last: date) -> date:
    """Where the last period ends: whole months and years, so that its address is a plain one."""
    if unit == "day":
        return start
    if unit == "month":
        return date.max if start.year == date.max.year else _month(start, 1) - timedelta(1)
    return date(last.year, _DECEMBER, 31)


def _name(unit: str, start: date) -> str:
    if unit == "day":
        return start.isoformat()
    return f"{start:%Y-%m}" if unit == "month" else f"{start.year:04}"
