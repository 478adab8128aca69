"""Relations of invented articles: hard cases, symmetry, and evidence that slices exactly."""

import re
import time
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semsearch.model.article import Article, Field
from semsearch.model.relation import (
    Agreement,
    Lineage,
    LineageKind,
    PairEvidence,
    Relation,
    RelationKind,
    SharedSpan,
    Side,
    TextSpan,
)
from semsearch.relate.profile import Profile
from semsearch.relate.relate import compare, judge
from semsearch.relate.same_event import CROWD
from tests.unit.relate.profiles import OTHER, REPORT, SAME_EVENT, paragraphs, profile, profile_of

GALLERY = " ".join(
    f"Guests number {n} arrive at the lantern parade in the old town. Hide Caption {n} of 12"
    for n in range(1, 13)
)
DISCLAIMER = (
    "Gambling involves risk. No guarantees are given as to results. We cannot be held responsible"
    " for any loss. Terms apply. You must be 21 or older. All rights reserved. The material is for"
    " informational purposes and does not constitute professional advice of any kind whatsoever."
)
NEWSLETTER = "Sign up for our newsletter and get the five stories that matter every morning."


def relation(a: Profile, b: Profile) -> RelationKind:
    return compare(a, b).relation


def test_the_same_text_under_another_headline_is_a_copy() -> None:
    a = profile(REPORT, title="Swing bridge closed to lorries", provider="tide.example")
    b = profile(REPORT, title="Hauliers fume over detour", provider="quay.example", hours=3)
    assert relation(a, b) is RelationKind.COPY


def test_the_same_headline_over_other_texts_is_no_duplicate() -> None:
    a = profile(REPORT, title="What you need to know today", provider="tide.example")
    b = profile(OTHER, title="What you need to know today", provider="quay.example", hours=3)
    assert judge(a, b).p_duplicate < 0.1


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("\n\n".join(paragraphs(REPORT)[:2]), id="cut"),
        pytest.param(f"{REPORT}\n\n{OTHER}", id="within-a-digest"),
        pytest.param("\n\n".join(reversed(paragraphs(REPORT))), id="moved"),
        pytest.param(
            "\n\n".join([paragraphs(SAME_EVENT)[0], *paragraphs(REPORT)[1:]]), id="new-top"
        ),
        pytest.param("\n\n".join([*paragraphs(REPORT)[:4], *paragraphs(OTHER)]), id="early-take"),
    ],
)
def test_what_is_made_of_a_text_is_a_duplicate_of_it(body: str) -> None:
    a, b = profile(REPORT, provider="tide.example"), profile(body, provider="quay.example", hours=5)
    assert judge(a, b).p_duplicate > 0.5


def test_a_teaser_is_a_duplicate_of_its_article() -> None:
    a = profile(excerpt=paragraphs(REPORT)[0], title="Lorries banned", provider="tide.example")
    b = profile(REPORT, title="Bridge to close", provider="quay.example")
    assert judge(a, b).p_duplicate > 0.5


def test_another_report_on_the_event_shares_no_text() -> None:
    a = profile(REPORT, provider="tide.example")
    b = profile(SAME_EVENT, provider="quay.example", hours=2)
    assert judge(a, b).p_duplicate < 0.3


@pytest.mark.parametrize("furniture", [GALLERY, DISCLAIMER, "\n\n".join([NEWSLETTER] * 9)])
def test_captions_and_notices_in_common_make_no_duplicate(furniture: str) -> None:
    a = profile(f"{REPORT}\n\n{furniture}", provider="tide.example")
    b = profile(f"{OTHER}\n\n{furniture}", provider="tide.example", hours=20)
    found = compare(a, b)
    assert found.p_duplicate < 0.2
    assert found.evidence.shared_words == 0
    assert all(span.boilerplate for span in found.evidence.shared)


