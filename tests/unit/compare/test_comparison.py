from dataclasses import asdict
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semsearch.compare.comparison import compare, headline_view
from semsearch.compare.sentences import ComparedText
from semsearch.model.article import Basis, Provider
from semsearch.model.comparison import Comparison, Status
from semsearch.web.exports import html
from tests.support.answers import cited
from tests.unit.compare.samples import MARKETS, STOPPAGE, STRIKE, article, frames, ready, story

FRAMES = frames()


def compared(texts: list[ComparedText], *, sentences: bool = False) -> Comparison:
    return compare(texts, FRAMES, sentences=sentences)


def test_any_order_gives_the_same_answer() -> None:
    texts = story()
    expected = compared(texts, sentences=True)
    for order in permutations(texts):
        assert compared(list(order), sentences=True) == expected


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.sampled_from([STRIKE, STOPPAGE, MARKETS, ""]), min_size=2, max_size=5),
    st.lists(st.sampled_from("xyz"), min_size=5, max_size=5),
    st.randoms(use_true_random=False),
)
def test_whatever_is_compared(bodies: list[str], outlets: list[str], random: st.DataObject) -> None:
    texts = [
        ready(article(f"a{n}", body, provider=Provider("", f"{outlets[n]}.example")))
        for n, body in enumerate(bodies)
    ]
    groups = [
        {f"a{n}" for n, body in enumerate(bodies) if body == text} for text in set(bodies) if text
    ]
    expected = compare(texts, FRAMES, duplicates=groups, sentences=True)
    shuffled = list(texts)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert compare(shuffled, FRAMES, duplicates=groups[::-1], sentences=True) == expected
    assert cited(asdict(expected), {text.article.id: text.article for text in texts})
    carried = sorted(one for voice in expected.voices for one in voice.carriers)
    assert carried == sorted(text.article.id for text in texts)
    rows = expected.sentences or ()
    full = {text.article.id for text in texts if text.is_full}
    for row in rows:
        assert len(row.others) == len(texts) - 1
        for other in row.others:
            if other.article not in full:
                assert other.status in (Status.STATED, Status.UNKNOWN)
            absent = other.status in (Status.NOT_FOUND, Status.UNKNOWN)
            assert (other.match is None) is absent


def test_shared_facts_have_a_sentence_of_each() -> None:
    facts = compared(story()).shared_facts
    assert len(facts[0].sentences) == 3
    assert {fact.sentence.article for fact in facts[0].sentences} == {"ledger", "weekly", "ducat"}
    assert len(facts) == 4
    for fact in facts:
        for wording in fact.wording:
            one = fact.sentences[wording.a].sentence
            for phrase in wording.only_a:
                assert one.text[phrase.start : phrase.end] == phrase.text


def test_what_two_others_report() -> None:
    found = compared(story()).reported_by_others_not_here
    assert {missing.provider for missing in found} == {"ducat.example"}
    assert all(missing.status is Status.NOT_FOUND for missing in found)
    assert any("Tomas Renn" in missing.sentences[0].sentence.text for missing in found)


def test_nothing_is_absent_from_excerpts() -> None:
    texts = [
        ready(article("ledger", STRIKE)),
        ready(article("weekly", excerpt="Dockers walked out of the port of Brackwater at six.")),
        ready(article("ducat", excerpt="Pear growers fear for their fruit.")),
        ready(article("blare", excerpt="Bananas run out of the shops.")),
    ]
    found = compared(texts, sentences=True)
    assert found.reported_by_others_not_here == ()
    for view in found.providers:
        assert view.sentences.against == (("ledger",) if view.domain == "weekly.example" else ())
        if view.domain == "ledger.example":
            assert view.sentences.only_here is None
            assert view.sentences.only_here_sentences == ()
    for row in found.sentences or ():
        for other in row.others:
            assert other.article == "ledger" or other.status is not Status.NOT_FOUND


def test_duplicates_are_one_voice_with_its_carriers() -> None:
    texts = [*story(), ready(article("copy", STRIKE, hours=1))]
    found = compare(texts, FRAMES, duplicates=[{"ledger", "copy", "unheard"}])
    voice = next(voice for voice in found.voices if len(voice.carriers) > 1)
    assert voice.article == "ledger"
    assert voice.carriers == ("ledger", "copy")
    assert voice.providers == ("copy.example", "ledger.example")
    spoken = [fact.sentence.article for one in found.shared_facts for fact in one.sentences]
    assert "copy" not in spoken
    assert {view.domain for view in found.providers} >= {"copy.example", "ledger.example"}


