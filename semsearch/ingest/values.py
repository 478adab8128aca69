"""Values of fields in all the forms that archives give them: texts, addresses, outlets, topics."""

import html
import re
from collections.abc import Iterator, Mapping

from semsearch.ingest.identity import MAX_ID_CHARS
from semsearch.model.address import outlet_of
from semsearch.model.article import bare_host
from semsearch.text.markup import looks_like_html, text_of_html

MAX_SCALAR_CHARS = 4_000
"""Of a field that is no text; what is longer is none of its values."""
# What holds the text, the address or the name where a field is an object.
_TEXT_IN = (
    *("rendered", "value", "text", "content", "main", "html", "#text", "name", "title"),
    "basic",
)
# What holds the parts of a text that an editor keeps as a tree of paragraphs.
_PARTS_IN = ("children", "content", "blocks", "data", "root", "json", "nodes")
_ADDRESS_IN = ("href", "url", "@id", "web", "canonical", "rendered", "value")
_NAME_IN = ("name", "title", "label", "term", "display_name", "webTitle", "text")
_DOMAIN_IN = ("domain", "hostname", "url", "href", "htmlUrl", "homepage", "uri", "@id", "link")
_DATE_IN = (
    *("iso", "$date", "$numberLong", "value", "date", "utc", "rendered", "datetime", "published"),
)
_OF_THE_PAGE = ("alternate", "canonical", "self")
_DOMAIN = re.compile(
    r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{1,62}", re.IGNORECASE
)
_WEB = re.compile(r"https?://\S+\Z", re.IGNORECASE)
_BARE_PAGE = re.compile(r"www\.[^\s/?#@]+\.[a-z]{2,}(?::\d+)?/\S+\Z", re.IGNORECASE)
_PAGE = re.compile(r"https?://[^\s/?#]+[/?#]\S+\Z", re.IGNORECASE)
# Some news APIs give the first 200 characters of a text, and say how many more there are; others
# give none of it, and say what it costs.
_CUT_OFF = re.compile(
    r"\[\+?\d+ char(?:acter)?s\]\s*\Z|\A\s*only available (?:in|for|to|with) [\w ]{1,60}\W*\Z",
    re.IGNORECASE,
)
_WIKILINK = re.compile(r"\[\[([^\]|]+)(?:\|[^\]]*)?\]\]\Z")  # as Obsidian has them
# A list or an object in a cell of a table, as Python or JSON write it.
_WRITTEN_OUT = re.compile(r"\[\s*['\"{].{0,20000}\]\Z|\{\s*['\"].{0,20000}\}\Z", re.DOTALL)
_QUOTED_TEXT = re.compile(r"""'((?:[^'\\]|\\.)*)'|\"((?:[^"\\]|\\.)*)\"""")
_PAIR = re.compile(rf"""['"](\w+)['"]\s*:\s*(?:{_QUOTED_TEXT.pattern})""")
_LOCALE = re.compile(r"[a-z]{2,3}(?:[-_][A-Za-z]{2,4})?")  # such as "en-US"
_OF_READERS = re.compile(r"user/[^/]{1,40}/(?:label/(.+)|state/.+)\Z")  # as Google Reader had them
_ORG_TAGS = re.compile(r":(?:[^\s:]+:)+\Z")


def text_in(value: object) -> object:
    """A text, or None where the value holds none; what is HTML becomes the text that it shows."""
    if isinstance(value, Mapping):
        found = next((value[name] for name in _TEXT_IN if isinstance(value.get(name), str)), None)
        if found is None and len(value) == 1:
            ((name, only),) = value.items()
            found = only if isinstance(only, str) and _LOCALE.fullmatch(str(name)) else None
        return _text_of_tree(value) if found is None else text_in(found)
    if isinstance(value, list):
        return _joined(value)
    if not isinstance(value, str) or not value.strip() or _CUT_OFF.search(value):
        return None
    return _plain(value)


def _joined(value: list[object]) -> object:
    """A text that is given in parts, or in several forms."""
    parts = [part for part in map(text_in, value) if isinstance(part, str)]
    if value and isinstance(value[0], Mapping) and "value" in value[0]:
        return next(iter(parts), None)  # the same in other forms, as ninjs has it
    if any(isinstance(one, Mapping) for one in value) and any(
        isinstance(one, str) for one in value
    ):
        return "".join(_inline(one) for one in value)  # runs of one text, as messengers write it
    return "\n\n".join(parts) or None


def _text_of_tree(value: Mapping[str, object]) -> object:
    """A text that an editor keeps as a tree: paragraphs, and within them runs with their marks."""
    held = next(
        (value[name] for name in _PARTS_IN if isinstance(value.get(name), Mapping | list)), None
    )
    if not isinstance(held, list):
        return None if held is None else text_in(held)
    runs = "".join(map(_inline, held))
    return (runs if runs.strip() else None) if runs else _joined(held)


def _inline(value: object) -> str:
    given = value.get("text", value.get("value")) if isinstance(value, Mapping) else value
    return given if isinstance(given, str) else ""


def _plain(value: object) -> object:
    return text_of_html(value) if isinstance(value, str) and looks_like_html(value) else value