MOULD = "{} today made its {} service available to customers in {}, {} regions in all."


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(
            ("Kestrel", "Object Store", "Northmark", 14),
            ("Kestrel", "Object Store", "Southfell", 15),
            id="region",
        ),
        pytest.param(
            ("Kestrel", "Object Store", "Northmark", 14),
            ("Kestrel", "Managed Queue", "Northmark", 15),
            id="product",
        ),
        pytest.param(
            ("Kestrel", "Object Store", "Northmark", 14),
            ("Lindgate", "Object Store", "Northmark", 3),
            id="company",
        ),
    ],
)
def test_notices_from_one_mould_are_no_duplicates(
    one: tuple[object, ...], other: tuple[object, ...]
) -> None:
    a = profile(excerpt=MOULD.format(*one), provider="cloud.example")
    b = profile(excerpt=MOULD.format(*other), provider="cloud.example", hours=24 * 30)
    assert judge(a, b).p_duplicate < 0.5


def test_months_and_figures_set_monthly_figures_apart() -> None:
    mould = "Caldermere Airport counted {} passengers in {} 2024, {} per cent more than a year ago."
    a = profile(excerpt=mould.format("412,300", "March", "4.1"), provider="air.example")
    b = profile(excerpt=mould.format("433,900", "April", "5.6"), provider="air.example", hours=720)
    found = compare(a, b)
    assert found.p_duplicate < 0.5
    assert found.evidence.months == Agreement(("2024",), ("march",), ("april",), conflict=True)
    assert found.evidence.numbers == Agreement(
        (), ("4.1", "412300"), ("433900", "5.6"), conflict=True
    )


@pytest.mark.parametrize(
    ("a", "reason"),
    [
        pytest.param(profile(title=""), "a holds no text", id="nothing"),
        pytest.param(
            profile(DISCLAIMER), "a holds nothing but captions and notices", id="captions"
        ),
        pytest.param(
            profile(title="Harbour board of Pellworth closes swing bridge to lorries"),
            "of a only the title is held: headlines do not tell copies from other reports",
            id="title",
        ),
        pytest.param(
            profile("The harbour board of Pellworth"), "a holds 5 words of text", id="short"
        ),
    ],
)
def test_too_little_text_is_undecidable(a: Profile, reason: str) -> None:
    b = profile(REPORT, title="Harbour board of Pellworth closes swing bridge to lorries")
    found = compare(a, b)
    assert found.relation is RelationKind.UNDECIDABLE
    assert found.reason == reason
    assert found.lineage is None
    assert judge(a, b).relation is RelationKind.UNDECIDABLE


def test_a_title_on_something_else_is_decidable() -> None:
    found = compare(profile(title="Heaviest pumpkin weighed at fair"), profile(REPORT))
    assert found.relation is RelationKind.UNRELATED


def test_a_giant_text_is_cut_and_says_so() -> None:
    words = " ".join(f"word{number % 5_000} runs" for number in range(900_000))
    none = np.empty((0, 256), np.float32)
    start = time.thread_time()
    a = Profile.of(Article("a", "", body=words), [], none)
    b = Profile.of(Article("b", "", body=f"{words} and an end"), [], none)
    found = compare(a, b)
    assert time.thread_time() - start < 20
    assert found.evidence.cut == (
        "of each text of a only the first 150,000 characters were compared",
        "of each text of b only the first 150,000 characters were compared",
    )


def test_scripts_without_blanks_are_compared_too() -> None:
    text = (
        "港湾委員会は火曜日、橋脚に亀裂が見つかったため、五月から旧旋回橋への"
        "トラックの乗り入れを禁止すると決めた。修理には十一か月かかる。"
    )
    other = (
        "老教師が州で史上最も重いカボチャを育てた。土曜日の品評会で計量され、"
        "クレーンで持ち上げなければならなかった。"
    )
    assert judge(profile(text), profile(text)).p_duplicate > 0.5
    assert judge(profile(text), profile(other)).p_duplicate < 0.3


