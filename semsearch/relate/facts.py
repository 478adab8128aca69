"""Extract facts by light rules that need no model: names, figures, months, regions, agencies.

Facts tell apart texts from one template: a notice about another product, an item about another
company, the figures of another month. Case gives names away; where a text has lost its case
(all capitals or none), only figures, months and regions are found. An agency is found where an
article credits it for its text.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from semsearch.model.article import Article, Field, Provider
from semsearch.model.relation import AgencyCredit, Side, TextSpan
from semsearch.text.numerals import MONTHS, UNITS, WEEKDAYS

_MOST_SPELLED = 12
_QUARTERS = {"first": "1", "second": "2", "third": "3", "fourth": "4"}

_NUMBER = re.compile(
    r"(?<![\w.,])[$€£]?(\d[\d,]*(?:\.\d+)*(?:-\d+/\d+|/\d+)?)(?:st|nd|rd|th|bn|m|k|pc|s)?(?!\w)"
)
SPELLED_DIGITS = {word: str(value) for word, value in UNITS.items() if value <= _MOST_SPELLED}
_SPELLED = re.compile(
    rf"\b({'|'.join(SPELLED_DIGITS)})"
    r"(?=[ -](?:hundred|thousand|million|billion|trillion|percent|per cent|pct)\b)",
    re.IGNORECASE,
)
# Dates are looked for in lower case, so that they are found where case is lost.
_MONTH = re.compile(rf"\b({'|'.join(MONTHS)}|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b\.?")
_AMBIGUOUS = {"may", "march", "mar", "jan", "sep", "dec"}
_BESIDE_DATE = re.compile(r"\s*\d")
_AFTER_PREPOSITION = re.compile(r"(?:\d|\b(?:in|last|next|of|by|since|until|late|early|mid))\W*$")
_QUARTER = re.compile(r"\b(first|second|third|fourth)[ -]quarter|\bq([1-4])\b")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")

# A run of small letters is looked at from its beginning alone: a word may be as long as a text.
_CAPITALISED = re.compile(r"[^\W\d_a-z][\w&’'-]*(?:\.(?:js|NET|io|com))?|(?<![a-z])[a-z]+[A-Z]\w*")
_OF = r"(?:(?:of|de|van|von|for|al|bin)[ ])?"
_NAME = re.compile(rf"(?:{_CAPITALISED.pattern})(?:[ ]{_OF}(?:{_CAPITALISED.pattern}))*")
_POSSESSIVE = re.compile(r"[’']s$")
_PART = re.compile(r"[^\W_]+")
_OPENS_SENTENCE = re.compile(r"(?:^|[.!?:;…\n“”\"'‘(\[—–|-])\s*$")
_LOST_BELOW, _LOST_ABOVE = 0.005, 0.6
NO_NAMES = frozenset(
    """a an the this that these those he she it they we you i his her its their our your my but and
    or nor so yet if as at by for from in into of off on onto out over to up with when while where
    who whom whose which what why how not no yes is are was were be been has have had do does did
    will would can could should may might must there here after before since until although though
    because however meanwhile also still then than now only just even both each all some many most
    more other another such one two three four five six seven eight nine ten first last new mr mrs
    ms dr sir today yesterday tomorrow
    about under during between among through despite according unlike like per via
    photo photos image images video read watch reuters ap afp getty copyright""".split()
).union(WEEKDAYS)

_COUNTRIES = """Afghanistan Albania Algeria Angola Argentina Armenia Australia Austria Azerbaijan
Bahrain Bangladesh Belarus Belgium Bolivia Botswana Brazil Bulgaria Cambodia Cameroon Canada Chad
Chile China Colombia Congo Croatia Cuba Cyprus Denmark Ecuador Egypt Eritrea Estonia Ethiopia
Finland France Gabon Gambia Germany Ghana Greece Guatemala Guinea Haiti Honduras Hungary Iceland
India Indonesia Iran Iraq Ireland Israel Italy Jamaica Japan Jordan Kazakhstan Kenya Korea Kosovo
Kuwait Kyrgyzstan Laos Latvia Lebanon Lesotho Liberia Libya Lithuania Luxembourg Madagascar Malawi
Malaysia Mali Malta Mauritania Mauritius Mexico Moldova Mongolia Montenegro Morocco Mozambique
Myanmar Namibia Nepal Netherlands Nicaragua Niger Nigeria Norway Oman Pakistan Panama Paraguay Peru
Philippines Poland Portugal Qatar Romania Russia Rwanda Senegal Serbia Singapore Slovakia Slovenia
Somalia Spain Sudan Sweden Switzerland Syria Taiwan Tajikistan Tanzania Thailand Togo Tunisia
Turkey Turkmenistan Uganda Ukraine Uruguay Uzbekistan Venezuela Vietnam Yemen Zambia Zimbabwe
Africa Asia Europe America Scotland Wales England Britain""".split()
_LONG_NAMES = (
    "Hong Kong|Saudi Arabia|South Africa|New Zealand|Sri Lanka|Costa Rica|El Salvador"
    "|Czech Republic|United Kingdom|United States|United Arab Emirates|North Korea|South Korea"
    "|New York|New Jersey|New Mexico|New Hampshire|North Carolina|South Carolina|North Dakota"
    "|South Dakota|West Virginia|Rhode Island"
)
_STATES = """Alabama Alaska Arizona Arkansas California Colorado Connecticut Delaware Florida
Georgia Hawaii Idaho Illinois Indiana Iowa Kansas Kentucky Louisiana Maine Maryland Massachusetts
Michigan Minnesota Mississippi Missouri Montana Nebraska Nevada Ohio Oklahoma Oregon Pennsylvania
Tennessee Texas Utah Vermont Virginia Washington Wisconsin Wyoming""".split()
_COMPASS = r"(?:north|south|east|west|central|northeast|northwest|southeast|southwest)"
_REGIONS = frozenset(name.casefold() for name in (*_COUNTRIES, *_STATES, "UK", "UAE", "EU", "USA"))

_REGION = re.compile(
    rf"\b(?:{_LONG_NAMES})\b|\b(?:{_COMPASS}\s)?([^\W\d_]{{2,}})((?:\s{_COMPASS})+(?:\s[1-9])?)?\b",
    re.IGNORECASE,
)
_US = re.compile(rf"\bU\.?S\b(?!\s(?i:{_COMPASS}))")

_AGENCIES = {
    "Reuters": "Thomson Reuters|Reuters",
    "AP": "The Associated Press|Associated Press|AP",
    "AFP": "Agence France-Presse|Agence France Presse|AFP",
    "ANI": "Asian News International|ANI",
    "PTI": "Press Trust of India|PTI",
    "IANS": "Indo-Asian News Service|IANS",
    "UPI": "United Press International|UPI",
    "Xinhua": "Xinhua News Agency|Xinhua",
    "dpa": "Deutsche Presse-Agentur|dpa|DPA",
    "Bloomberg": "Bloomberg News|Bloomberg",
    "TASS": "ITAR-TASS|TASS",
    "Interfax": "Interfax",
    "Kyodo": "Kyodo News|Kyodo",
    "Jiji": "Jiji Press|Jiji",
    "Yonhap": "Yonhap News Agency|Yonhap",
    "CNA": "Central News Agency",
    "EFE": "Agencia EFE|EFE",
    "ANSA": "ANSA",
    "Anadolu": "Anadolu Agency|Anadolu",
    "PA Media": "PA Media|Press Association",
    "AAP": "Australian Associated Press|AAP",
    "The Canadian Press": "The Canadian Press|Canadian Press",
    "Dow Jones": "Dow Jones Newswires|Dow Jones",
    "PR Newswire": "PR ?Newswire|PRNEWSWIRE",
    "Business Wire": "Business ?Wire|BUSINESS ?WIRE",
    "GlobeNewswire": "Globe ?Newswire|GLOBE ?NEWSWIRE",
    "ACCESSWIRE": "ACCESSWIRE|Accesswire",
    "EIN Presswire": "EIN ?Presswire",
    "Newsfile": "Newsfile Corp\\.?|Newsfile",
}
PRESS_WIRES = frozenset(
    ("PR Newswire", "Business Wire", "GlobeNewswire", "ACCESSWIRE", "EIN Presswire", "Newsfile")
)
"""Those that send out the releases of others: what they carry begins with them."""
_DOMAINS = {
    "reuters.com": "Reuters", "apnews.com": "AP", "ap.org": "AP", "afp.com": "AFP",
    "aninews.in": "ANI", "ptinews.com": "PTI", "upi.com": "UPI", "xinhuanet.com": "Xinhua",
    "news.cn": "Xinhua", "dpa.com": "dpa", "tass.com": "TASS", "interfax.com": "Interfax",
    "kyodonews.net": "Kyodo", "yna.co.kr": "Yonhap", "focustaiwan.tw": "CNA", "efe.com": "EFE",
    "ansa.it": "ANSA", "aa.com.tr": "Anadolu", "prnewswire.com": "PR Newswire",
    "businesswire.com": "Business Wire", "globenewswire.com": "GlobeNewswire",
    "accesswire.com": "ACCESSWIRE", "einpresswire.com": "EIN Presswire",
    "newsfilecorp.com": "Newsfile",
}  # fmt: skip
_AGENCY = "|".join(f"(?P<a{number}>{pattern})" for number, pattern in enumerate(_AGENCIES.values()))
_CREDIT_CHARS = 500
"""Characters at either end of a text in which credits stand."""
_LABEL = r"^[ \t]*(?i:by|from|source|agency|credit)s?"
# A credit is a form, not a mention: "Reuters reported" is none.
_CREDITS = tuple(
    re.compile(form.replace("NAME", f"(?:{_AGENCY})"), re.MULTILINE)
    for form in (
        r"\((?:via )?NAME(?:[ ]?/[ ]?\w+)?\)",  # OSLO (Reuters) - ; at the end: (ANI)
        r"^[ \t]*(?:--|[-–—])?[ \t]*NAME[ \t]*$",  # a line that is nothing else
        # By The Associated Press; Source: ANI; By Jane Roe, AP
        rf"{_LABEL}[ \t]*[:/|]?[ \t]+(?:[^\n,|/]{{1,60}}[,|/][ \t]*)?NAME\b",
        r"[-–—/|,][ \t]*NAME[ \t]*$",  # By Jane Roe / AP
        r"(?:^|[ \t]/)NAME/[ \t]*(?:--|[-–—])",  # OSLO, May 2 /PRNewswire/ --
        r"\b(?i:with (?:inputs|reports|files|material) from(?: the)?) NAME\b",
        r"(?:©|\([cC]\)|[Cc]opyright)[ \t]*(?:\d{4}[ \t]+)?(?:by[ \t]+)?NAME\b",
        # OSLO, May 2 - Reuters
        r"^[A-Z][A-Z .,'-]{2,40}(?:,[^\n()]{0,30})?[ \t]*[-–—,][ \t]*NAME\b",
    )
)


_OUTLET_CREDIT = (
    r"(?i:\b(?:originally|first) (?:appeared|published|ran|reported) (?:on|in|by|at)(?: the)?"
    r"|\b(?:republished|reprinted|reproduced|taken) (?:with permission )?from(?: the)?"
    r"|\bcourtesy of(?: the)?|^[ \t]*source[ \t]*:(?: the)?|^[ \t]*via(?: the)?)[ \t]+NAME\b"
    r"|\(NAME\)"
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What a text names. ``names`` are as written; everything else is normalised.

    Attributes:
        names: People, places, organisations and products, each as one run of words.
        numbers: In digits, without separators of thousands; years left out.
        months: Months, quarters ("q1") and years.
        regions: Countries, states and compass regions.
    """

    names: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()
    months: frozenset[str] = frozenset()
    regions: frozenset[str] = frozenset()


