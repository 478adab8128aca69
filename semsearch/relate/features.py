"""What two profiles share, as numbers: the features that ``classify`` weighs.

All are the same whichever article is called a.
"""

import re
from dataclasses import dataclass, replace
from math import exp, log1p

import numpy as np

from semsearch.model.article import Basis
from semsearch.model.relation import ChangeKind
from semsearch.relate import teasers
from semsearch.relate.boilerplate import shared_boilerplate
from semsearch.relate.changes import Differences, differences
from semsearch.relate.profile import Profile, Vectors, cosine, days_apart
from semsearch.relate.round_ups import is_round_up
from semsearch.relate.same_event import event_log_odds, event_model, event_signals
from semsearch.relate.slots import titles_conflict
from semsearch.relate.speech import share_speech_alone
from semsearch.text.shingles import Hashes, shared_count
from semsearch.text.tokens import FUNCTION_TERMS, is_unspaced, visible

_SHORT = 150.0
_MIN_ALIKE = 0.15
"""Containment from which texts may run alike."""
_CONTENT_LETTERS = 4
_STEM = 5  # letters that a word keeps when it is inflected, or compounded
_LEAST_STEMS = 3
"""Longer words of a headline from which their absence says something."""
_MAX_BY_CHANCE = 0.25
"""Share of a headline's words that may stand in a text that is not on it."""
_MIN_VERSION = 0.6
"""Containment below which an outlet's text of another day is a new report, not a version: read,
6 of 8 pairs below it were two reports, which take background over."""
_MIN_NOTICE = 0.9
"""The same of teasers: read, 10 of 13 pairs below it, of two days or with other names in
their titles, were two notices, and both above it with other names."""


@dataclass(frozen=True, slots=True)
class Features:
    """Features of a pair.

    Attributes:
        larger: Containment of the one text in the other, whichever is larger, 0-1, in runs of five
            words. Unlike the Jaccard index it does not fall when one of the two goes on.
        smaller: The smaller of the two.
        shared: Logarithm of the runs shared: a mould has few, a text many.
        words: Containment in single words, the larger.
        text: Cosine of the averages of all passages, -1 to 1.
        opening: Cosine of how each begins with the closest passage of the other text, averaged: a
            caption or a quotation in common does not raise it.
        agree: Share of the names in both beginnings that the other article has, 0-1.
        figures: Logarithm of how many figures, months and years either beginning has that the
            other article has nowhere; the smaller of the two counts. Cuts and additions leave one
            side at zero, another event does not.
        short_clash: The same of names and figures together, fading out at 150 words: what is left
            to differ in a notice from a mould.
        slots: Share of the words that differ that are such names and figures, 0-1; the smaller
            side's.
        recurs: ``slots`` times ``days``: within hours that is a correction, after weeks the next
            of a series.
        brief: 1 for a pair of which one is a sentence or two, falling to 0 at 60 words.
        days: Logarithm of the days between the two; 0 where a date is unknown.
        one_outlet: 1 for one provider, which seldom reports an event twice in other words, and
            whose notices look alike whatever they are about.
        event: Log-odds that both report one event (``same_event``).
        event_in_short: The probability of it, fading out at 150 words: two teasers of one event
            that share wording are one text more often than two of other events, which share a
            mould. Times 1 - ``slots``, for a mould may tell of one occasion, too.
        changed: 1 where a figure, a name or a negation was changed in a text that runs alike, or
            one text says that it was corrected.
        mould: 1 where names and figures differ throughout and the rest is a mould.
        retouched: 1 where nothing but a changed fact or two, or a negation, differs.
        identical: 1 where both texts are the same to the word.
        boilerplate: 1 where they share a block at one end alone that is no text of either; the
            other features are of what remains.
        speech: 1 where all that they share was said by those they quote.
        round_up: 1 where the headline of either says that its text is on many events.
        later: 1 where one outlet printed them, and the second is a new report or notice.
        notice: 1 where what they share stands in place of the report.
    """

    larger: float
    smaller: float
    shared: float
    words: float
    text: float
    opening: float
    agree: float
    figures: float
    short_clash: float
    slots: float
    recurs: float
    brief: float
    days: float
    one_outlet: float
    event: float
    event_in_short: float
    changed: float = 0.0
    mould: float = 0.0
    retouched: float = 0.0
    identical: float = 0.0
    boilerplate: float = 0.0
    speech: float = 0.0
    round_up: float = 0.0
    later: float = 0.0
    notice: float = 0.0

    @property
    def p_event(self) -> float:
        """The probability that both report one event, 0-1, whether they are one text or not."""
        return 1 / (1 + exp(-self.event))