def test_it_says_what_it_rested_on() -> None:
    found = compare(profile(REPORT, provider="a.example"), profile(REPORT, provider="b.example"))
    assert "100% of the runs of five words of one stand in the other" in found.evidence.rested_on
    assert len(found.evidence.rested_on) <= 5
    assert found.evidence.hours_apart == 0
    assert found.calibration.startswith("read-pairs-")


def test_lineage_of_a_cut_copy() -> None:
    cut = "\n\n".join(paragraphs(REPORT)[:3])
    found = compare(profile(cut, hours=4, name="The Tide"), profile(REPORT, name="The Tide"))
    assert found.lineage is not None
    assert found.lineage.kind is LineageKind.EDITED_FROM
    assert found.lineage.first == "b"
    assert [span.text for span in found.lineage.cut] == [
        "\n\n".join(paragraphs(REPORT)[3:]).rstrip(".")
    ]
    assert found.lineage.added == ()


WORDS = st.sampled_from("the bridge board of Pellworth voted 27 May Okafor said on lorries".split())
TEXTS = st.one_of(
    st.just(""),
    st.text(max_size=80),
    st.lists(WORDS, max_size=60).map(" ".join),
    st.lists(st.sampled_from([*paragraphs(REPORT), GALLERY, DISCLAIMER]), max_size=4).map(
        "\n".join
    ),
)
PROFILES = st.builds(
    lambda title, excerpt, body, identity, hours: profile(
        body, title=title, excerpt=excerpt, identity=identity, hours=hours
    ),
    TEXTS,
    TEXTS,
    TEXTS,
    st.sampled_from("ab"),
    st.none() | st.floats(-1000, 1000),
)


@settings(max_examples=60)
@given(PROFILES, PROFILES)
def test_swapping_the_sides_swaps_the_answer(a: Profile, b: Profile) -> None:
    assert mirrored(compare(b, a), a.article) == compare(a, b)
    assert judge(a, b) == judge(b, a)


@settings(max_examples=60)
@given(PROFILES, PROFILES)
def test_every_offset_slices_its_text(a: Profile, b: Profile) -> None:
    found = compare(a, b)
    for span in found.evidence.shared:
        assert a.article.text(span.field_a)[span.start_a : span.end_a] == span.text
        assert b.article.text(span.field_b)[span.start_b : span.end_b]
    if found.lineage is not None:
        for text in (*found.lineage.added, *found.lineage.cut):
            assert sliced(a if text.side == "a" else b, text) == text.text
        for credit in found.lineage.credits:
            assert sliced(a if credit.span.side == "a" else b, credit.span) == credit.span.text


def sliced(of: Profile, span: TextSpan) -> str:
    return of.article.text(span.field)[span.start : span.end]


@settings(max_examples=60)
@given(PROFILES, PROFILES)
def test_probabilities_sum_to_one(a: Profile, b: Profile) -> None:
    found = judge(a, b)
    each = found.probabilities
    parts = (each.copy, each.edited, each.story, each.related, each.unrelated)
    assert all(0 <= part <= 1 for part in parts)
    assert sum(parts) == pytest.approx(1)
    assert found.p_duplicate == each.copy + each.edited


@settings(max_examples=40)
@given(PROFILES)
def test_an_article_with_text_is_a_copy_of_itself(a: Profile) -> None:
    copy = profile_of(replace(a.article, id="copy"))
    assert judge(a, copy).p_duplicate >= judge(a, profile(OTHER)).p_duplicate


def test_fields_that_are_held_on_one_side_only_have_no_cosine() -> None:
    a = profile_of(Article("a", "Bridge closed", excerpt=paragraphs(REPORT)[0]))
    cosine = compare(a, profile(REPORT, title="Bridge closed")).evidence.cosine
    assert cosine.title == pytest.approx(1)
    assert cosine.excerpt is None
    assert cosine.body is None
    assert cosine.text is not None


OPPOSITE: dict[Side, Side] = {"a": "b", "b": "a"}


