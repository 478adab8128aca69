"""From the fields of a record, in whichever format they came, to an article."""

import html
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import islice

from semsearch.errors import UnreadableError
from semsearch.ingest.aliases import FieldNames, same_name
from semsearch.ingest.dates import ReadDate, in_utc, of_day, parse_date
from semsearch.ingest.identity import MAX_ID_CHARS, article_id
from semsearch.ingest.renaming import understood
from semsearch.ingest.secured import MAX_TEXT_CHARS, withheld, without_secured
from semsearch.ingest.side_fields import completed, usable
from semsearch.ingest.values import topic_names
from semsearch.model.address import host_of, outlet_of
from semsearch.model.article import Article, DatePrecision, Provider, Related, bare_host
from semsearch.model.languages import code_of
from semsearch.text.boilerplate import without_pictures
from semsearch.text.language import language_of
from semsearch.text.repair import repair, without_controls

MAX_TITLE_CHARS = 5_000
MAX_EXCERPT_CHARS = 100_000
MAX_RELATED = 1_000
MAX_TOPICS = 200

UNREAD_DATE = "published_unread"
"""Where a date that could not be read is kept, under ``extra``."""
LOOKED_FOR = "no record has a field"
"""How a note begins that holds only where it is said of every record."""
NOBODY = Provider()
_MAX_SCORE = 100
_WITHDRAWN = "[Removed]"  # as a news API writes for articles that it must not give any more
_NONE = frozenset(
    ("null", "none", "nan", "nat", "n/a", "undefined")
)  # as programs write that there is none
_NAMES, _NAME_CHARS = 8, 30
_BEHIND_LANGUAGE = re.compile(r"[.;,@]")
_NO_LANGUAGES = ("und", "mul", "zxx", "unknown")  # undetermined, several, none (ISO 639-2)
_EXCEL_CHARS = 32_767  # of a cell
_WHOLE = re.compile(r"\d{1,15}\.0")
_RESERVED_ENDINGS = ("/similar", "/duplicates")

_TAKEN = frozenset(
    """id title excerpt body provider provider_domain url webUrl publishedDateTime topics topic
    category type lang language quality heat related removed""".split()
)
"""Fields that have a place in an article; all others are kept as they are."""


@dataclass(frozen=True, slots=True)
class Removed:
    """A record that the archive marks as removed: its article leaves the index.

    Attributes:
        provider: Its outlet; another one's article with this number as its id stays.
    """

    id: str
    provider: Provider = NOBODY


@dataclass(frozen=True, slots=True)
class Placed:
    """A record and its 1-based line in its file; None where the file is one record."""

    record: Article | Removed
    line: int | None = None


def article_from_fields(
    fields: Mapping[str, object],
    *,
    fallback_id: str,
    default_provider: Provider = NOBODY,
    names: FieldNames = (),
    notes: list[str] | None = None,
) -> Article | Removed:
    """Build an article from a record's fields, under the names of ``ingest.aliases``.

    ``secured`` is dropped here, at any depth, before anything else sees the record; see
    ``ingest.secured``.

    Args:
        fields: The record.
        fallback_id: What identifies the record when it has no id, URL, title, provider or date.
        default_provider: Used where the record names none.
        names: Where the user says that a field is.
        notes: Takes a sentence on each field that was read otherwise than it stands.

    Raises:
        UnreadableError: No title and no text, a text that is too long, or broken Unicode.
    """
    said = [] if notes is None else notes
    fields, aside = usable(without_secured(fields, said), said)
    said += _looked_for_in_vain(fields, names)
    fields = completed(understood(fields, names), aside, said)
    title = without_controls(_text(fields, "title", MAX_TITLE_CHARS), said).strip()
    excerpt = without_controls(_text(fields, "excerpt", MAX_EXCERPT_CHARS), said)
    body = _text(fields, "body", MAX_TEXT_CHARS)
    url = _url(fields)
    provider = _provider(fields, url) or default_provider
    published, undated = _published(fields, _language_of(fields, title, excerpt, body))
    explicit = _identity(fields, said)
    _check_id(explicit)
    identity = explicit or article_id(
        url=url,
        provider=provider,
        title=title,
        published=published.moment if published else None,
        text=excerpt + body,
        fallback=fallback_id,
    )
    if str(fields.get("removed")).casefold() == "true" or _is_withdrawn(fields):
        return Removed(identity, provider)
    if not title and not (excerpt.strip() or body.strip()):
        raise UnreadableError(f"no title and no text{_named(fields, aside)}")
    if len(body) == _EXCEL_CHARS:
        said.append("a text of 32,767 characters, where Excel cuts, was read: its end is missing")
    if _is_draft(fields):
        said.append("an article that is marked as a draft was read all the same")
    if title == _WITHDRAWN:
        raise UnreadableError("its source has withdrawn it: its title is [Removed]")
    return Article(
        id=identity,
        title=title,
        excerpt=excerpt,
        body=body,
        provider=provider,
        url=url,
        published=published.moment if published else None,
        precision=published.precision if published else DatePrecision.TIME,
        zone_assumed=bool(published and published.zone_assumed),
        topics=_topics(fields),
        category=html.unescape(_text(fields, "category")).strip(),
        type=_text(fields, "type").strip(),
        language=_language(fields),
        quality=_score(fields, "quality"),
        heat=_score(fields, "heat"),
        related=tuple(_related(fields)),
        extra=_extra(fields, undated) | aside,
    )


