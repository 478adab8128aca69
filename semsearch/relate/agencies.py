"""Which agency an article says its text is from."""

import re
from collections.abc import Iterator

from semsearch.model.article import Article, Field
from semsearch.model.relation import AgencyCredit, Side, TextSpan

AGENCIES = {
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
    "PR Newswire": "PR ?Newswire",
    "Business Wire": "Business ?Wire",
    "GlobeNewswire": "Globe ?Newswire",
}
_NAMED = "|".join(f"(?P<a{number}>{pattern})" for number, pattern in enumerate(AGENCIES.values()))
_ENDS = 500
"""Characters at either end of a text in which credits stand."""
_NUMBERS = {agency: number for number, agency in enumerate(AGENCIES)}
_LABEL = r"^[ \t]*(?i:by|from|source|agency|credit)s?"
# A credit is a form, not a mention: "Reuters reported" is none.
_FORMS = tuple(
    re.compile(form.replace("NAME", f"(?:{_NAMED})"), re.MULTILINE)
    for form in (
        r"\((?:via )?NAME(?:[ ]?/[ ]?\w+)?\)",  # OSLO (Reuters) - ; at the end: (ANI)
        r"^[ \t]*(?:--|[-–—])?[ \t]*NAME[ \t]*$",  # a line that is nothing else
        # By The Associated Press; Source: ANI; By Jane Roe, AP
        rf"{_LABEL}[ \t]*[:/|]?[ \t]+(?:[^\n,|/]{{1,60}}[,|/][ \t]*)?NAME\b",
        r"[-–—/|,][ \t]*NAME[ \t]*$",  # By Jane Roe / AP
        r"\b(?i:with (?:inputs|reports|files|material) from(?: the)?) NAME\b",
        r"(?:©|\([cC]\)|[Cc]opyright)[ \t]*(?:\d{4}[ \t]+)?(?:by[ \t]+)?NAME\b",
        # OSLO, May 2 - Reuters
        r"^[A-Z][A-Z .,'-]{2,40}(?:,[^\n()]{0,30})?[ \t]*[-–—,][ \t]*NAME\b",
    )
)


def credits_of(side: Side, article: Article) -> tuple[AgencyCredit, ...]:
    """The agencies that an article credits, in the order of their first credit."""
    found: dict[str, AgencyCredit] = {}
    for field in (Field.EXCERPT, Field.BODY):
        for agency, start, end in _credits(article.text(field)):
            span = TextSpan(side, field, start, end, article.text(field)[start:end])
            found.setdefault(agency, AgencyCredit(agency, span))
    return tuple(found.values())


def agency_itself(article: Article) -> str:
    """The agency that the provider is; empty where it is none."""
    for agency, pattern in AGENCIES.items():
        if re.fullmatch(pattern, article.provider.name.strip(), re.IGNORECASE):
            return agency
    return ""


def _credits(text: str) -> Iterator[tuple[str, int, int]]:
    cut = max(len(text) - _ENDS, _ENDS)
    for offset, piece in ((0, text[:_ENDS]), (cut, text[cut:])):
        for form in _FORMS:
            for match in form.finditer(piece):
                agency = next(
                    name
                    for name, number in _NUMBERS.items()
                    if match.group(f"a{number}") is not None
                )
                start, end = match.span(f"a{_NUMBERS[agency]}")
                yield agency, offset + start, offset + end
