"""The table as a picture."""

from collections.abc import Sequence

import altair as alt
import vl_convert

from benchmarks.bench.table import Row

WIDTH = 480


def picture(rows: Sequence[Row]) -> str:
    """SVG: how many times better semsearch is than each peer, with the aims as ticks."""
    values = [
        {
            "what": f"{row.measure}, {row.corpus}",
            "peer": row.peer,
            "ratio": row.ratio,
            "aim": row.aim,
        }
        for row in rows
    ]
    base = alt.Chart({"values": values}).encode(
        y=alt.Y("what:N", title=None, sort=None, axis=alt.Axis(labelLimit=400, grid=True))
    )
    scale = alt.Scale(type="log")
    title = "times better than the peer (1: equal; tick: to reach)"
    points = base.mark_point(filled=True, size=70, opacity=1).encode(
        x=alt.X("ratio:Q", title=title, scale=scale), color=alt.Color("peer:N", title="beside")
    )
    aims = base.mark_tick(color="black", thickness=2).encode(x=alt.X("aim:Q", scale=scale))
    equal = alt.Chart({"values": [{"ratio": 1}]}).mark_rule(color="grey").encode(x="ratio:Q")
    chart = (equal + points + aims).properties(width=WIDTH, height=alt.Step(20))
    return str(vl_convert.vegalite_to_svg(chart.to_json(indent=None)))