def _looked_for_in_vain(fields: Mapping[str, object], names: FieldNames) -> Iterator[str]:
    """What is to be said of names that a user gave, and that a record does not have."""
    if names:
        given = set(map(same_name, fields))
        for field, name in names:
            if not {same_name(name), same_name(name.partition(".")[0])} & given:
                yield f"{LOOKED_FOR} '{name[:_NAME_CHARS]}', which is named for {field}"


def _is_withdrawn(fields: Mapping[str, object]) -> bool:
    """Whether an agency says that an item is not to be published (ninjs)."""
    return str(fields.get("pubstatus", "")).casefold() in ("canceled", "cancelled", "withheld")


def _is_draft(fields: Mapping[str, object]) -> bool:
    status = str(fields.get("status", "")).casefold()
    return status == "draft" or str(fields.get("draft", "")).casefold() == "true"


def _named(fields: Mapping[str, object], aside: Mapping[str, object]) -> str:
    """The names of some fields, for a message."""
    given = [name for name, value in fields.items() if value not in (None, "")]
    names = [name[:_NAME_CHARS] for name in (*given, *(it.removesuffix("_unread") for it in aside))]
    more = " ..." if len(names) > _NAMES else ""
    return f"; its fields are {', '.join(names[:_NAMES])}{more}" if names else ""


def unsealed(article: Article) -> Article:
    """An article that was not read here, without sealed fields."""
    return replace(
        article,
        title=withheld(article.title),
        excerpt=withheld(article.excerpt),
        body=withheld(article.body),
        extra=without_secured(article.extra),
    )


def stubs_of(article: Article) -> Iterator[Article]:
    """The articles that this one's ``related`` list tells of, as stubs."""
    for link in article.related:
        if link.id != article.id:
            yield Article(
                id=link.id,
                title=link.title,
                excerpt=link.excerpt,
                provider=link.provider,
                url=link.url,
                published=link.published,
                precision=link.precision,
                type=link.type,
                quality=link.quality,
                stub=True,
            )


def _identity(fields: Mapping[str, object], said: list[str]) -> str:
    """The id that is given; empty: none is."""
    value = fields.get("id")
    if isinstance(value, str) and _WHOLE.fullmatch(value):
        value = float(value)  # as it stands in a table of texts
    if isinstance(value, float) and value.is_integer():
        said.append("ids such as 1.0 were read as whole numbers: a column with gaps holds decimals")
        return str(int(value))
    identity = _text(fields, "id").strip()
    return "" if identity.casefold() in _NONE else identity


def _check_id(identity: str) -> None:
    if len(identity) > MAX_ID_CHARS:
        raise UnreadableError(f"the id is longer than {MAX_ID_CHARS} characters")
    if not identity.isprintable():
        raise UnreadableError("the id holds a control character")
    if identity.endswith(_RESERVED_ENDINGS):
        raise UnreadableError("the id ends like an address of the service: /similar, /duplicates")


def _text(fields: Mapping[str, object], key: str, limit: int = 4_000) -> str:
    value = fields.get(key)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise UnreadableError(f"'{key}' must be a text, not {_kind(value)}")
    text = str(value)
    if len(text) > limit and len(without_pictures(text)) > limit:
        raise UnreadableError(f"'{key}' is longer than {limit:,} characters")
    return text


def _score(fields: Mapping[str, object], key: str) -> int | None:
    """A number from 0 to 100; None where it is missing, unknown (-1) or out of range."""
    value = fields.get(key)
    if isinstance(value, str) and value.strip().isdecimal():
        value = int(value.strip()[:4])
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if 0 <= value <= _MAX_SCORE else None  # NaN fails both


