import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semsearch.model.article import FIELDS, Article
from semsearch.text.shingles import (
    BEGINNING,
    MAX_CHARS,
    article_words,
    contained,
    rolling,
    shared_count,
    shingles,
    word_hash,
)
from semsearch.text.tokens import visible
from tests.unit.relate.profiles import REPORT

PROSE = "the board voted on tuesday to close the old swing bridge to lorries"


@settings(max_examples=60)
@given(st.text(max_size=200), st.text(max_size=200))
def test_offsets_hold_the_words(excerpt: str, body: str) -> None:
    article = Article("x", "T", excerpt, body)
    words = article_words(article)
    for place in range(len(words)):
        text = article.text(FIELDS[words.fields[place]])
        word = text[words.starts[place] : words.ends[place]]
        assert word
        assert word_hash(visible(word).text) == words.hashes[place]


def test_case_and_punctuation_do_not_count() -> None:
    a = article_words(Article("a", "", body="The Board “voted”, on Tuesday!"))
    b = article_words(Article("b", "", body="THE BOARD VOTED ON TUESDAY"))
    assert a.hashes.tolist() == b.hashes.tolist()


def test_a_title_is_compared_only_where_nothing_else_is_held() -> None:
    assert len(article_words(Article("a", "Bridge shut to lorries"))) == 4
    assert len(article_words(Article("a", "Bridge shut to lorries", body="Yes"))) == 1


def test_an_excerpt_above_a_body_is_no_report() -> None:
    words = article_words(Article("a", "", excerpt="The editor's own words", body=REPORT))
    assert words.excerpt_aside
    assert not words.is_report[:5].any()
    assert words.is_report[5:].all()
    alone = article_words(Article("a", "", excerpt="The editor's own words", body="A line"))
    assert alone.is_report.all()


@pytest.mark.parametrize(
    ("line", "boilerplate"),
    [
        ("Sign up for our newsletter today", True),
        ("Guests arrive. Hide Caption 3 of 12", True),
        ("A pier at dusk. Jo Roe/Getty Images", True),
        (f"He called the newsletter a triumph. {PROSE * 10}", False),
        ("The bridge is shut.", False),
    ],
)
def test_lines_that_are_no_report(line: str, boilerplate: bool) -> None:  # noqa: FBT001
    assert article_words(Article("a", "", body=line)).boilerplate.all() == boilerplate


def test_a_notice_under_a_paragraph_of_news_voids_its_own_sentences_alone() -> None:
    notice = "This article is for subscribers only. Log in or subscribe to continue reading."
    news = " ".join(["The board voted on Tuesday to close the old swing bridge to lorries."] * 6)
    for line in (f"{news} {notice}", f"{notice} {news}"):
        words = article_words(Article("a", "", body=line))
        assert 0 < words.boilerplate.sum() <= 14
        kept = [line[start:end] for start, end in zip(words.starts, words.ends, strict=True)]
        left = [word for word, gone in zip(kept, words.boilerplate, strict=True) if not gone]
        assert "subscribers" not in left
        assert len(left) == len(article_words(Article("a", "", body=news)))


CONSENT = [
    (
        "We and our 312 partners read personal data on your device. Selecting Accept enables it."
        " If trackers are disabled, some ads you see matter less. Withdraw consent any time."
    ),
    "Your choices count within this site. Manage preferences, accept all, or reject all.",
    (
        "Besuchen Sie diese Seite wie gewohnt mit Werbung. Mit unseren 180 Partnern lesen wir"
        " Kennungen auf Ihrem Gerät. Ihre Zustimmung endet, wann Sie wollen; Näheres in unserer"
        " Datenschutzerklärung oder im Privacy Center. Oder lesen Sie ohne Werbung im Abo."
    ),
    "Avec votre accord, nos 132 partenaires et nous lisons des données de votre appareil.",
    "Nosotros y nuestros 20 socios leemos datos en su dispositivo con su consentimiento.",
    "Noi e i nostri fornitori leggiamo dati sul tuo dispositivo con il tuo consenso.",
    "Wij en onze partners lezen gegevens op jouw apparaat, met jouw toestemming.",
]
PRIVACY = [
    (
        "The court ruled on Tuesday that a site must ask consent before it sets cookies, and that"
        " a button that rejects all of them must be as easy to find as the one that accepts them."
    ),
    "The update will appear on your device by Friday, the maker said. Shops open at nine.",
    "Das Gericht verlangt, dass Nutzer ihre Zustimmung jederzeit zurückziehen können.",
    '"We hoped that our partners would wait," he said. "Our partners did not."',
    "Die Fraktion gab ihre Zustimmung. Auch der Rat will am Freitag ihre Zustimmung abwarten.",
    "Nous aiderons nos partenaires, a dit la ministre. Nos partenaires attendent des bateaux.",
    "La grabó sin su consentimiento y la mostró sin su consentimiento, dijo la fiscal.",
]


@pytest.mark.parametrize("notice", CONSENT)
def test_a_demand_for_consent_is_no_report(notice: str) -> None:
    report = "Pilots at the port of Brackwater voted on Tuesday to end a walkout."
    words = article_words(Article("a", "T", body=f"{report}\n\n{notice}"))
    assert words.report.tolist() == article_words(Article("a", "T", body=report)).report.tolist()


@pytest.mark.parametrize("report", PRIVACY)
def test_news_on_consent_are_a_report(report: str) -> None:
    assert not article_words(Article("a", "T", body=report)).boilerplate.any()


def test_marked_spans_are_no_words() -> None:
    words = article_words(Article("a", "", body="The <b>bridge</b> is\nALSO READ: More\nshut"))
    assert len(words) == 4


def test_the_rest_of_a_giant_text_is_not_looked_at() -> None:
    words = article_words(Article("a", "", body="word " * MAX_CHARS))
    assert words.cut
    assert words.ends.max() <= MAX_CHARS


HASHES = st.lists(st.integers(0, 5), max_size=40).map(lambda each: np.array(each, np.uint64))


@given(HASHES, HASHES)
def test_shingles_are_the_runs_of_words(a: np.ndarray, b: np.ndarray) -> None:
    def runs(hashes: np.ndarray) -> set[tuple[int, ...]]:
        run = min(5, len(hashes))
        return {tuple(hashes[i : i + run].tolist()) for i in range(len(hashes) - run + 1)} - {()}

    assert len(shingles(a)) == len(runs(a))
    assert shared_count(shingles(a), shingles(b)) == len(runs(a) & runs(b))
    assert contained(shingles(a), shingles(b)) == (
        len(runs(a) & runs(b)) / len(runs(a)) if runs(a) else 0
    )


def test_rolling_keeps_the_order_of_words() -> None:
    one, two = np.array([1, 2], np.uint64), np.array([2, 1], np.uint64)
    assert rolling(one, 2).tolist() != rolling(two, 2).tolist()
    assert BEGINNING > 0
