"""What users of other readers, crawlers and importers met: read as it is meant, or said."""

from pathlib import Path

import pytest

from tests.unit.ingest.told import URL, read

FEED = '<rss version="2.0"><channel><title>Ledger</title>%s</channel></rss>'


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("How the &lt;script&gt; tag changed", "How the <script> tag changed"),
        ("&lt;iframe&gt; is back", "<iframe> is back"),
        ("<![CDATA[A <b>bold</b> step]]>", "A bold step"),
        ("A guide to &lt;head&gt; elements", "A guide to <head> elements"),
    ],
)
def test_a_tag_that_a_feed_speaks_of_hides_nothing(tmp_path: Path, title: str, shown: str) -> None:
    text = title.replace("CDATA[", "CDATA[<i>Today:</i> ")
    item = f"<item><title>{title}</title><link>{URL}</link><description>{text}</description></item>"
    (article,) = read(tmp_path / "a.rss", FEED % item).articles
    assert article.title == shown
    assert article.excerpt.removeprefix("Today: ") == shown