def test_the_fullest_copy_speaks() -> None:
    texts = [ready(article("a", excerpt=STRIKE)), ready(article("b", STRIKE, hours=9)), story()[1]]
    found = compare(texts, FRAMES, duplicates=[("a", "b")])
    assert found.voices[0].article == "b" or found.voices[1].article == "b"


def test_several_articles_of_one_provider_are_one_view() -> None:
    own = Provider("Ledger", "ledger.example")
    texts = [*story(), ready(article("later", MARKETS, provider=own, hours=9))]
    found = compared(texts)
    (view,) = [view for view in found.providers if view.domain == "ledger.example"]
    assert view.articles == ("ledger", "later")
    assert len(view.headlines) == 2
    assert view.sentences.sentences == 8
    assert view.lag_hours == 0


def test_articles_without_a_provider_speak_for_themselves() -> None:
    texts = [ready(article(name, STRIKE, provider=Provider())) for name in "ab"]
    found = compared(texts)
    assert len(found.providers) == 2
    assert len(found.shared_facts) == 4


def test_common_sources_need_two_providers() -> None:
    texts = [
        ready(article("a", f"{STRIKE} Reuters reported it.")),
        ready(article("b", f"{STOPPAGE} It was first told by Reuters and AFP.")),
    ]
    (source,) = compared(texts).common_upstream
    assert (source.name, source.providers) == ("Reuters", ("a.example", "b.example"))


def test_what_does_not_hold_is_not_said() -> None:
    found = compared(story())
    assert found.differs == found.may_differ == found.frame_contrast == ()
    assert all(wording.labels == () for fact in found.shared_facts for wording in fact.wording)


DIVIDEND = "A dividend of 43 million crowns was paid to the parent in Southfell last April."


def lacking(**values: object) -> Comparison:
    """A third text without the dividend that two others report."""
    body = values.pop("body", f"{STRIKE} The cranes stood still for days.")
    third = article("third", str(body), **{"hours": 4, **values})
    first, second = f"{STRIKE} {DIVIDEND}", f"{STOPPAGE} {DIVIDEND}"
    return compared(
        [ready(article("a", first)), ready(article("b", second, hours=1)), ready(third)],
        sentences=True,
    )


def statuses(found: Comparison) -> set[Status]:
    """What is said of the dividend in the third text."""
    rows = [row for row in found.sentences or () if row.text == DIVIDEND]
    return {each.status for row in rows for each in row.others if each.article == "third"}


def test_absence_is_told_of_a_whole_text_of_the_event() -> None:
    found = lacking()
    assert [missing.provider for missing in found.reported_by_others_not_here] == ["third.example"]
    assert statuses(found) == {Status.NOT_FOUND}
    assert not any(each.partial for each in found.articles)


def test_only_here_is_said_of_what_an_outlets_own_copy_holds() -> None:
    texts = [
        ready(article("full", f"{STRIKE} {DIVIDEND}")),
        ready(article("cut", STRIKE, hours=1)),
        ready(article("same", f"{STRIKE} {DIVIDEND}", hours=2)),
        ready(article("other", f"{STRIKE} The cranes stood still for days.", hours=3)),
    ]
    found = compare(texts, FRAMES, duplicates=[("full", "cut", "same")])
    only = {
        view.domain: [span.text for span in view.sentences.only_here_sentences]
        for view in found.providers
    }
    assert DIVIDEND in only["full.example"]
    assert DIVIDEND in only["same.example"]
    assert DIVIDEND not in only["cut.example"]
    assert {view.sentences.sentences for view in found.providers[:3]} == {5}