def mirrored(found: Relation, of: Article) -> Relation:
    """The relation with its sides swapped; ``of`` is the article that becomes a."""
    return replace(
        found,
        evidence=mirrored_evidence(found.evidence, of),
        lineage=None if found.lineage is None else mirrored_lineage(found.lineage, of),
        reason="; ".join(map(mirrored_words, reversed(found.reason.split("; ")))),
    )


def mirrored_evidence(found: PairEvidence, of: Article) -> PairEvidence:
    return replace(
        found,
        words_a=found.words_b,
        words_b=found.words_a,
        containment_a=found.containment_b,
        containment_b=found.containment_a,
        shared=tuple(mirrored_span(span, of) for span in found.shared),
        names=mirrored_agreement(found.names),
        numbers=mirrored_agreement(found.numbers),
        months=mirrored_agreement(found.months),
        regions=mirrored_agreement(found.regions),
        cut=tuple(sorted(map(mirrored_words, found.cut))),
    )


def mirrored_span(span: SharedSpan, of: Article) -> SharedSpan:
    return replace(
        span,
        field_a=span.field_b,
        start_a=span.start_b,
        end_a=span.end_b,
        field_b=span.field_a,
        start_b=span.start_a,
        end_b=span.end_a,
        text=of.text(span.field_b)[span.start_b : span.end_b],
    )


def mirrored_agreement(found: Agreement) -> Agreement:
    return replace(found, only_a=found.only_b, only_b=found.only_a)


def mirrored_lineage(found: Lineage, of: Article) -> Lineage:
    added, cut = mirrored_texts(found.added), mirrored_texts(found.cut)
    kept = [mirrored_span(span, of) for span in found.kept]
    credits_ = [replace(credit, span=mirrored_texts((credit.span,))[0]) for credit in found.credits]
    return replace(
        found,
        first=None if found.first is None else OPPOSITE[found.first],
        reasons=tuple(map(mirrored_words, found.reasons)),
        credits=tuple(sorted(credits_, key=lambda credit: credit.span.side)),
        kept=tuple(sorted(kept, key=in_a)),
        added=cut if found.first is None else added,
        cut=added if found.first is None else cut,
    )


def in_a(span: SharedSpan) -> tuple[int, int, int]:
    return list(Field).index(span.field_a), span.start_a, span.start_b


def mirrored_texts(spans: tuple[TextSpan, ...]) -> tuple[TextSpan, ...]:
    return tuple(replace(span, side=OPPOSITE[span.side]) for span in spans)


def mirrored_words(text: str) -> str:
    return re.sub(r"\b[ab]\b", lambda side: OPPOSITE[side[0]], text)  # type: ignore[index]


ADVERT = (
    "How relevant is this advert to you? Sign up for our newsletter. All rights reserved. The"
    " player was slow to load. By using this site you accept our privacy policy."
)


@pytest.mark.parametrize("hours", [0.0, 30.0])
def test_pages_that_hold_a_notice_in_place_of_the_text_are_told_by_their_titles(
    hours: float,
) -> None:
    a = profile(ADVERT, title="Heaviest pumpkin of the province weighed", provider="tide.example")
    b = profile(
        ADVERT, title="Pellworth bridge closed", provider="tide.example", hours=hours, identity="b"
    )
    assert not judge(a, b).relation.is_duplicate
    again = profile(ADVERT, title=a.article.title, provider="tide.example", hours=hours)
    assert relation(a, again) is RelationKind.COPY


def test_a_later_report_of_an_outlet_that_takes_background_over_is_another_text() -> None:
    background = "\n\n".join(paragraphs(REPORT)[3:])
    first = profile(REPORT, title="Bridge closed to lorries", provider="tide.example")
    news = (
        "Judges in Pellworth ruled on Friday that the hauliers may sue the board of the harbour"
        " for what the detour costs them. A hearing is set for autumn, and the lawyer of the board"
        " said that it would fight on whatever the price.\n\n"
    )
    later, soon = (
        profile(news + background, title="Hauliers may sue", provider="tide.example", hours=hours)
        for hours in (72, 3)
    )
    assert not judge(first, later).relation.is_duplicate
    assert judge(first, later).p_duplicate < judge(first, soon).p_duplicate - 0.1