def features_of(a: Profile, b: Profile) -> Features:
    """The features of a pair."""
    features = _features(a, b)
    if features.larger < _MIN_ALIKE:
        return replace(features, identical=float(is_identical(a, b)))
    if _are_notices(a, b):
        return replace(features, notice=1.0)
    if np.array_equal(a.words.hashes, b.words.hashes):
        if is_identical(a, b):
            return replace(features, identical=1.0)
        return replace(features, later=float(_is_another_report(a, b, features)))
    found = differences(a, b)
    block = None if found.is_mould else shared_boilerplate(a, b)
    if block is not None:
        rest = _features(a.without(block.a), b.without(block.b))
        return replace(rest, boilerplate=1.0)
    if is_identical(a, b):
        return replace(features, identical=1.0)
    return replace(
        features,
        changed=float(bool(found.changes)),
        mould=float(found.is_mould),
        retouched=float(found.is_retouched),
        speech=float(share_speech_alone(a, b)),
        later=float(_is_another_report(a, b, features) and not _is_turned_round(found, a, b)),
    )


def _is_turned_round(found: Differences, a: Profile, b: Profile) -> bool:
    """Whether under one headline a "not" alone came or went: a correction, whenever it appears."""
    kinds = {change.kind for change in found.changes}
    return kinds == {ChangeKind.NEGATION} and a.article.title == b.article.title


def _are_notices(a: Profile, b: Profile) -> bool:
    """Whether what two texts share stands in place of the report, whatever its wording.

    Such as a demand for consent or a subscription, a page of errors, or what a site says of itself:
    their headlines are not alike, and no longer word of either stands in either text.
    """
    if Basis.TITLE in (a.article.basis, b.article.basis) or _are_titles_alike(a, b):
        return False
    texts = [visible(f"{it.article.excerpt}\n{it.article.body}").text.casefold() for it in (a, b)]
    headlines = [_stems(each.article.title) for each in (a, b)]
    return all(
        len(stems) >= _LEAST_STEMS
        and sum(map(bool, (re.search(stem, text) for stem in stems))) <= _MAX_BY_CHANCE * len(stems)
        for stems in headlines
        for text in texts
    )


def _stems(headline: str) -> list[str]:
    """Patterns of how the longer words of a headline begin; without blanks, of two letters each.

    Long words are looked for within others, too, for compounds; "site" is none in "website".
    """
    headline = headline.casefold()
    if is_unspaced(headline):
        words = re.findall(r"[^\W\d_]+", headline)
        return [word[n : n + 2] for word in words for n in range(len(word) - 1)]
    words = re.findall(rf"[^\W_]{{{_CONTENT_LETTERS},}}", headline)
    return [
        word[:_STEM] if len(word) > _STEM else rf"\b{word}"
        for word in words
        if word not in FUNCTION_TERMS
    ]


def _is_another_report(a: Profile, b: Profile, features: Features) -> bool:
    """Whether the second of one outlet's texts is a new report, and no version of the first.

    So is a report of another day that takes background over, the next round-up, a teaser of
    another day from the same mould, one whose title names another thing, and a site's description
    of itself in place of a text.
    """
    if not features.one_outlet:
        return False
    is_other_day = (days_apart(a, b) or 0.0) >= 1
    if features.round_up:
        return is_other_day
    if max(a.size, b.size) > teasers.MAX_WORDS:
        return is_other_day and features.larger < _MIN_VERSION
    if teasers.are_on_two_things(a, b, is_other_day=is_other_day):
        return True
    if features.smaller == 1:
        return titles_conflict(a, b) and not any(map(_tells_of_its_title, (a, b)))
    return titles_conflict(a, b) or (is_other_day and features.larger < _MIN_NOTICE)