@lru_cache(maxsize=256)  # an article is compared with many, and reading its facts takes longest
def facts_of(text: str) -> Facts:
    """The facts of a text."""
    return Facts(
        names=frozenset(_names(text)),
        numbers=numbers(text) - frozenset(_YEAR.findall(text)),
        months=frozenset(_months(text)),
        regions=regions(text),
    )


def numbers(text: str) -> frozenset[str]:
    """The figures of a text in digits, years among them."""
    written = {match[1].replace(",", "") for match in _NUMBER.finditer(text)}
    return frozenset(written | {SPELLED_DIGITS[word.casefold()] for word in _SPELLED.findall(text)})


def figures(text: str, title: str = "") -> frozenset[str]:
    """The figures, months, quarters and years of a text and of its title."""
    whole = f"{title}\n{text}"
    return numbers(whole) | frozenset(_months(whole))


def name_words(text: str, title: str = "") -> frozenset[str]:
    """The words of the names in a text.

    Of a title only the regions count, as nearly all of its words may be capitalised and no two
    outlets choose the same ones.
    """
    found = (*_names(text), *regions(title))
    return frozenset(word for name in found for word in _parts(name))


def regions(text: str) -> frozenset[str]:
    """The regions that a text names, in lower case; works on texts that have lost their case."""
    found = {
        match[0].casefold()
        for match in _REGION.finditer(text)
        if not match[1] or _is_region(match[1].casefold(), followed=bool(match[2]))
    }
    return frozenset(found | {"us"} if _US.search(text) and not text.isupper() else found)