@pytest.mark.parametrize(
    ("names", "is_one"), [(("Otter", "Heron"), False), (("Otter", "Otter"), True)]
)
@pytest.mark.parametrize(
    "text",
    [
        "Backups of {} databases can now be kept for ten years, and restored in every region.",
        "{} databases can now keep backups for ten years, and restore them in every region.",
    ],
)
def test_teasers_of_one_outlet_that_differ_in_the_name_of_their_titles_are_two_notices(
    text: str, names: tuple[str, str], *, is_one: bool
) -> None:
    a, b = (
        profile(
            excerpt=text.format(name),
            title=f"Long backups for {name} databases now generally offered",
            provider="cloud.example",
            identity=name + str(place),
        )
        for place, name in enumerate(names)
    )
    assert judge(a, b).relation.is_duplicate is is_one


@pytest.mark.parametrize("days", [0, 10, 200])
def test_a_text_in_which_a_not_came_or_went_is_edited(days: int) -> None:
    said = (
        "Nora Voss, who led the ferry company Dunbeck Oils for nine years, was found guilty on "
        "Thursday of hiding losses from the owners. The judge in Lorne said that the accused had "
        "shown {} remorse. The sentence will be spoken in May. The company was {} insolvent."
    )
    a, b = (
        profile(
            said.format(*words),
            title="Head of ferry company found guilty",
            provider="settnews.example",
            hours=24.0 * days * place,
            identity=str(place),
        )
        for place, words in enumerate((("no", "never"), ("some", "once")))
    )
    assert judge(a, b).relation is RelationKind.EDITED


@pytest.mark.parametrize("titles", [("Report", "What happened in the valley"), ("Water", "Photos")])
def test_one_text_with_words_of_notices_is_a_copy_under_headlines_that_say_little(
    titles: tuple[str, str],
) -> None:
    text = (
        "The water board will empty the dam at Morrow in July. Gardens may not be watered. "
        "A photo by a schoolgirl of Morrow has won the national prize for nature pictures."
    )
    a, b = (
        profile(text, title=title, provider=f"{place}.example", identity=str(place))
        for place, title in enumerate(titles)
    )
    assert judge(a, b).relation is RelationKind.COPY


SEAL = "{} today said that it has earned the seal of safe flying, a sign of long practice and care"


@pytest.mark.parametrize(
    ("names", "text", "days", "outlets", "is_one"),
    [
        (("Ferrant Air", "Nordwind"), SEAL, 26, "ab", False),
        (("Ferrant Air", "Nordwind"), SEAL, 0, "ab", False),
        (("Ferrant Air", "Nordwind"), SEAL, 26, "aa", False),
        (("Ferrant Air", "Ferrant Air"), SEAL, 1, "ab", True),
        # Another headline over the text, which has both names.
        (("Carrier", "Ferrant Air"), f"Carrier {SEAL.format('Ferrant Air')}", 1, "ab", True),
    ],
)
def test_a_notice_with_another_name_before_the_same_words_is_another(
    names: tuple[str, str], text: str, days: int, outlets: str, *, is_one: bool
) -> None:
    a, b = (
        profile(
            excerpt=text.format(name),
            title=f"{name} has earned the seal of safe flying",
            provider=f"{outlet}.example",
            hours=24.0 * place * days,
            identity=f"{name}{place}",
        )
        for place, (name, outlet) in enumerate(zip(names, outlets, strict=True))
    )
    assert judge(a, b).relation.is_duplicate is is_one