def date_in(value: object) -> object:
    """A date in a text, a list of one or an object, as it is written; None where it holds none."""
    if isinstance(value, list):
        return date_in(value[0]) if len(value) == 1 else None
    if isinstance(value, Mapping):
        parts = value.get("date-parts")  # of CSL-JSON
        if isinstance(parts, list) and parts and isinstance(parts[0], list):
            return "-".join(map(str, parts[0]))
        return date_in(next((value[name] for name in _DATE_IN if value.get(name)), None))
    linked = _WIKILINK.match(value.strip()) if isinstance(value, str) else None
    return linked[1] if linked else None if isinstance(value, bool) else value


def _leads_elsewhere(link: Mapping[str, object]) -> bool:
    """Whether a link says that it leads to something other than the page."""
    return link.get("rel") not in (None, *_OF_THE_PAGE)


def address_in(value: object) -> object:
    """The address of a page in a text, a list or an object; None where it holds none."""
    if isinstance(value, list):
        others = (one for one in value if not (isinstance(one, Mapping) and _leads_elsewhere(one)))
        return next(filter(None, map(address_in, others)), None)
    if isinstance(value, Mapping):
        return next(filter(None, (address_in(value.get(name)) for name in _ADDRESS_IN)), None)
    if not isinstance(value, str):
        return None
    address = with_scheme(value.strip())
    # The address of a whole site is none of an article.
    return address if _PAGE.match(address) else None


def with_scheme(address: str) -> str:
    """An address with its scheme, which people often leave out."""
    return f"https://{address}" if _BARE_PAGE.match(address) else address


def scalar_in(value: object) -> object:
    """One word or number of a text, a list or an object; None where it holds none."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, Mapping):
        value = next((value[name] for name in _NAME_IN if isinstance(value.get(name), str)), None)
    if not isinstance(value, str | int) or isinstance(value, bool):
        return None
    return value if len(str(value)) <= MAX_SCALAR_CHARS else None


def id_in(value: object) -> object:
    """An id of others, where it can be one of ours."""
    given = scalar_in(value)
    text = "" if given is None else str(given)
    return given if text.isprintable() and len(text) <= MAX_ID_CHARS else None


def outlet_in(value: object) -> tuple[str, str]:
    """Name and domain of an outlet that is given as a name, a domain, an address or an object."""
    if isinstance(value, Mapping):
        name = next(
            (given for key in _NAME_IN if isinstance(given := value.get(key), str) and given), ""
        )
        domain = next(filter(None, (domain_in(value.get(key)) for key in _DOMAIN_IN)), "")
        return outlet_in(name)[0] or ("" if domain else name), domain or outlet_in(name)[1]
    if not isinstance(value, str) or not value.strip():
        return "", ""
    if _WRITTEN_OUT.match(value.strip()):
        return outlet_in({name: "".join(text) for name, *text in _PAIR.findall(value)})
    linked = _WIKILINK.match(value.strip())
    if len(value) > MAX_SCALAR_CHARS:
        return "", ""
    domain = domain_in(value)
    return ("", domain) if domain else (linked[1] if linked else value.strip(), "")


def domain_in(value: object) -> str:
    """The domain in a text that is one or a web address; empty where it is neither."""
    if not isinstance(value, str):
        return ""
    text = value.strip()
    if _WEB.match(text):
        return outlet_of(text)
    return bare_host(text) if _DOMAIN.fullmatch(text) else ""


def _topic(text: str) -> str:
    """A topic without the sign of a hash tag or a link; empty for a mark of a feed reader."""
    text = html.unescape(text).strip()
    if marked := _OF_READERS.match(text):
        return marked[1] or ""
    linked = _WIKILINK.match(text)
    return linked[1] if linked else text[1:] if text.startswith("#") and len(text) > 1 else text


def _topics_in(text: str) -> list[str]:
    """The topics in a text: between commas, or written out as a list."""
    if _WRITTEN_OUT.match(text.strip()):
        pairs = [given for name, *given in _PAIR.findall(text) if name in _NAME_IN]
        return ["".join(given) for given in pairs or _QUOTED_TEXT.findall(text)]
    if _ORG_TAGS.match(text.strip()):
        return text.split(":")
    return text.split(next((sign for sign in ";,|" if sign in text), ","))


def topic_names(value: object) -> Iterator[str]:
    """Topics that are given as a list, a text with commas, or objects with a name."""
    if isinstance(value, str):
        yield from filter(None, map(_topic, _topics_in(value)))
    elif isinstance(value, Mapping):
        keys = ("value", *_NAME_IN)
        name = next((given for key in keys if isinstance(given := value.get(key), str)), "")
        if not name.strip() and len(value) == 1:
            ((key, text),) = value.items()  # what YAML makes of "- Strike: day two"
            name = f"{key}: {text}" if isinstance(text, str) else ""
        if name.strip():
            yield name.strip()
    elif isinstance(value, list):
        for item in value:
            if isinstance(item, str) and _topic(item):
                yield _topic(item)
            elif isinstance(item, Mapping | int | float) and not isinstance(item, bool):
                yield from topic_names(item) if isinstance(item, Mapping) else (str(item),)
