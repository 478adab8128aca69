"""What acronyms stand for in this archive: "Azure VMware Solution (AVS)" says it itself."""

import re
from collections import Counter
from collections.abc import Iterable

ACRONYM = re.compile(r"\b[A-Z][A-Z0-9]{1,6}\b")

_SMALL = frozenset("of for and the as to in on a".split())
_LONG_FORM = re.compile(
    r"((?:[A-Z][\w-]*[ ]|(?:of|for|and|the|as|to|in|on|a)[ ]|[a-z]+[ ]){1,7}[A-Za-z][\w-]*)\s*"
    r"\(([A-Z][A-Za-z0-9]{1,7})\)"
)
_EXTRA_WORDS = 3
_MIN_TIMES = 2


def long_form(acronym: str, texts: Iterable[str]) -> str:
    """What most texts spell an acronym out as, if two or more agree; else an empty text."""
    counts = Counter(form for text in texts for form in _forms(acronym, text))
    if not counts:
        return ""
    form, times = min(counts.items(), key=lambda item: (-item[1], item[0]))
    return form if times >= _MIN_TIMES else ""


def _forms(acronym: str, text: str) -> Iterable[str]:
    """The shortest run of words before "(ACRONYM)" whose initials spell it."""
    if f"({acronym}" not in text:
        return
    for match in _LONG_FORM.finditer(text):
        if match[2].removesuffix("s") != acronym:
            continue
        words = re.split(r"[ -]+", match[1])
        for count in range(len(acronym), min(len(words), len(acronym) + _EXTRA_WORDS) + 1):
            run = words[-count:]
            initials = "".join(word[0] for word in run).upper()
            strong = "".join(word[0] for word in run if word.lower() not in _SMALL).upper()
            if acronym in (initials, strong) and acronym not in map(str.upper, run):
                yield " ".join(run)
                break