def _is_region(word: str, *, followed: bool) -> bool:
    # "us" is a pronoun unless a compass word follows: "US East 2".
    return word in _REGIONS or (followed and word == "us")


def credits_of(side: Side, article: Article) -> tuple[AgencyCredit, ...]:
    """The agencies that an article credits, in the order of their first credit."""
    first_credits: dict[str, AgencyCredit] = {}
    for field in (Field.EXCERPT, Field.BODY):
        for agency, start, end in credits_in(article.text(field)):
            span = TextSpan(side, field, start, end, article.text(field)[start:end])
            first_credits.setdefault(agency, AgencyCredit(agency, span))
    return tuple(first_credits.values())


def credited_agencies(article: Article) -> tuple[str, ...]:
    """The agencies that an article credits, in alphabetical order."""
    return tuple(sorted({credit.agency for credit in credits_of("a", article)}))


def own_agency(article: Article) -> str:
    """The agency that the provider is, by its name or domain; empty where it is none."""
    domain = article.provider.domain.casefold().removeprefix("www.")
    if domain in _DOMAINS:
        return _DOMAINS[domain]
    for agency, pattern in _AGENCIES.items():
        if re.fullmatch(pattern, article.provider.name.strip(), re.IGNORECASE):
            return agency
    return ""


def credits_outlet(article: Article, provider: Provider) -> bool:
    """Whether an article says at one of its ends that its text is from an outlet."""
    names = [re.escape(name) for name in (provider.name.strip(), provider.domain) if len(name) > 1]
    return bool(names) and any(
        re.search(_OUTLET_CREDIT.replace("NAME", f"(?:{'|'.join(names)})"), end, re.MULTILINE)
        for text in (article.excerpt, article.body)
        for end in (text[:_CREDIT_CHARS], text[-_CREDIT_CHARS:])
    )


