"""Names of fields: the ones that archives, news APIs, crawlers and feed readers use, in one table.

``understood`` turns a record's names into the product's own. A name counts however it is written:
``datePublished``, ``date_published`` and ``Date Published`` are one. The product's own name always
comes first, then the names of the table in their order; what is not used stays as it is, and is
kept under ``extra``.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from semsearch.errors import ConfigurationError
from semsearch.ingest.identity import MAX_ID_CHARS
from semsearch.model.address import host_of
from semsearch.model.article import bare_host
from semsearch.text.markup import looks_like_html, text_of_html

Read = Callable[[object], object]
FieldNames = tuple[tuple[str, str], ...]
"""Pairs of a field of ours and the name that a user says it has in his records."""

ALIASES: Mapping[str, tuple[str, ...]] = {
    field: (field, *names.split())
    for field, names in {
        "id": "",
        "title": """
            headline headline.main webTitle heading headlines headline_main hed article_title
            og:title dc:title post_title resolved_title story_title titel überschrift schlagzeile
            titre título titulo titular titolo заголовок 标题 標題 見出し タイトル başlık
            baslik tytuł name """,
        "excerpt": """
            description summary abstract dek standfirst deck teaser subtitle subheadline trailText
            fields.trailText snippet lead_paragraph lead lede intro description_text descriptions
            description_main meta_description og:description dc:description excerpt:encoded
            post_excerpt custom_excerpt short_description vorspann chapô chapeau résumé resumen
            sommario
        """,
        "body": """
            content text maintext articleBody content_text content_html body_text bodyText
            fields.bodyText fields.body fulltext full_content article_text article_body
            article_content cleaned_text plain_text main_text raw_text content:encoded body_html
            body_xhtml bodies body_main body_richtext html_content markdown summary.content article
            story transcript post_content plaintext selftext page_content story_content paragraphs
            document artikeltext volltext inhalt texte texto testo contenu contenido cuerpo corpo
            tekst текст 正文 内容 本文 içerik icerik treść
        """,
        "publishedDateTime": """
            published dateTimePub date_gmt date pubDate publishedAt date_publish date_published
            published_date published_on published_time published_utc publication_date publish_date
            publishing_date publish_time seendate webPublicationDate publication_datetime
            first_published_at article:published_time release_date firstcreated versioncreated
            dateCreated date_created issued dc:date created_at timestamp datetime date_time
            created_utc created post_date_gmt post_date story_date @timestamp datum
            erscheinungsdatum veröffentlicht date_publication date_de_publication fecha
            fecha_publicacion дата 日期 发布时间 日付 tarih
        """,
        "webUrl": """
            url originalUrl link permalink canonical canonicalUrl web_url article_url article_link
            canonical_link external_url page_url document_url story_permalink resolved_url given_url
            href mainEntityOfPage og:url links links.permalink alternate lien enlace ссылка 链接 uri
            guid @id source_url source
        """,
        "provider": """
            source source_name publisher sitename outlet publication newspaper news_outlet
            media_name origin news_source infosources infosource og:site_name feed_title
            source_title media_outlet container-title pubtitle site quelle zeitung fuente periódico
            fonte bron krant journal jornal medio источник 来源 來源 kaynak
        """,
        "provider_domain": """
            source_domain domain hostname clean_url site_domain site_url source_url home_page_url
            media_url site
        """,
        "topics": """
            topic tags tag keywords categories news_keywords labels subjects subject article:tag
            dc:subject taxonomies.tags taxonomies.categories filetags schlagwörter schlagworte
        """,
        "category": "section articleSection sectionName desk news_desk",
        "type": "",
        "language": "lang inLanguage language_code dc:language sprache langue idioma",
        "quality": "",
        "heat": "",
        "related": "",
        "removed": "",
    }.items()
}
"""Our fields, and the names that they have elsewhere; ``a.b`` is the name b within a."""

MAX_SCALAR_CHARS = 4_000
"""Of a field that is no text; what is longer is none of its values."""
_IDS = ("guid", "uri", "_id", "uuid", "article_id", "doc_id", "story_id", "@id")  # without address
_OWN: Mapping[str, tuple[str, ...]] = {
    "publishedDateTime": ("publishedDateTime", "published"),
    "webUrl": ("webUrl", "url", "originalUrl"),
    "topics": ("topics", "topic"),
    "language": ("language", "lang"),
}
_OBJECTS = frozenset(("provider", "topics", "topic", "related"))
_TEXTS = ("title", "body", "excerpt")
_SAID_BESIDE = ("title", "excerpt", "publishedDateTime", "webUrl", "provider", "topics", "category",
                "language")  # fmt: skip
# What holds the text, the address or the name where a field is an object.
_TEXT_IN = ("rendered", "value", "text", "content", "main", "html", "#text", "name", "title")
_ADDRESS_IN = ("href", "url", "@id", "web", "canonical", "rendered", "value")
_NAME_IN = ("name", "title", "label", "term", "display_name", "webTitle", "text")
_DOMAIN_IN = ("domain", "hostname", "url", "href", "htmlUrl", "homepage", "uri", "@id", "link")
_DATE_IN = ("iso", "$date", "$numberLong", "value", "date", "utc", "rendered", "datetime")
_ABOUT = ("metadata", "meta")  # objects beside a text that say what it is, as retrievers have them
_OF_OBJECTS = frozenset(("links",))  # of a list of addresses none is that of the article itself
_OF_THE_PAGE = ("alternate", "canonical", "self")
_DOMAIN = re.compile(
    r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{1,62}", re.IGNORECASE
)
_WEB = re.compile(r"https?://\S+\Z", re.IGNORECASE)
_PAGE = re.compile(r"https?://[^\s/?#]+[/?#]\S+\Z", re.IGNORECASE)
# Some news APIs give the first 200 characters of a text, and say how many more there are.
_CUT_OFF = re.compile(r"\[\+?\d+ char(?:acter)?s\]\s*\Z")
_TIME = re.compile(r"\s*\d\d?:\d\d")
_DAY = re.compile(r"\s*(?:\d{4}-\d\d-\d\d|\d\d?[./]\d\d?[./]\d{4})\s*\Z")
_WIKILINK = re.compile(r"\[\[([^\]|]+)(?:\|[^\]]*)?\]\]\Z")  # as Obsidian has them
# A list or an object in a cell of a table, as Python or JSON write it.
_WRITTEN_OUT = re.compile(r"\[\s*['\"{].{0,20000}\]\Z|\{\s*['\"].{0,20000}\}\Z", re.DOTALL)
_QUOTED_TEXT = re.compile(r"""'((?:[^'\\]|\\.)*)'|\"((?:[^"\\]|\\.)*)\"""")
_PAIR = re.compile(rf"""['"](\w+)['"]\s*:\s*(?:{_QUOTED_TEXT.pattern})""")
_LOCALE = re.compile(r"[a-z]{2,3}(?:[-_][A-Za-z]{2,4})?")  # such as "en-US"
_ORG_TAGS = re.compile(r":(?:[^\s:]+:)+\Z")
_MOST_TOPICS = 200