def _features(a: Profile, b: Profile) -> Features:
    """What is counted, without what holds by definition."""
    a_in_b = shared_count(a.shingles, b.all_shingles)
    b_in_a = shared_count(b.shingles, a.all_shingles)
    containments = _share(a_in_b, len(a.shingles)), _share(b_in_a, len(b.shingles))
    words = shared_count(a.vocabulary, b.vocabulary)
    names_a, names_b = _missing(a.names, b), _missing(b.names, a)
    figures_a, figures_b = _missing(a.figures, b), _missing(b.figures, a)
    names = len(a.names) + len(b.names)
    size = min(a.size, b.size)
    days = log1p(days_apart(a, b) or 0.0)
    lead = cosine(a.lead_vector, b.lead_vector) or 0.0
    text = cosine(a.text_vector, b.text_vector)
    slots = min(
        _share(names_a + figures_a, len(a.vocabulary) - words),
        _share(names_b + figures_b, len(b.vocabulary) - words),
    )
    figures = log1p(min(figures_a, figures_b))
    one_outlet = float(a.article.provider.key == b.article.provider.key != "")
    is_of_many = any(is_round_up(each.article.title) for each in (a, b))
    signals = event_signals(a, b, figures, one_outlet)
    short = max(0.0, 1 - size / _SHORT)
    return Features(
        larger=max(containments),
        smaller=min(containments),
        shared=log1p(max(a_in_b, b_in_a)),
        words=words / max(min(len(a.vocabulary), len(b.vocabulary)), 1),
        text=lead if text is None else text,
        opening=(_best(a.opening_vector, b, lead) + _best(b.opening_vector, a, lead)) / 2,
        agree=1 - (names_a + names_b) / names if names else 0.0,
        figures=figures,
        short_clash=short * (log1p(min(names_a, names_b)) + figures),
        slots=slots,
        recurs=slots * days,
        brief=max(0.0, 1 - size / teasers.MAX_WORDS),
        days=days,
        one_outlet=one_outlet,
        event=event_log_odds(signals, is_round_up=is_of_many),
        event_in_short=short * (1 - slots) * event_model().probability(signals),
        round_up=float(is_of_many),
    )


def is_identical(a: Profile, b: Profile) -> bool:
    """Whether both texts are the same to the word, notices and captions left out or not.

    Of articles that hold an excerpt, or notices for the most part, whose titles are as much of the
    text, these must not conflict.
    """
    if a.article.basis is Basis.TITLE or b.article.basis is Basis.TITLE:
        return False
    same = a.size and np.array_equal(a.words.report, b.words.report)
    if not (same or (len(a.words) and np.array_equal(a.words.hashes, b.words.hashes))):
        return False
    if not a.size and _are_notices(a, b):
        return False
    are_reports = all(
        each.article.body.strip() and each.size >= len(each.words) / 2 for each in (a, b)
    )
    return are_reports or not (titles_conflict(a, b) or _are_two_teasers(a, b))


def _are_two_teasers(a: Profile, b: Profile) -> bool:
    """Whether they are teasers that one outlet gave to articles of two days."""
    return (
        a.article.basis is b.article.basis is Basis.EXCERPT
        and a.article.provider.key == b.article.provider.key != ""
        and max(a.size, b.size) <= teasers.MAX_WORDS
        and (days_apart(a, b) or 0.0) >= 1
        and teasers.are_on_two_things(a, b, is_other_day=True)
    )


def _are_titles_alike(a: Profile, b: Profile) -> bool:
    """Whether most words of either title stand in the other."""
    own, other = (_title_words(each.article.title) for each in (a, b))
    return own == other or 2 * len(own & other) > max(len(own), len(other))


def _tells_of_its_title(profile: Profile) -> bool:
    """Whether half of the longer words of a title stand in the text.

    Where an advertisement or a form stood in place of the text, they do not.
    """
    article = profile.article
    own = {word for word in _title_words(article.title) if len(word) >= _CONTENT_LETTERS}
    text = _title_words(f"{article.excerpt} {article.body}")
    return 2 * len(own & text) >= len(own) > 0


def _title_words(text: str) -> set[str]:
    return set(re.findall(r"[^\W_]+", text.casefold()))


def _missing(facts: Hashes, other: Profile) -> int:
    """How many of these facts the other article has nowhere."""
    return len(facts) - shared_count(facts, other.all_words)


def _share(part: int, whole: int) -> float:
    return min(1.0, part / max(whole, 1))


def _best(opening: Vectors | None, other: Profile, default: float) -> float:
    """Cosine of an opening with the closest passage of the other article."""
    if opening is None or not len(other.passages):
        return default
    return max(-1.0, min(1.0, float((other.passages @ opening).max())))