@pytest.mark.parametrize(
    ("values", "partial"),
    [
        (
            {"body": f"{STRIKE} The cranes of the terminal have been quiet and"},
            True,
        ),  # it breaks off
        ({"body": f"{STRIKE} The cranes of the terminal have been quiet for days..."}, True),
        ({"body": f"quay where cranes are quiet. {STRIKE}"}, True),  # it begins within a sentence
        ({"hours": -24}, False),  # older
        ({"published": None}, False),
        ({"body": "Pear growers fear that fruit will spoil. Insurers expect claims."}, False),
    ],
)
def test_of_what_is_cut_older_or_of_another_event_no_absence_is_told(
    values: dict[str, object],
    partial: bool,  # noqa: FBT001
) -> None:
    found = lacking(**values)
    assert found.reported_by_others_not_here == ()
    assert statuses(found) == {Status.UNKNOWN}
    assert {each.id for each in found.articles if each.partial} == ({"third"} if partial else set())


def test_a_table_without_a_full_stop_is_compared_in_time() -> None:
    table = " ".join(f"{number} ships and {number * 7} crates, " for number in range(4_000))
    texts = [ready(article("a", table)), ready(article("b", table + "more")), *story()]
    found = compared(texts, sentences=True)
    assert len(found.voices) == 5


@pytest.mark.parametrize("many", [2, 20])
def test_every_block_says_what_it_rests_on(many: int) -> None:
    bodies = (STRIKE, STOPPAGE, MARKETS)
    found = asdict(compared([ready(article(f"a{n}", bodies[n % 3])) for n in range(many)]))
    blocks = [
        *found["shared_facts"],
        *found["reported_by_others_not_here"],
        *found["timeline"],
        *(
            view[part]
            for view in found["providers"]
            for part in ("sentences", "frames", "sourcing")
        ),
        *(headline for view in found["providers"] for headline in view["headlines"]),
    ]
    for block in blocks:
        assert block["basis"] in set(Basis)
        assert block["method"]
        assert "precision" in block["evidence"]


def test_a_headline_is_its_own_providers_whoever_printed_the_text_first() -> None:
    copy = ready(article("copy", STRIKE, title="Port falls silent", hours=1))
    found = compare([*story(), copy], FRAMES, duplicates=[["ledger", "copy"]])
    for view in found.providers:
        assert {one.article for one in view.headlines} <= set(view.articles)
    (view,) = [one for one in found.providers if one.domain == "copy.example"]
    assert [one.text for one in view.headlines] == ["Port falls silent"]


def test_articles_without_a_provider_are_named_by_their_ids() -> None:
    bodies = {"ledger": STRIKE, "weekly": STOPPAGE}
    found = compared([ready(article(i, text, provider=Provider(""))) for i, text in bodies.items()])
    assert {entry.provider for entry in found.timeline} == set(bodies)
    assert "unnamed (ledger)" in html(found)


def test_words_that_no_other_headline_uses() -> None:
    ledger, weekly, ducat = story()
    found = headline_view(ledger, [weekly, ducat])
    assert [phrase.text for phrase in found.only_here] == ["Dockers walk"]
    for phrase in found.only_here:
        assert found.text[phrase.start : phrase.end] == phrase.text


def test_the_closest_headline_and_own_sentence() -> None:
    one = ready(article("a", STRIKE, title="Mediator Ilse Harrowgate"))
    near = ready(article("b", STOPPAGE, title="Mediator Harrowgate invited"))
    far = ready(article("c", MARKETS, title="Pears and plums"))
    found = headline_view(one, [far, near])
    assert found.closest == "b"
    assert found.own_sentence is not None
    assert found.own_sentence.text.startswith("Mediator Ilse Harrowgate")


def test_without_a_body_there_is_no_own_sentence() -> None:
    found = headline_view(ready(article("a", excerpt="Dockers walked out.")), story())
    assert found.own_sentence is None
    assert found.closest is not None


def test_an_article_without_a_title_has_its_first_line() -> None:
    found = headline_view(ready(article("a", STRIKE, title="")), story())
    assert found.text.startswith("Dockers walked out")
    assert found.closest is None


def test_articles_are_in_order_of_time_and_undated_ones_last() -> None:
    given = [article("c", hours=30), article("b", published=None), article("a", hours=6)]
    entries = compared([ready(one) for one in given]).timeline
    assert [entry.article for entry in entries] == ["a", "c", "b"]
    assert [entry.lag_hours for entry in entries] == [0.0, 24.0, None]


def test_without_any_date_there_is_no_lag() -> None:
    entries = compared([ready(article(name, published=None)) for name in "ba"]).timeline
    assert [(entry.article, entry.lag_hours) for entry in entries] == [("a", None), ("b", None)]