@lru_cache(maxsize=4096)
def same_name(name: str) -> str:
    """A name as it is compared: in lower case, without what parts its words."""
    return re.sub(r"[\s_\-:]+", "", name).casefold() or name


_FIRST_NAMES = {
    same_name(name): field for field, names in ALIASES.items() for name in names if "." not in name
}
_KNOWN = frozenset(
    same_name(name.partition(".")[0])
    for names in (*ALIASES.values(), _IDS, _ABOUT)
    for name in names
)
_OWN_NAMES = frozenset(name for field in ALIASES for name in _OWN.get(field, (field,)))


def understood(fields: Mapping[str, object], names: FieldNames = ()) -> dict[str, object]:
    """A record under the product's own names; what it has under others that are not used stays.

    Args:
        fields: The record.
        names: Where the user says that a field is; it comes before every name of the table.
    """
    if not names and all(_needs_no_reading(*one) for one in fields.items()):
        return dict(fields)
    found = _Record(fields, names).renamed()
    for name in _ABOUT:
        about = fields.get(name)
        if isinstance(about, Mapping):
            _complete(found, understood(about))
    return found


def _needs_no_reading(key: str, value: object) -> bool:
    """Whether a field is one of ours in its own form, or none that the table knows."""
    if key == "provider":
        return _is_named(value)
    if key in _OWN_NAMES:
        return not isinstance(value, Mapping | list) or key in _OBJECTS
    return same_name(key) not in _KNOWN


