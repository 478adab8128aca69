"""Pictures for pages: drawn once, readable on light and dark paper."""

from xml.etree import ElementTree as ET

import pytest

from semsearch.web import plots
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