@pytest.mark.parametrize("words", [("Five", "Seven"), ("Police", "Officials")])
def test_another_word_that_is_no_name_makes_no_other_notice(words: tuple[str, str]) -> None:
    a, b = (
        profile(
            f"{word} shut down the main street of Ardle for the night, after a fire in a mill "
            "had sent smoke over the square. Nobody was hurt, and the street will open at noon.",
            title=f"{word} shut down the main street of Ardle",
            provider=f"{place}.example",
            hours=30.0 * place,
            identity=str(place),
        )
        for place, word in enumerate(words)
    )
    assert judge(a, b).relation.is_duplicate


def test_notices_of_many_outlets_on_one_day_that_differ_in_figures_are_many_texts() -> None:
    notices = [
        profile(
            f"Budget line {number} for the dam is open. The mayor spoke.",
            title=f"Harbour notice {number}",
            provider=f"outlet{number}.example",
        )
        for number in (3, 17, 41)
    ]
    for one, other in combinations(notices, 2):
        assert not judge(one, other).relation.is_duplicate


def teaser(text: str, title: str, **given: Any) -> Profile:
    return profile(excerpt=text, title=title, provider="cloud.example", **given)


def test_teasers_of_one_mould_on_two_days_are_two_notices() -> None:
    text = "New updates and features of the Heron security centre for the month of {} 2024."
    a = teaser(text.format("March"), "Heron security centre: updates for March 2024")
    b = teaser(text.format("April"), "Heron security centre: updates for April 2024", hours=720)
    assert not judge(a, b).relation.is_duplicate
    again = teaser(text.format("March"), "Heron security centre: updates", hours=720)
    assert relation(a, again) is RelationKind.COPY


def test_a_sites_description_of_itself_is_no_text_of_its_articles() -> None:
    text = "Connecting people who decide with the numbers, the news and the insight that they need."
    a = teaser(text, "Brindle and Ferrant to join their clouds")
    b = teaser(text, "Sorrel Bank takes its ledger to Ardle", hours=50)
    assert not judge(a, b).relation.is_duplicate


def test_the_next_round_up_of_an_outlet_is_another_text() -> None:
    a = profile(REPORT, title="5 things to know for March 5", provider="tide.example")
    later = f"A new first item stands on top of it.\n\n{REPORT}"
    b = profile(later, title="5 things to know for March 8", provider="tide.example", hours=72)
    assert not judge(a, b).relation.is_duplicate


IN_PLACE = [
    "You have read all of your free articles. Log in, or take out membership to go on.",
    "Unavailable for legal reasons. Readers in your part of the world cannot be served at present.",
    "Sorry, the address that you followed leads nowhere. It may have been moved or deleted.",
    "One moment, please. We are making sure that your connection is safe before we go on.",
    "The Ledger is the oldest daily of the valley. It was founded by two printers in 1871.",
    "Dieser Beitrag ist nur mit Abonnement lesbar. Im ersten Monat kostet es einen Euro.",
    "Cet article est réservé à ceux qui nous soutiennent. Il vous en reste beaucoup à lire.",
    "Este contenido es exclusivo para suscriptores. Inicia sesión para continuar leyendo.",
    "Материал доступен только подписчикам. Оформите подписку, чтобы читать без ограничений.",
    "この記事は有料会員限定です。登録すると続きをお読みいただけます。",
]


@pytest.mark.parametrize("notice", IN_PLACE)
@pytest.mark.parametrize(
    "titles",
    [
        ("Ferry crews end walkout", "Scientists map coral reef with sonar"),
        ("Streik der Hafenlotsen beendet", "Forscher vermessen Korallenriff"),
        ("フェリー乗組員がスト終了", "研究者がサンゴ礁を測量"),
        ("Council picks a site for the new library", "Plum prices fall after a wet summer"),
    ],
)
def test_one_text_under_headlines_of_which_it_holds_no_word_tells_nothing(
    notice: str, titles: tuple[str, str]
) -> None:
    a, b = (
        profile(notice, title=title, provider=outlet)
        for title, outlet in zip(titles, ("a.example", "b.example"), strict=True)
    )
    found = compare(a, b)
    assert found.relation is RelationKind.UNDECIDABLE
    assert found.p_duplicate < 0.05
    assert "notice in place of the text" in found.reason