def _is_named(outlet: object) -> bool:
    """Whether an outlet is given in our form: as its name, or an object with name or domain."""
    return not isinstance(outlet, Mapping) or bool(outlet.get("name") or outlet.get("domain"))


def _complete(found: dict[str, object], about: Mapping[str, object]) -> None:
    """Add what a record lacks of what is said beside it."""
    for field in _SAID_BESIDE:
        own = _OWN.get(field, (field,))
        if not any(found.get(name) for name in own):
            found.update({name: about[name] for name in own if about.get(name)})


def field_names(given: Mapping[str, str | Sequence[str]]) -> FieldNames:
    """What a user says about his fields, checked.

    Raises:
        ConfigurationError: There is no such field, or the name is empty.
    """
    names: list[tuple[str, str]] = []
    for field, others in given.items():
        ours = field_of(field.strip())
        if ours is None:
            raise ConfigurationError(
                f"There is no field {field}.",
                "Fields: title, excerpt, body, published, url, provider, provider_domain, topics, "
                "category, type, language, id, quality, heat.",
            )
        for name in [others] if isinstance(others, str) else others:
            if not name.strip():
                raise ConfigurationError(f"The field {field} is given no name.")
            names.append((ours, name.strip()))
    return tuple(names)


def field_of(name: str) -> str | None:
    """Which of our fields a name stands for; None where the table does not have it."""
    return _FIRST_NAMES.get(same_name(name))


def has_field(fields: Mapping[str, object], field: str) -> bool:
    """Whether a record has one of our fields under any name of the table; a flag is none."""
    return any(
        field_of(name) == field and bool(value) and not isinstance(value, bool)
        for name, value in fields.items()
    )