def names_itself(article: Article) -> bool:
    """Whether an article credits its own outlet as an agency does: "OSLO, May 2 (MNA) -"."""
    name = article.provider.name.strip()
    words = re.findall(r"[^\W\d_]+", name)
    forms = {name, "".join(word[0] for word in words if word[0].isupper())} - {""}
    return any(
        len(form) > 1 and re.search(rf"\({re.escape(form)}\)", end)
        for form in forms
        for text in (article.excerpt, article.body)
        for end in (text[:_CREDIT_CHARS], text[-_CREDIT_CHARS:])
    )


def credits_in(text: str) -> Iterator[tuple[str, int, int]]:
    """Agency, start and end of each credit at the two ends of a text."""
    names = list(_AGENCIES)
    tail = max(len(text) - _CREDIT_CHARS, _CREDIT_CHARS)
    for offset, piece in ((0, text[:_CREDIT_CHARS]), (tail, text[tail:])):
        for form in _CREDITS:
            for match in form.finditer(piece):
                group = match.lastgroup or ""  # the only group that matched
                start, end = match.span(group)
                yield names[int(group[1:])], offset + start, offset + end


def _parts(fact: str) -> list[str]:
    """The words of a fact that carry it, in lower case."""
    return [word for word in _PART.findall(fact.casefold()) if word not in NO_NAMES]


def _months(text: str) -> Iterable[str]:
    text = text.lower()
    for match in _MONTH.finditer(text):
        word = match[1]
        if word in _AMBIGUOUS and not (
            _BESIDE_DATE.match(text, match.end())
            or _AFTER_PREPOSITION.search(text, max(match.start() - 8, 0), match.start())
        ):
            continue
        yield next(month for month in MONTHS if month.startswith(word[:3]))
    for match in _QUARTER.finditer(text):
        yield "q" + (match[2] or _QUARTERS[match[1]])
    yield from _YEAR.findall(text)


def _names(text: str) -> Iterable[str]:
    words = re.findall(r"[^\W\d_]+", text[:4000])
    if not words:
        return
    share = sum(word[0].isupper() for word in words) / len(words)
    if share < _LOST_BELOW or share > _LOST_ABOVE:
        return
    found: list[str] = []
    opening: list[str] = []
    for match in _NAME.finditer(text):
        run = match[0].split()
        first = _OPENS_SENTENCE.search(text, max(match.start() - 4, 0), match.start())
        while run and _POSSESSIVE.sub("", run[0].casefold()) in NO_NAMES:
            run, first = run[1:], None
        name = _POSSESSIVE.sub("", " ".join(run))
        if len(name) <= 1:
            continue
        (opening if first and len(run) == 1 and not name.isupper() else found).append(name)
    seen = {word for name in found for word in _parts(name)}
    yield from found
    # The first word of a sentence is a name where it is one elsewhere.
    yield from (name for name in opening if set(_parts(name)) & seen)