def _url(fields: Mapping[str, object]) -> str:
    urls = (_text(fields, key).strip() for key in ("webUrl", "url", "originalUrl"))
    found = next((url for url in urls if url and url.casefold() not in _NONE), "")
    return found.replace("&amp;", "&")  # as it stands in the HTML that it was taken from


def _provider(fields: Mapping[str, object], url: str) -> Provider | None:
    value = fields.get("provider")
    if isinstance(value, Mapping):
        name, domain = _text(value, "name"), _text(value, "domain")
    else:
        name, domain = _text(fields, "provider"), _text(fields, "provider_domain")
    name = "" if name.strip().casefold() in _NONE else html.unescape(name).strip()
    # In lower case it may be mojibake that it was not before.
    domain = host_of(domain) if "://" in domain else bare_host(domain.strip().partition("/")[0])
    domain = repair(domain) or outlet_of(url)
    return Provider(name or domain, domain) if name or domain else None


def _language(fields: Mapping[str, object]) -> str:
    """The code of the language that a record names, such as that of ``en_US.UTF-8``."""
    given = (_text(fields, "language") or _text(fields, "lang")).lower()
    code = code_of(_BEHIND_LANGUAGE.split(given, maxsplit=1)[0].strip())
    return "" if code in _NO_LANGUAGES or code in _NONE else code


def _language_of(
    fields: Mapping[str, object], title: str, excerpt: str, body: str
) -> Callable[[], str]:
    """Tells the language of a record: as it says itself, else as its text is written."""
    named = _language(fields)
    return lambda: named or language_of(f"{title} {excerpt or body[:500]}")


def _published(
    fields: Mapping[str, object], language: Callable[[], str]
) -> tuple[ReadDate | None, object]:
    """The date, and what stood there instead where it could not be read.

    Front matter has ``publishedDateTime`` and uses ``published`` for a site flag; JSON Lines
    have the date in ``published``.
    """
    for key in ("publishedDateTime", "published"):
        value = fields.get(key)
        if value is None or isinstance(value, bool) or str(value).casefold() in ("", *_NONE):
            continue
        if isinstance(value, datetime):
            found = in_utc(value)
        elif isinstance(value, date):
            found = of_day(value)
        else:
            found = parse_date(str(value), language)
        unread = value.isoformat() if isinstance(value, date) else value
        return found, None if found else unread
    return None, None


def _topics(fields: Mapping[str, object]) -> tuple[str, ...]:
    value = fields.get("topics")
    names = topic_names(fields.get("topic") if value is None else value)
    return tuple(islice(dict.fromkeys(names), MAX_TOPICS))


def _related(fields: Mapping[str, object]) -> Iterator[Related]:
    value = fields.get("related")
    for entry in value[:MAX_RELATED] if isinstance(value, list) else ():
        if isinstance(entry, Mapping):
            try:
                link = _link(entry)
            except UnreadableError:
                continue  # a broken link does not cost the article that holds it
            if link.title:
                yield link


def _link(entry: Mapping[str, object]) -> Related:
    title = _text(entry, "title", MAX_TITLE_CHARS).strip()
    url = _url(entry)
    provider = _provider(entry, url) or NOBODY
    date, _ = _published(entry, str)
    published = date.moment if date else None
    return Related(
        id=article_id(url=url, provider=provider, title=title, published=published, fallback=title),
        title=title,
        url=url,
        excerpt=_text(entry, "excerpt", MAX_EXCERPT_CHARS),
        published=published,
        precision=date.precision if date else DatePrecision.TIME,
        type=_text(entry, "type").strip(),
        provider=provider,
        quality=_score(entry, "quality"),
    )


def _extra(fields: Mapping[str, object], undated: object) -> dict[str, object]:
    extra = {key: value for key, value in fields.items() if not _has_place(key, value)}
    if undated is not None:
        extra[UNREAD_DATE] = undated
    return extra


def _has_place(key: str, value: object) -> bool:
    """Whether a field is in the article already."""
    if key == "published":  # the date, or a flag of the site
        return not isinstance(value, bool)
    if key == "removed":
        return isinstance(value, bool) or str(value).casefold() in ("", "true", "false", "none")
    return key in _TAKEN


def _kind(value: object) -> str:
    return {bool: "true/false", dict: "a mapping", list: "a list"}.get(
        type(value), type(value).__name__
    )