@pytest.mark.parametrize("notice", IN_PLACE)
@pytest.mark.parametrize("place", ["{notice}\n\n{report}", "{report}\n\n{notice}"])
def test_so_do_reports_of_two_outlets_above_or_below_one(notice: str, place: str) -> None:
    long = " ".join(f"{notice} {word}" for word in ("Onward", "Please", "Thanks"))
    a, b = (
        profile(
            place.format(notice=long, report=paragraphs(report)[0]), title=title, provider=outlet
        )
        for report, title, outlet in (
            (REPORT, "Swing bridge shut to lorries", "a.example"),
            (OTHER, "Heaviest pumpkin of the province", "b.example"),
        )
    )
    found = compare(a, b)
    assert not found.relation.is_duplicate
    assert found.p_duplicate < 0.05


@pytest.mark.parametrize(
    "titles",
    [
        ("Ferry crews end walkout", "Ferry crews end a walkout"),  # alike
        ("Swing bridge shut to lorries", "Hauliers protest at Pellworth"),
        ("Die Brücke von Pellworth", "Risse: Pellworth sperrt Brücke"),
        ("Shut", "Closed"),
        ("Notice 1", "Notice of others 2"),
        ("", "Ferry crews end walkout"),
    ],
)
def test_a_report_under_two_headlines_is_one_text(titles: tuple[str, str]) -> None:
    a, b = (profile(REPORT, title=title) for title in titles)
    assert compare(a, b).relation is RelationKind.COPY


def test_among_few_articles_two_reports_are_more_often_of_one_event() -> None:
    a = profile(REPORT, provider="tide.example")
    b = profile(SAME_EVENT, provider="quay.example", hours=2)
    many, same, few = (compare(a, b, crowd).probabilities for crowd in (10 * CROWD, CROWD, 8))
    assert many == same == judge(a, b).probabilities
    assert few.story > same.story
    assert few.duplicate == same.duplicate


COMPRESSED = "Columns can now be compressed in the Heron database, a service of Heron's own cloud."


@pytest.mark.parametrize(
    ("titles", "hours", "is_one"),
    [
        (("Columns compressed, in preview", "Columns compressed, now on sale to all"), 2000, False),
        (("NC-series to be retired", "NC v2-series to be retired"), 48, False),
        (("Columns compressed, in preview", "Columns compressed, now on sale to all"), 2, True),
        (("Heron compresses columns", "Columns compressed by Heron"), 2000, True),
        (("Heron's datacenter compresses", "Heron's data center compresses"), 2000, True),
    ],
)
def test_one_teaser_of_an_outlet_under_two_titles_of_two_days_is_of_two_articles(
    titles: tuple[str, str], hours: float, *, is_one: bool
) -> None:
    a = teaser(COMPRESSED, titles[0])
    b = teaser(COMPRESSED, titles[1], hours=hours)
    assert judge(a, b).relation.is_duplicate is is_one
    whole = profile(COMPRESSED, title=titles[0], provider="cloud.example")
    again = profile(COMPRESSED, title=titles[1], provider="cloud.example", hours=hours)
    assert judge(whole, again).relation is RelationKind.COPY


def test_teasers_of_one_moment_that_say_what_their_own_titles_say_are_of_two_articles() -> None:
    text = "{} improvements of Heron's database were released for all customers in early August."
    a = teaser(text.format("Preview"), "Heron's database: preview updates for early August")
    b = teaser(text.format("Security"), "Heron's database: security updates for early August")
    assert not judge(a, b).relation.is_duplicate
    retitled = teaser(text.format("Preview"), "What is new in Heron's database in early August")
    assert judge(a, retitled).relation.is_duplicate