class _Record:
    """One record on its way to our names."""

    def __init__(self, fields: Mapping[str, object], names: FieldNames) -> None:
        self._fields = dict(fields)
        self._keys = {same_name(key): key for key in reversed(list(fields))}
        self._names = names
        self._used: set[str] = set()

    def renamed(self) -> dict[str, object]:
        found: dict[str, object] = {}
        for field, name in self._names:
            value = _of_field(field, self._at(name))
            if field not in found and value not in (None, "", []):
                found[field] = value
                self._use(name, of_several=field in (*_TEXTS, "topics"))
        for field in _TEXTS:
            self._take(found, field, _text)
        self._leave_out_copies(found)
        self._take(found, "publishedDateTime", _date)
        self._take_time(found)
        self._take(found, "webUrl", address_in)
        self._take_provider(found)
        self._take_topics(found)
        self._take(found, "category", scalar_in)
        self._take(found, "language", scalar_in)
        if "webUrl" not in found and "id" not in found and not self._has("id", "webUrl"):
            self._take_first(found, "id", _IDS, _id_in)
        own = {name for field in found for name in _OWN.get(field, (field,))}
        rest = {
            key: value
            for key, value in self._fields.items()
            if key not in self._used and not (key in own and key != "published")
        }
        return {**rest, **found}

    def _take(self, found: dict[str, object], field: str, read: Read) -> None:
        if field in found or self._has(field):
            return
        own = _OWN.get(field, (field,))
        others = tuple(name for name in ALIASES[field] if name not in own)
        # Our own name with an object in it, or spelled otherwise, is read as the others are.
        self._take_first(found, field, (*own, *others), read)

    def _take_first(
        self, found: dict[str, object], field: str, names: Iterable[str], read: Read
    ) -> None:
        for name in names:
            key = self._key(name)
            if key is None or key in self._used:
                continue
            given = self._at(name)
            if name in _OF_OBJECTS and not _holds_objects(given):
                continue
            value = read(given)
            if value not in (None, "", []):
                found[field] = value
                self._use(name, of_several=field in _TEXTS)
                return

    def _leave_out_copies(self, found: dict[str, object]) -> None:
        """Of a text that came in several forms, such as HTML and plain, one is enough."""
        body, excerpt = found.get("body"), found.get("excerpt")
        if not isinstance(body, str):
            return
        if isinstance(excerpt, str) and excerpt.split() == body.split():
            del found["excerpt"]
        for alias in ALIASES["body"]:
            key = self._key(alias)
            other = None if key is None or key in self._used else _text(self._fields[key])
            if key and isinstance(other, str) and other.split() == body.split():
                self._used.add(key)

    def _take_time(self, found: dict[str, object]) -> None:
        """Add the time of day to a day, where it stands in a field of its own."""
        key, given = self._key("time"), found.get("publishedDateTime", self._date_of_ours())
        at = None if key is None else self._fields[key]
        if isinstance(given, str) and isinstance(at, str) and _TIME.match(at) and _DAY.match(given):
            found["publishedDateTime"] = f"{given.strip()} {at.strip()}"
            self._used.add(str(key))

    def _date_of_ours(self) -> object:
        return next((self._fields[name] for name in _OWN["publishedDateTime"]
                     if self._fields.get(name)), None)  # fmt: skip

    def _take_provider(self, found: dict[str, object]) -> None:
        ours = self._fields.get("provider")
        if "provider" in found or (self._has("provider") and _is_named(ours)):
            return
        name, domain = outlet_in(ours) if isinstance(ours, Mapping) else ("", "")
        for alias in ALIASES["provider_domain"]:
            key = self._keys.get(same_name(alias))
            given = _domain(self._fields[key]) if key is not None else ""
            if given and not domain:
                domain = given
                self._use_but_pages(alias)
        for alias in () if name else ALIASES["provider"]:
            key = self._keys.get(same_name(alias))
            if key is None or key in self._used:
                continue
            value = self._fields[key]
            value = value[0] if isinstance(value, list) and value else value
            given_name, given_domain = outlet_in(value)
            if given_name or given_domain:
                name, domain = given_name, given_domain or domain
                self._use_but_pages(alias)
                break
        if name or domain:
            found["provider"] = {"name": name, "domain": domain}

    def _take_topics(self, found: dict[str, object]) -> None:
        if "topics" in found or self._has("topics"):
            return
        topics: list[str] = []
        for alias in ALIASES["topics"]:
            given = list(topic_names(self._at(alias)))
            if given:
                topics += given
                self._use(alias, of_several=True)
        if topics:
            found["topics"] = list(dict.fromkeys(topics))[:_MOST_TOPICS]

    def _has(self, *fields: str) -> bool:
        """Whether a field stands there under a name of ours, in a form that needs no reading."""
        return any(
            self._fields.get(name) not in (None, "", [])
            and not isinstance(self._fields[name], bool)
            and (field in _OBJECTS or not isinstance(self._fields[name], Mapping | list))
            for field in fields
            for name in _OWN.get(field, (field,))
            if name in self._fields
        )

    def _at(self, path: str) -> object:
        key = self._key(path)
        if key is None:
            return None
        value: object = self._fields[key]
        for step in () if key == path else filter(None, path.split(".")[1:]):
            if isinstance(value, list):
                value = value[0] if value else None
            if not isinstance(value, Mapping):
                return None
            value = next(
                (item for name, item in value.items() if same_name(str(name)) == same_name(step)),
                None,
            )
        return value

    def _use(self, path: str, *, of_several: bool = False) -> None:
        """Leave a field out of what stays; what holds more than was taken stays.

        ``of_several``: whether all members of a list were taken.
        """
        key = self._key(path)
        if key is None or not _says_one_thing(self._fields[key]):
            return
        value = self._fields[key]
        if of_several or not isinstance(value, list) or len(value) == 1:
            self._used.add(key)

    def _use_but_pages(self, alias: str) -> None:
        """Leave a field out of what stays, but the address of a page, which says more."""
        if address_in(self._at(alias)) is None:
            self._use(alias)

    def _key(self, path: str) -> str | None:
        """The field that a path begins with, as the record writes it."""
        return path if path in self._fields else self._keys.get(same_name(path.partition(".")[0]))


def _says_one_thing(value: object) -> bool:
    """Whether nothing is lost of a value when one thing is taken from it."""
    if isinstance(value, Mapping):
        filled = [item for item in value.values() if item not in (None, "", [], {}, False)]
        return len(filled) <= 1 and all(map(_says_one_thing, filled))
    if isinstance(value, list) and any(isinstance(item, Mapping) for item in value):
        return len(value) == 1 and _says_one_thing(value[0])
    return True


def _text(value: object) -> object:
    """A text, or None where the value holds none; what is HTML becomes the text that it shows."""
    if isinstance(value, Mapping):
        found = next((value[name] for name in _TEXT_IN if isinstance(value.get(name), str)), None)
        if found is None and len(value) == 1:
            ((name, only),) = value.items()
            found = only if isinstance(only, str) and _LOCALE.fullmatch(str(name)) else None
        return _text(found)
    if isinstance(value, list):
        return _joined(value)
    if not isinstance(value, str) or not value.strip() or _CUT_OFF.search(value):
        return None
    return _plain(value)


