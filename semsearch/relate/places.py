"""Regions by name: countries, states of the USA, and what compass words are put before."""

import re

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
_LONG = (
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
_NAMED = frozenset(name.casefold() for name in (*_COUNTRIES, *_STATES, "UK", "UAE", "EU", "USA"))

_RUN = re.compile(
    rf"\b(?:{_LONG})\b|\b(?:{_COMPASS}\s)?([^\W\d_]{{2,}})((?:\s{_COMPASS})+(?:\s[1-9])?)?\b",
    re.IGNORECASE,
)
_USA = re.compile(rf"\bU\.?S\b(?!\s(?i:{_COMPASS}))")


def regions(text: str) -> frozenset[str]:
    """The regions that a text names, in lower case; works on texts that have lost their case."""
    found = {
        match[0].casefold()
        for match in _RUN.finditer(text)
        if not match[1] or _is_region(match[1].casefold(), followed=bool(match[2]))
    }
    return frozenset(found | {"us"} if _USA.search(text) and not text.isupper() else found)


def _is_region(word: str, *, followed: bool) -> bool:
    # "us" is a pronoun unless a compass word follows: "US East 2".
    return word in _NAMED or (followed and word == "us")
