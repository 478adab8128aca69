"""When providers reported, and which frames they use, as SVG.

Altair and its renderer take a second to import; only reports need them.
"""

from typing import TYPE_CHECKING

from semsearch.articles.comparison import Comparison
from semsearch.web.naming import clean, key_of, names_of

if TYPE_CHECKING:
    import altair as alt

_WIDTH = 560
_ROW = 22


def timeline(found: Comparison) -> str:
    """A point per dated article, a row per provider; empty where no date is known."""
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
    chart = (
        alt.Chart({"values": rows})
        .mark_point(filled=True, size=90, color="#1b4965")
        .encode(
            x=alt.X("published:T", title="published (UTC)", scale=alt.Scale(type="utc")),
            y=alt.Y("provider:N", title=None, sort=list(dict.fromkeys(names.values()))),
            shape=alt.Shape("held:N", title="text held"),
        )
        .properties(width=_WIDTH, height=alt.Step(_ROW))
    )
    return _svg(chart)


def frames(found: Comparison) -> str:
    """Sentences per frame and provider as a field of counts; empty where none has a frame."""
    import altair as alt  # noqa: PLC0415 - see above

    names = names_of(found)
    rows = [
        {
            "provider": clean(names[key_of(view)]),
            "frame": clean(count.frame),
            "sentences": count.sentences,
            "dark": count.sentences > _most(found) / 2,
        }
        for view in found.providers
        for count in view.frames.counts
    ]
    if not rows:
        return ""
    base = alt.Chart({"values": rows}).encode(
        x=alt.X("provider:N", title=None, axis=alt.Axis(labelAngle=-30, orient="top")),
        y=alt.Y("frame:N", title=None),
    )
    shade = base.mark_rect().encode(
        color=alt.Color(
            "sentences:Q", title="sentences", scale=alt.Scale(scheme="blues", domainMin=0)
        )
    )
    number = base.mark_text().encode(
        text="sentences:Q",
        color=alt.condition("datum.dark", alt.value("white"), alt.value("black")),
    )
    chart = (shade + number).properties(height=alt.Step(_ROW), width=alt.Step(3 * _ROW))
    return _svg(chart)


def _most(found: Comparison) -> int:
    return max(count.sentences for view in found.providers for count in view.frames.counts)


def _svg(chart: "alt.Chart | alt.LayerChart") -> str:
    import vl_convert  # noqa: PLC0415 - see above

    return str(vl_convert.vegalite_to_svg(chart.to_json()))
