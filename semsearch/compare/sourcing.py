"""Find whom a text names as its source: agencies, outlets, unnamed sources, and quoted text.

An agency or outlet is a source where something is attributed to it: by a verb (*told Reuters*, *the
Post reported*), by *according to*, or by a credit. A name alone is a mention and is passed over, as
are photo credits, and an outlet is no source of itself.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from semsearch.model.article import FIELDS, Article, Basis, Field
from semsearch.model.comparison import ClaimEvidence, Mention, Sourcing, Span
from semsearch.text.boilerplate import masked
from semsearch.text.quotations import quotations
from semsearch.text.statements import words_in

METHOD = "agencies and outlets with a verb of attribution or a credit; quotations of four words on"

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
# "The Harbour Ledger", "Northvale Evening Post": a capitalised name that ends as outlets' do. A
# full stop with a blank behind it ends a sentence, unless it is that of initials or "St.".
_OUTLET = re.compile(
    r"\b(?:(?:(?:[A-Z]\.)+|(?:St|Mt|Ft)\.|[A-Z](?:[\w’'&-]|\.(?=\w))*)\s+){1,4}"
    r"(?:Times|Post|Journal|News|Herald|Tribune|Guardian|Telegraph"
    r"|Gazette|Ledger|Chronicle|Observer|Courier|Broadcasting|Radio|Television|TV|Weekly|Review"
    r"|Magazine|Globe|Mail|Mirror|Dispatch|Examiner|Inquirer|Standard)\b"
)
_ARTICLE = re.compile(r"^(?:The|In|A|On|By|From|As|But|And|When|While)\s+")
_REPORTS = (
    r"(?:reports?|reported|reporting|revealed|reveals|found|wrote|writes|published|broke|obtained"
    r"|learned|noted|notes|quoted|cited|confirmed|first|said|says|added|adds|disclosed|detailed)"
)
# What stands right before or after a name where something is attributed to it.
_CREDITED_BEFORE = re.compile(
    r"(?:\b(?:according to|told|tells|said to|speaking to|spoke to|spoke with|speaking with"
    r"|reported by|reports by|reporting by|report by|published (?:by|in)|obtained by|reviewed by"
    r"|seen by|first (?:by|in)|cited by|citing|quoted by|interview (?:with|by)|interviewed by"
    r"|poll by|informed|confirmed to|statement to|report in|article in|story in|appeared in)"
    r"\s+(?:an?\s+|the\s+|both\s+)?(?:\w+\s+){0,1})$",
    re.IGNORECASE,
)
_CREDITED_AFTER = re.compile(
    rf"^(?:['’]s?)?(?:\s+(?:has|had|have|also|later|previously|earlier|on|in|its|[A-Z][a-z]+day))*"
    rf"\s+{_REPORTS}\b|^\s+contributed to this report|^(?:['’]s?)?\s+(?:report|investigation"
    r"|interview|story|article|analysis)\s+(?:said|says|found|revealed|quoted|cited|that)\b"
)
# "WASHINGTON (AP) -", a credit that closes a line, one in brackets at the very end.
_CREDIT_BEFORE = re.compile(r"(?:^|\n)[^\n]{0,60}\($")
_CREDIT_AFTER = re.compile(r"^\)\s*(?:[-–—:]|$|\n)")
_PHOTO = re.compile(r"^\s*(?:photo|image|/|via|file)|^[^\n]{0,20}getty", re.IGNORECASE)
_HOMES = {
    "Associated Press": ("apnews.", "ap.org"),
    "Reuters": ("reuters.",),
    "Bloomberg": ("bloomberg.",),
    "Agence France-Presse": ("afp.com",),
    "Xinhua": ("xinhuanet.", "news.cn"),
    "United Press International": ("upi.com",),
    "Press Trust of India": ("ptinews.",),
    "Asian News International": ("aninews.",),
}
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
# "A source close to her told the Evening Post": another outlet's source.
_TOLD = "told"
_TOLD_ANOTHER = re.compile(r"^[^.!?“”\"]{0,40}?\btold\s+(?:the\s+|The\s+)?([A-Z][\w’'&-]*)")
# These name people and attribute nothing: that takes a verb of saying, or "according to".
_NAMES_ONLY = re.compile(
    r"(?:familiar\s+with|close\s+to|with\s+knowledge\s+of|briefed\s+on)$"
    r"|^(?:anonymous|unnamed|unidentified)\b",
    re.IGNORECASE,
)
_SAYS_BEFORE = re.compile(
    r"\b(?:according to|said|says|added|told by|heard from|confirmed by|by)"
    r"\s+(?:(?:an?|the|one|two|three|several|some|many|other|multiple)\s+)?(?:\w+\s+){0,2}$",
    re.IGNORECASE,
)
_SAYS_AFTER = re.compile(
    r"^(?:[^.!?]|(?<=[MDS][rst])\.|(?<=Sen|Rep|Gov)\.|\.(?=\w)){0,200}?\b(?:sa(?:y|ys|id)|t(?:ell|ells|old)|add(?:s|ed)?|confirm(?:s|ed)?"
    r"|describe[sd]?|report(?:s|ed)?|acknowledge[sd]?|insist(?:s|ed)?|warn(?:s|ed)?|den(?:y|ies|ied)"
    r"|suggest(?:s|ed)?|claim(?:s|ed)?|explain(?:s|ed)?|caution(?:s|ed)?|disclose[sd]?)\b"
)
# Whom another cites or has as a source is no source of this text.
_OF_ANOTHER = re.compile(
    r"\b(?:cit(?:e|es|ed|ing)|quot(?:e|es|ed|ing))\s+(?:\w+\s+)?$|[A-Z][\w.]*['’](?:s?\s+)?$"
)
_MIN_QUOTED_WORDS = 4
# A line that begins with its speaker, as "MR. HOLM: Yes".
_SPEAKER = re.compile(
    r"^(?:[A-Z][A-Z.'’ -]{1,40}|[A-Z][\w.'’-]+(?: [A-Z][\w.'’-]+){0,3}):\s+\S|^[QA][.:]?\s+[A-Z]"
)
_QUESTION_LINE = re.compile(r"^[A-Z][^\n]{10,300}\?$")
_MANY_LINES, _MANY = 4, 0.15  # of a text, and the share of them: it is speech throughout
_MAX_SPEAKER_WORDS = 4  # of a line that names who speaks next, again and again


def sourcing(articles: Sequence[Article], basis: Basis, evidence: ClaimEvidence) -> Sourcing:
    """What some articles of one provider name as their sources; its own name does not count."""
    held = [
        (article, field, masked(article.text(field)))
        for article in articles
        for field in FIELDS
        if field is not Field.TITLE  # it attributes nothing, and capitalises everything
    ]
    own = {_plain(article.provider.name) for article in articles} - {""}
    domains = " ".join(article.provider.domain for article in articles)
    agencies = [
        (AGENCIES[span.text], span)
        for span in _attributed(held, _AGENCY)
        if not any(home in domains for home in _HOMES.get(AGENCIES[span.text], ()))
        and not _is_own(AGENCIES[span.text], own, domains)
    ]
    outlets = [
        (name, span)
        for name, span in _outlets(held)
        if name not in AGENCIES and not _is_own(name, own, domains)
    ]
    quotes = tuple(span for span in _quotes(held) if len(words_in(span.text)) >= _MIN_QUOTED_WORDS)
    length = sum(len(text) for _, _, text in held)
    speech = any(_is_speech(text) for _, field, text in held if field is Field.BODY)
    quoted = round(sum(len(quote.text) for quote in quotes) / length, 4) if length else 0.0
    return Sourcing(
        agencies=_grouped(agencies),
        outlets=_grouped(outlets),
        anonymous=tuple(_anonymous(held, own, domains)),
        quotes=quotes,
        quoted_share=None if speech else quoted,
        basis=basis,
        method=METHOD,
        evidence=evidence,
    )


def _plain(name: str) -> str:
    return re.sub(r"^the\s+|\W+", "", name.casefold())


def _is_own(name: str, own: set[str], domains: str) -> bool:
    """Whether a name is that of one of the providers, by their names and domains."""
    plain = _plain(name)
    return any(plain in each or each in plain for each in own) or plain in domains.replace(".", "")


def _is_speech(text: str) -> bool:
    """Whether a text is a transcript or an interview, of which nothing tells what is quoted."""
    lines = [stripped for line in text.splitlines() if (stripped := line.strip())]
    spoken = sum(_SPEAKER.match(line) is not None for line in lines)
    asked = sum(_QUESTION_LINE.match(line) is not None for line in lines)
    short = Counter(line for line in lines if len(line.split()) <= _MAX_SPEAKER_WORDS)
    named = sum(count for count in short.values() if count >= _MANY_LINES)
    most = max(spoken, asked, named)
    return most >= _MANY_LINES and most >= _MANY * len(lines)


def _spans(held: Iterable[tuple[Article, Field, str]], pattern: re.Pattern[str]) -> Iterator[Span]:
    for article, field, text in held:
        given = article.text(field)
        for found in pattern.finditer(text):
            start, end = found.span()
            yield Span(article.id, field, start, end, given[start:end])


def _anonymous(
    held: Iterable[tuple[Article, Field, str]], own: set[str], domains: str
) -> Iterator[Span]:
    for article, field, text in held:
        quoted = list(quotations(text))
        for span in _spans([(article, field, text)], _ANONYMOUS):
            end = span.end - len(_TOLD) if span.text.endswith(_TOLD) else span.end
            told = _TOLD_ANOTHER.match(text[end : end + _BESIDE])
            if told is not None and not _is_own(told[1], own, domains):
                continue
            in_quotation = any(first < span.start and span.end < last for first, last in quoted)
            if not in_quotation and _is_said(text, span):
                yield span


def _is_said(text: str, span: Span) -> bool:
    """Whether the text itself attributes something to unnamed people, whom no other cites."""
    before = text[max(0, span.start - _BESIDE) : span.start]
    if _OF_ANOTHER.search(before):
        return False
    if _NAMES_ONLY.search(span.text) is None:
        return True
    after = _SAYS_AFTER.search(text[span.end : span.end + 3 * _BESIDE])
    return after is not None or _SAYS_BEFORE.search(before) is not None


def _quotes(held: Iterable[tuple[Article, Field, str]]) -> Iterator[Span]:
    for article, field, text in held:
        given = article.text(field)
        for start, end in quotations(text):
            yield Span(article.id, field, start, end, given[start:end])


def _attributed(
    held: Iterable[tuple[Article, Field, str]], pattern: re.Pattern[str]
) -> Iterator[Span]:
    """The names to which something is attributed."""
    for one in held:
        for span in _spans([one], pattern):
            if _is_attributed(one[2], span.start, span.end):
                yield span


def _is_attributed(text: str, start: int, end: int) -> bool:
    before, after = text[max(0, start - _BESIDE) : start], text[end : end + _BESIDE]
    if _PHOTO.search(after):
        return False
    return (
        _CREDITED_BEFORE.search(before) is not None
        or _CREDITED_AFTER.search(after) is not None
        or (_CREDIT_BEFORE.search(before) is not None and _CREDIT_AFTER.search(after) is not None)
    )


_BESIDE = 80  # characters


def _outlets(held: Iterable[tuple[Article, Field, str]]) -> Iterator[tuple[str, Span]]:
    for article, field, text in held:
        for span in _spans([(article, field, text)], _OUTLET):
            skipped = 0
            while match := _ARTICLE.match(span.text[skipped:]):
                skipped += match.end()
            name = span.text[skipped:]
            start = span.start + skipped
            if len(name.split()) > 1 and _is_attributed(text, start, span.end):
                yield " ".join(name.split()), Span(article.id, field, start, span.end, name)


def _grouped(found: Iterable[tuple[str, Span]]) -> tuple[Mention, ...]:
    groups: dict[str, list[Span]] = {}
    for name, span in found:
        groups.setdefault(name, []).append(span)
    return tuple(Mention(name, tuple(groups[name])) for name in sorted(groups))