def _joined(value: list[object]) -> object:
    """A text that is given in parts, or in several forms."""
    parts = [part for part in map(_text, value) if isinstance(part, str)]
    if value and isinstance(value[0], Mapping) and "value" in value[0]:
        return next(iter(parts), None)  # the same in other forms, as ninjs has it
    if any(isinstance(one, Mapping) for one in value) and any(
        isinstance(one, str) for one in value
    ):
        return "".join(_inline(one) for one in value)  # runs of one text, as messengers write it
    return "\n\n".join(parts) or None


def _inline(value: object) -> str:
    given = value.get("text") if isinstance(value, Mapping) else value
    return given if isinstance(given, str) else ""


def _of_field(field: str, value: object) -> object:
    """A value that a user says is a field's, in the form of the field."""
    if field in _TEXTS:
        return _text(value) or (value if isinstance(value, int | float) else None)
    if field == "provider":
        name, domain = outlet_in(value)
        return {"name": name, "domain": domain} if name or domain else None
    return list(topic_names(value)) if field == "topics" else value


def _plain(value: object) -> object:
    return text_of_html(value) if isinstance(value, str) and looks_like_html(value) else value


def _date(value: object) -> object:
    if isinstance(value, list):
        return _date(value[0]) if len(value) == 1 else None
    if isinstance(value, Mapping):
        parts = value.get("date-parts")  # of CSL-JSON
        if isinstance(parts, list) and parts and isinstance(parts[0], list):
            return "-".join(map(str, parts[0]))
        return _date(next((value[name] for name in _DATE_IN if value.get(name)), None))
    linked = _WIKILINK.match(value.strip()) if isinstance(value, str) else None
    return linked[1] if linked else None if isinstance(value, bool) else value


def _holds_objects(value: object) -> bool:
    return isinstance(value, Mapping | str) or (
        isinstance(value, list) and any(isinstance(one, Mapping) for one in value)
    )


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
    # The address of a whole site is none of an article.
    return value.strip() if isinstance(value, str) and _PAGE.match(value.strip()) else None


def scalar_in(value: object) -> object:
    """One word or number of a text, a list or an object; None where it holds none."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, Mapping):
        value = next((value[name] for name in _NAME_IN if isinstance(value.get(name), str)), None)
    if not isinstance(value, str | int) or isinstance(value, bool):
        return None
    return value if len(str(value)) <= MAX_SCALAR_CHARS else None


def _id_in(value: object) -> object:
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
        domain = next(filter(None, (_domain(value.get(key)) for key in _DOMAIN_IN)), "")
        return outlet_in(name)[0] or ("" if domain else name), domain or outlet_in(name)[1]
    if not isinstance(value, str) or not value.strip():
        return "", ""
    if _WRITTEN_OUT.match(value.strip()):
        return outlet_in({name: "".join(text) for name, *text in _PAIR.findall(value)})
    linked = _WIKILINK.match(value.strip())
    if len(value) > MAX_SCALAR_CHARS:
        return "", ""
    domain = _domain(value)
    return ("", domain) if domain else (linked[1] if linked else value.strip(), "")


def _domain(value: object) -> str:
    if not isinstance(value, str):
        return ""
    text = value.strip()
    if _WEB.match(text):
        return host_of(text)
    return bare_host(text) if _DOMAIN.fullmatch(text) else ""


def _topic(text: str) -> str:
    """A topic without the sign of a hash tag or a link."""
    text = text.strip()
    linked = _WIKILINK.match(text)
    return linked[1] if linked else text[1:] if text.startswith("#") and len(text) > 1 else text


def _topics_in(text: str) -> list[str]:
    """The topics in a text: between commas, or written out as a list."""
    if _WRITTEN_OUT.match(text.strip()):
        pairs = [given for name, *given in _PAIR.findall(text) if name in _NAME_IN]
        return ["".join(given) for given in pairs or _QUOTED_TEXT.findall(text)]
    sign = ":" if _ORG_TAGS.match(text.strip()) else ";" if ";" in text else ","
    return text.split(sign)


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
