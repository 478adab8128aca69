"""Find whom a text names as its source: agencies, outlets, unnamed sources, and quoted text."""

import re
from collections.abc import Iterable, Iterator, Sequence

from semsearch.model.article import FIELDS, Article, Basis, Field
from semsearch.model.comparison import ClaimEvidence, Mention, Sourcing, Span
from semsearch.text.boilerplate import masked

METHOD = "agencies, names of outlets, phrases of attribution and quotation marks in the text"

# Written form -> name. Acronyms count only in capitals.
AGENCIES = {
    "Reuters": "Reuters",
    "Thomson Reuters": "Reuters",
    "AP": "Associated Press",
    "Associated Press": "Associated Press",
    "AFP": "Agence France-Presse",
    "Agence France-Presse": "Agence France-Presse",
    "ANI": "Asian News International",
    "PTI": "Press Trust of India",
    "Press Trust of India": "Press Trust of India",
    "IANS": "Indo-Asian News Service",
    "UPI": "United Press International",
    "United Press International": "United Press International",
    "Xinhua": "Xinhua",
    "dpa": "Deutsche Presse-Agentur",
    "TASS": "TASS",
    "Interfax": "Interfax",
    "Bloomberg News": "Bloomberg",
    "EFE": "EFE",
    "ANSA": "ANSA",
    "Kyodo": "Kyodo",
    "Yonhap": "Yonhap",
    "Anadolu": "Anadolu",
    "PA Media": "PA Media",
    "Press Association": "PA Media",
    "Bernama": "Bernama",
    "Antara": "Antara",
}
_AGENCY = re.compile(
    rf"(?<![\w-])(?:{'|'.join(sorted(map(re.escape, AGENCIES), key=len, reverse=True))})(?![\w-])"
)
# "The Harbour Ledger", "Northvale Evening Post": a capitalised name that ends as outlets' do.
_OUTLET = re.compile(
    r"\b(?:[A-Z][\w’'&.-]*\s+){1,4}(?:Times|Post|Journal|News|Herald|Tribune|Guardian|Telegraph"
    r"|Gazette|Ledger|Chronicle|Observer|Courier|Broadcasting|Radio|Television|TV|Weekly|Review"
    r"|Magazine|Globe|Mail|Mirror|Dispatch|Examiner|Inquirer|Standard)\b"
)
_ARTICLE = re.compile(r"^(?:The|In|A|On|By|From|As|But|And|When|While)\s+")
_UNNAMED = (
    r"(?:an?|the|some|several|two|three|many|other|multiple|senior|former|top|unnamed|anonymous)"
)
_INSIDERS = (
    r"(?:sources?|officials?|aides?|insiders?|diplomats?|advisers?|executives?|employees?"
    r"|lawmakers?|persons?|people|crew|colleagues?)"
)
_ANONYMOUS = re.compile(
    rf"\b(?:{_INSIDERS}[^.!?;“”\"]{{0,60}}?\b(?:who|that)\s+(?:asked|declined|spoke|requested"
    r"|wished|wanted|did not want|refused|preferred)(?:\s+\w+){0,4}?\s+(?:not to be (?:named"
    r"|identified)|to be (?:named|identified)|anonym\w+|unnamed)"
    rf"|(?:on|under|upon)\s+(?:the\s+)?condition\s+of\s+anonymity"
    r"|speaking\s+anonymously|asked\s+not\s+to\s+be\s+(?:named|identified)"
    rf"|(?:{_UNNAMED}\s+){{0,2}}{_INSIDERS}\s+(?:familiar\s+with|close\s+to|with\s+knowledge\s+of"
    r"|briefed\s+on)"
    rf"|(?:{_UNNAMED}\s+){{0,2}}(?:[a-z]+\s+)?sources?\s+(?:say|said|says|told|point|claim\w*"
    r"|report\w*|confirm\w*|suggest\w*)"
    rf"|according\s+to\s+(?:{_UNNAMED}\s+){{0,2}}(?:[a-z]+\s+)?(?:sources?|insiders?)"
    r"|(?:anonymous|unnamed|unidentified)\s+(?:[a-z]+\s+)?"
    rf"{_INSIDERS})",
    re.IGNORECASE,
)
# From an opening mark to the next closing one; a paragraph may leave its quotation open.
_QUOTE = re.compile(r"“[^“”\n]{1,2000}(?:”|(?=\n|$))|(?<!\w)\"[^\"\n]{1,2000}\"(?!\w)")


def sourcing(articles: Sequence[Article], basis: Basis, evidence: ClaimEvidence) -> Sourcing:
    """What some articles of one provider name as their sources; its own name does not count."""
    own = {article.provider.name.casefold() for article in articles if article.provider.name}
    held = [
        (article, field, masked(article.text(field))) for article in articles for field in FIELDS
    ]
    outlets = [
        (name, span)
        for name, span in _outlets(held)
        if name.casefold() not in own and name not in AGENCIES
    ]
    quotes = tuple(_spans(held, _QUOTE))
    length = sum(len(text) for _, _, text in held)
    return Sourcing(
        agencies=_grouped((AGENCIES[span.text], span) for span in _spans(held, _AGENCY)),
        outlets=_grouped(outlets),
        anonymous=tuple(_spans(held, _ANONYMOUS)),
        quotes=quotes,
        quoted_share=round(sum(len(q.text) for q in quotes) / length, 4) if length else 0.0,
        basis=basis,
        method=METHOD,
        evidence=evidence,
    )


def _spans(held: Iterable[tuple[Article, Field, str]], pattern: re.Pattern[str]) -> Iterator[Span]:
    for article, field, text in held:
        given = article.text(field)
        for found in pattern.finditer(text):
            start, end = found.span()
            yield Span(article.id, field, start, end, given[start:end])


def _outlets(held: Iterable[tuple[Article, Field, str]]) -> Iterator[tuple[str, Span]]:
    # Headlines capitalise everything, so that anything there may look like a name.
    running = [one for one in held if one[1] is not Field.TITLE]
    for span in _spans(running, _OUTLET):
        skipped = 0
        while match := _ARTICLE.match(span.text[skipped:]):
            skipped += match.end()
        name = span.text[skipped:]
        if len(name.split()) > 1:
            yield (
                " ".join(name.split()),
                Span(span.article, span.field, span.start + skipped, span.end, name),
            )


def _grouped(found: Iterable[tuple[str, Span]]) -> tuple[Mention, ...]:
    groups: dict[str, list[Span]] = {}
    for name, span in found:
        groups.setdefault(name, []).append(span)
    return tuple(Mention(name, tuple(groups[name])) for name in sorted(groups))
