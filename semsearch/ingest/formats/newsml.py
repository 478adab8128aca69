"""NewsML-G2, the XML of news agencies: news items, alone or in a message."""

import re
from collections.abc import Iterator
from typing import Any

from semsearch.errors import UnreadableError
from semsearch.ingest.formats.reader import Head, RawRecord, Reader, Source
from semsearch.ingest.formats.xmlhead import refuse_bombs, root_of
from semsearch.text.markup import looks_like_html, text_of_html

_ROOTS = ("newsmessage", "newsitem")
_ANY = "{*}"  # some agencies leave the namespace out
_CANCELLED = re.compile(r"(?:stat:)?(?:cancel|withheld)", re.IGNORECASE)
_SUMMARY = re.compile(r"(?:drol:)?(?:summary|caption)?\Z")


class NewsMl(Reader):
    """A news item or a message of some."""

    endings = ()

    def recognises(self, head: Head) -> bool:
        """Whether its root is that of NewsML-G2."""
        return root_of(head.start) in _ROOTS

    def blocks(self, source: Source) -> Iterator[bytes]:
        """The whole document; its parser finds the encoding."""
        yield source.data()

    def records(self, block: bytes) -> Iterator[RawRecord]:
        """A record for each news item."""
        from lxml import etree  # noqa: PLC0415 - only for this format

        refuse_bombs(block)
        parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
        try:
            root = etree.fromstring(block, parser)
        except (etree.LxmlError, ValueError) as error:
            raise UnreadableError(
                f"XML that cannot be read: {str(error).splitlines()[0]}"
            ) from None
        items = [root] if _name(root) == "newsItem" else list(root.iter(f"{_ANY}newsItem"))
        if not items:
            raise UnreadableError("NewsML-G2 without a news item")
        for place, item in enumerate(items, 0 if len(items) == 1 else 1):
            yield RawRecord(_fields(item, etree), item.sourceline, place)


def _fields(item: Any, etree: Any) -> dict[str, object]:
    provider = _first(item, "itemMeta/provider")
    language = _first(item, "contentMeta/language")
    fields: dict[str, object] = {
        "guid": item.get("guid"),
        "title": _shown(item, "contentMeta/headline") or _shown(item, "itemMeta/title"),
        "excerpt": next(
            (
                text
                for one in item.findall(_path("contentMeta/description"))
                if _SUMMARY.match(one.get("role", "")) and (text := "".join(one.itertext()).strip())
            ),
            "",
        ),
        "body": "\n\n".join(filter(None, (_body(one, etree) for one in _contents(item)))),
        "publishedDateTime": _shown(item, "contentMeta/contentCreated")
        or _shown(item, "itemMeta/firstCreated")
        or _shown(item, "itemMeta/versionCreated"),
        "provider": "" if provider is None else _named(provider),
        "topics": [_named(one) for one in item.findall(_path("contentMeta/subject"))],
        "language": "" if language is None else language.get("tag", ""),
        "byline": _shown(item, "contentMeta/by"),
        "dateline": _shown(item, "contentMeta/dateline"),
        "slugline": _shown(item, "contentMeta/slugline"),
        "creditline": _shown(item, "contentMeta/creditline"),
        "version": item.get("version"),
    }
    status = _first(item, "itemMeta/pubStatus")
    if status is not None and _CANCELLED.match(status.get("qcode", "")):
        fields["removed"] = True
    fields["topics"] = [name for name in dict.fromkeys(fields["topics"]) if name]  # type: ignore[call-overload]
    return {name: value for name, value in fields.items() if value}


def _contents(item: Any) -> Iterator[Any]:
    for name in ("inlineXML", "inlineData"):
        yield from item.findall(_path(f"contentSet/{name}"))


def _body(content: Any, etree: Any) -> str:
    """The text of a content: of XHTML or NITF within it, or as it stands."""
    if _name(content) == "inlineData":
        text = "" if content.get("encoding") else "".join(content.itertext()).strip()
        return text_of_html(text) if looks_like_html(text) else text
    bodies = [one for one in content.iter() if _name(one).startswith("body")]
    inner = next((one for one in bodies if _name(one) == "body.content"), None)
    inner = inner if inner is not None else (bodies[0] if bodies else content)
    for one in inner.iter():
        if isinstance(one.tag, str):
            one.tag = _name(one)  # so that tags are those of HTML
    return text_of_html(etree.tostring(inner, encoding="unicode", method="html", with_tail=False))


def _named(element: Any) -> str:
    """The name of what an element stands for, or its code without the scheme."""
    name = element.find(_path("name"))
    text = "" if name is None else "".join(name.itertext()).strip()
    return text or element.get("literal") or element.get("qcode", "").rpartition(":")[2]


def _shown(item: Any, path: str) -> str:
    found = _first(item, path)
    return "" if found is None else " ".join("".join(found.itertext()).split())


def _first(item: Any, path: str) -> Any:
    return item.find(_path(path))


def _name(element: Any) -> str:
    """An element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def _path(path: str) -> str:
    return "/".join(f"{_ANY}{part}" for part in path.split("/"))
