"""NewsML-G2."""

from pathlib import Path

import pytest

from semsearch.ingest.records import Removed
from semsearch.model.article import Article
from semsearch.model.status import Skipped
from tests.unit.ingest.samples import read_bytes

ITEM = """<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="urn:ledger:1" version="2"
 standard="NewsML-G2" standardversion="2.30" conformance="power">
<itemMeta><provider literal="Harbour Ledger"/><versionCreated>2024-03-05T16:00:00Z</versionCreated>
<firstCreated>2024-03-05T15:20:00Z</firstCreated><pubStatus qcode="stat:usable"/></itemMeta>
<contentMeta><by>A. Person</by><dateline>BRACKWATER</dateline><language tag="en"/>
<subject qcode="ledger:ports"><name>Ports</name></subject><subject qcode="medtop:20000523"/>
<headline>Port reopens</headline><description role="drol:summary">The port is open.</description>
</contentMeta><contentSet><inlineXML contenttype="application/xhtml+xml">
<html xmlns="http://www.w3.org/1999/xhtml"><head><title>x</title></head><body><h1>Port</h1>
<p>Pilots voted.</p><p>Cranes moved.</p></body></html></inlineXML></contentSet></newsItem>"""
NITF = """<nitf><head/><body><body.head><hedline><hl1>Port</hl1></hedline></body.head>
<body.content><p>Pilots voted.</p><p>Cranes moved.</p></body.content></body></nitf>"""
MESSAGE = f"""<?xml version="1.0" encoding="UTF-8"?>
<newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/"><header/><itemSet>{ITEM}
{ITEM.replace("urn:ledger:1", "urn:ledger:2").replace("stat:usable", "stat:canceled")}
</itemSet></newsMessage>"""


def test_an_item_is_an_article(tmp_path: Path) -> None:
    (article,) = read_bytes(tmp_path / "a.xml", ITEM.encode())
    assert isinstance(article, Article)
    assert (article.id, article.title) == ("urn:ledger:1", "Port reopens")
    assert (article.excerpt, article.provider.name) == ("The port is open.", "Harbour Ledger")
    assert article.body == "Port\n\nPilots voted.\n\nCranes moved."
    assert article.published is not None
    assert article.published.isoformat() == "2024-03-05T15:20:00+00:00"
    assert (article.topics, article.language) == (("Ports", "20000523"), "en")
    assert article.extra == {"byline": "A. Person", "dateline": "BRACKWATER", "version": "2"}


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(f"<inlineXML>{NITF}</inlineXML>", id="NITF"),
        pytest.param("<inlineData>Pilots voted.\n\nCranes moved.</inlineData>", id="plain"),
    ],
)
def test_other_contents_are_texts(tmp_path: Path, content: str) -> None:
    before, rest = ITEM.split("<contentSet>")
    text = f"{before}<contentSet>{content}</contentSet>{rest.partition('</contentSet>')[2]}"
    (article,) = read_bytes(tmp_path / "a.xml", text.encode())
    assert isinstance(article, Article)
    assert article.body == "Pilots voted.\n\nCranes moved."


def test_a_message_holds_items_and_what_was_cancelled(tmp_path: Path) -> None:
    first, second = read_bytes(tmp_path / "a.xml", MESSAGE.encode())
    assert isinstance(first, Article)
    assert isinstance(second, Removed)
    assert second.id == "urn:ledger:2"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param(ITEM[:600], "XML that cannot be read: ", id="cut"),
        pytest.param('<newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/"/>',
                     "NewsML-G2 without a news item", id="empty"),
        pytest.param('<!DOCTYPE newsItem [<!ENTITY a "b"><!ENTITY c "&a;&a;">]>' + ITEM,
                     "it declares XML entities", id="bomb"),
        pytest.param("<newsItem>" * 5_000, "XML that cannot be read: ", id="deep"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_one_plain_line(tmp_path: Path, text: str, reason: str) -> None:
    (found,) = read_bytes(tmp_path / "a.xml", text.encode())
    assert isinstance(found, Skipped)
    assert found.reason.startswith(reason)


def test_a_message_without_its_namespace_is_read_all_the_same(tmp_path: Path) -> None:
    text = ITEM.replace(' xmlns="http://iptc.org/std/nar/2006-10-01/"', "", 1)
    (article,) = read_bytes(tmp_path / "a.xml", text.encode())
    assert isinstance(article, Article)
    assert article.title == "Port reopens"
