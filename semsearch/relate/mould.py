"""Whether two texts are notices from one mould: on two subjects, or two of a series.

Names and figures differ throughout, beginning with what the text is about, and little else.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from semsearch.relate.slots import (
    DATES,
    MIN_SERIES_DAYS,
    SHORT_WORDS,
    Slot,
    Word,
    days_between,
    figures_apart,
    names_apart,
    places_of,
    title_facts,
)
from semsearch.text.numerals import WEEKDAYS

if TYPE_CHECKING:
    from semsearch.relate.profile import Profile

_LEAST_ALIKE = 5
"""Words at the end of two titles that are alike, from which they are of one mould."""
_MIN_FACTS, _MIN_SHARE, _MIN_LEAD_SHARE, _MIN_OF_FACTS = 3, 0.6, 0.8, 0.75
_MIN_PLACES, _SOME_FIGURES, _MANY_FIGURES = 2, 2, 5


def are_of_one_mould(slots: Sequence[Slot], a: "Profile", b: "Profile") -> bool:
    """Whether names and figures differ throughout, in all of both texts or in how they begin.

    Where one of the two goes on after the mould only the beginnings tell.
    """
    if _is_next_in_series(slots, a, b) or _is_on_another(a, b):
        return True
    if sum(slot.is_replacement for slot in slots) < _MIN_PLACES:
        return False
    whole, lead = _counted(slots), _counted([slot for slot in slots if slot.in_lead])
    if lead.names and whole.facts >= _MIN_FACTS and whole.words_replaced >= _MIN_SHARE:
        return True
    is_filled = lead.are_facts or lead.words_replaced >= _MIN_LEAD_SHARE
    if lead.names and lead.figures and lead.facts >= _MIN_FACTS and is_filled:
        return True
    if lead.words_replaced < _MIN_LEAD_SHARE:
        return False
    are_days_apart = whole.is_other_day or days_between(a, b) >= MIN_SERIES_DAYS
    is_series = are_days_apart and whole.words_replaced >= _MIN_LEAD_SHARE
    few = whole.facts >= _MIN_FACTS and whole.figures >= _SOME_FIGURES
    return (is_series and few) or lead.figures >= _MANY_FIGURES


def _is_on_another(a: "Profile", b: "Profile") -> bool:
    """Whether two titles begin with two names and then say the same, and so do the texts.

    "Ferrant Air has earned the seal of safe flying" and "Nordwind has earned the seal of safe
    flying": each text has the name of its own title, and neither that of the other's. One outlet's
    texts of one day may be a text and its correction.
    """
    if a.article.provider.key == b.article.provider.key and days_between(a, b) < 1:
        return False
    own, other = (re.findall(r"[^\W_]+", each.article.title) for each in (a, b))
    alike = 0
    while alike < min(len(own), len(other)) and own[-1 - alike] == other[-1 - alike]:
        alike += 1
    names = own[: len(own) - alike], other[: len(other) - alike]
    if alike < _LEAST_ALIKE or not all(0 < len(name) <= SHORT_WORDS for name in names):
        return False
    texts = [
        " ".join(re.findall(r"[^\W_]+", f"{it.article.excerpt} {it.article.body}")) for it in (a, b)
    ]
    return all(
        any(word.casefold() in title_facts(it.article.title) for word in name)
        and name[0][0].isupper()
        and _has_words(text, name)
        and not any(_has_words(text, [word]) for word in others if word[0].isupper())
        for it, name, others, text in zip((a, b), names, reversed(names), texts, strict=True)
    )


def _has_words(text: str, words: Sequence[str]) -> bool:
    return f" {' '.join(words)} ".casefold() in f" {text} ".casefold()


def _is_next_in_series(slots: Sequence[Slot], a: "Profile", b: "Profile") -> bool:
    """Whether two facts or more differ, and a weekday moved on as the dates of one outlet did.

    "On Monday with a high of 16 degrees" and "on Friday with a high of 20 degrees", four days
    apart, are two bulletins; a corrected weekday stands in a text of much the same day.
    """
    days = days_between(a, b)
    outlet = a.article.provider.key
    if not outlet or outlet != b.article.provider.key or days < MIN_SERIES_DAYS:
        return False
    if places_of(slots) < _MIN_PLACES or not all(
        slot.is_replacement and slot.is_short for slot in slots
    ):
        return False
    facts = (all(figures_apart(one)) or all(names_apart(one)) for one in slots)
    later, earlier = ("b", "a") if (a.seconds or 0) <= (b.seconds or 0) else ("a", "b")
    moved = {
        (WEEKDAYS.index(new) - WEEKDAYS.index(old)) % 7
        for slot in slots
        for new in _weekdays(getattr(slot, later))
        for old in _weekdays(getattr(slot, earlier))
    }
    return moved == {round(days) % 7} and all(facts)


def _weekdays(words: Sequence[Word]) -> list[str]:
    return [word.text for word in words if word.text in WEEKDAYS]


@dataclass(frozen=True, slots=True)
class _Counted:
    """What was replaced.

    Attributes:
        facts: Distinct names, figures and other short runs of words; of them ``names`` and
            ``figures``.
        is_other_day: A weekday or month was replaced.
        words_replaced: The share of words in short places, as a mould leaves them, among all that
            differ.
        are_facts: Three in four of the places where the texts differ, passages that one of them has
            left out, hold names or figures.
    """

    facts: int
    names: int
    figures: int
    is_other_day: bool
    words_replaced: float
    are_facts: bool


def _counted(slots: Sequence[Slot]) -> _Counted:
    differing = sum(len(slot.a) + len(slot.b) for slot in slots)
    replaced = [slot for slot in slots if slot.is_replacement]
    names: set[tuple[str, str]] = set()
    figures: set[tuple[str, str]] = set()
    others: set[tuple[str, str]] = set()
    for slot in replaced:
        both_names, both_figures = names_apart(slot), figures_apart(slot)
        for found, both in ((names, both_names), (figures, both_figures)):
            if all(both):
                found.update(zip(sorted(both[0]), sorted(both[1]), strict=False))
        if not all(both_names) and not all(both_figures):
            others.add((slot.a[0].text, slot.b[0].text))
    of_facts = len(replaced) - len(others)
    places = sum(not slot.is_passage for slot in slots)
    return _Counted(
        facts=len(names) + len(figures) + len(others),
        names=len(names),
        figures=len(figures),
        is_other_day=any(DATES.issuperset(pair) for pair in figures),
        words_replaced=sum(len(slot.a) + len(slot.b) for slot in replaced if slot.is_short)
        / max(differing, 1),
        are_facts=places > 0 and of_facts >= _MIN_OF_FACTS * places,
    )
