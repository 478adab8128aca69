"""Names of fields: the ones that archives, news APIs, crawlers and feed readers use, in one table.

A name counts however it is written: ``datePublished``, ``date_published`` and ``Date Published``
are one.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from semsearch.errors import ConfigurationError

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
            post_excerpt custom_excerpt short_description abstract_note vorspann chapô chapeau
            résumé resumen sommario
        """,
        "body": """
            content text maintext articleBody content_text content_html body_text bodyText
            fields.bodyText fields.body fulltext full_content article_text article_body
            article_content cleaned_text plain_text main_text raw_text content:encoded body_html
            body_xhtml bodies body_main body_richtext html_content markdown summary.content article
            story transcript post_content plaintext selftext page_content story_content paragraphs
            document content_elements artikeltext volltext inhalt texte texto testo contenu
            contenido cuerpo corpo tekst текст 正文 内容 本文 içerik icerik treść
        """,
        "publishedDateTime": """
            published dateTimePub date_gmt date pubDate publishedAt date_publish date_published
            published_date published_on published_time published_utc publication_date publish_date
            publishing_date publish_time seendate webPublicationDate publication_datetime
            first_published_at article:published_time release_date firstcreated versioncreated
            dateCreated date_created issued dc:date created_at timestamp datetime date_time
            display_date first_publish_date created_utc created post_date_gmt post_date story_date
            @timestamp datum erscheinungsdatum veröffentlicht date_publication
            date_de_publication fecha fecha_publicacion дата 日期 发布时间 日付 tarih
        """,
        "webUrl": """
            url originalUrl link permalink canonical canonicalUrl web_url article_url article_link
            canonical_link external_url page_url document_url story_permalink resolved_url given_url
            href mainEntityOfPage og:url links links.permalink alternate lien enlace ссылка 链接 uri
            guid @id source_url source
        """,
        "provider": """
            container-title source source_name publisher sitename outlet publication newspaper
            news_outlet media_name origin news_source infosources infosource og:site_name feed_title
            source_title media_outlet pubtitle publication_title publication_name medium site
            quelle zeitung fuente periódico fonte bron krant journal jornal medio
            источник 来源 來源 kaynak
        """,
        "provider_domain": """
            source_domain domain hostname clean_url site_domain site_url source_url home_page_url
            media_url site
        """,
        "topics": """
            topic tags tag keywords categories news_keywords labels subjects subject article:tag
            dc:subject taxonomies.tags taxonomies.categories filetags document_tags manual_tags
            schlagwörter schlagworte
        """,
        "category": "section articleSection sectionName desk news_desk",
        "type": "",
        "language": "lang inLanguage language_code dc:language meta_lang sprache langue idioma",
        "quality": "",
        "heat": "",
        "related": "",
        "removed": "",
    }.items()
}
"""Our fields, and the names that they have elsewhere; ``a.b`` is the name b within a."""


OWN: Mapping[str, tuple[str, ...]] = {
    "publishedDateTime": ("publishedDateTime", "published"),
    "webUrl": ("webUrl", "url", "originalUrl"),
    "topics": ("topics", "topic"),
    "language": ("language", "lang"),
}
"""Names of ours that a field has, where they are several."""
IDS = ("guid", "uri", "_id", "uuid", "article_id", "doc_id", "story_id", "@id")  # without address
ABOUT = ("metadata", "meta")  # objects beside a text that say what it is, as retrievers have them


@lru_cache(maxsize=4096)
def same_name(name: str) -> str:
    """A name as it is compared: in lower case, without what parts its words."""
    return re.sub(r"[\s_\-:]+", "", name).casefold() or name


_FIRST_NAMES = {
    same_name(name): field for field, names in ALIASES.items() for name in names if "." not in name
}
KNOWN = frozenset(
    same_name(name.partition(".")[0]) for names in (*ALIASES.values(), IDS, ABOUT) for name in names
)
"""First parts of all names of the table, as ``same_name`` has them."""
OWN_NAMES = frozenset(name for field in ALIASES for name in OWN.get(field, (field,)))


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
