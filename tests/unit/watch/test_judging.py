"""Articles are judged when they can be searched, with a search's evidence, each once."""

import gc
import time
import weakref
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from semsearch.encode.encoder import Vectors
from semsearch.errors import (
    InvalidFilterError,
    InvalidQueryError,
    InvalidWatchError,
    ModelUnavailableError,
    NoSuchArticleError,
    NoSuchStoryError,
    NoSuchWatchError,
    StoppingError,
    WatchExistsError,
)
from semsearch.index import Index
from semsearch.library import Library
from semsearch.model.article import Article, Field, Provider
from semsearch.model.search import Confidence
from semsearch.model.watch import Alert, AlertQuery, NewSentence, WatchSpec
from semsearch.store.catalog.watches import JudgedBatch, WatchStore
from semsearch.watch import judging, reporting
from semsearch.watch.events import Links
from semsearch.watch.judging import Judge
from semsearch.watch.novelty import without_repeats
from tests.support.articles import GAZETTE, HERALD, make_article, make_link, write_json_lines
from tests.support.encoder import HashingEncoder
from tests.support.indexes import open_index
from tests.support.watching import COLLISION, FACT, FURTHER, QUESTION, collision, further, quiet

ASKED = WatchSpec(name="ferry", question=QUESTION, min_confidence=Confidence.LOW)


@pytest.fixture
def news(index: Index) -> Index:
    """An index with articles that no watch of these tests is about."""
    index.add(quiet(number) for number in range(4))
    return index


def found(index: Index, watch: str = "") -> list[Alert]:
    return list(reversed(index.alerts(AlertQuery(watch=watch)).alerts))


def reports(alert: Alert) -> dict[str, str]:
    return {one.article: one.relation for one in alert.reports}


def test_what_arrives_is_reported_with_the_score_and_parts_that_a_search_gives(news: Index) -> None:
    news.add_watch(ASKED)
    news.add([collision(), quiet(9)])
    (alert,) = found(news)
    hits = {hit.article.id: hit for hit in news.search(QUESTION).hits}
    assert alert.article == "c1"
    assert (alert.score, alert.score_parts) == (hits["c1"].score, hits["c1"].score_parts)
    assert alert.passage == hits["c1"].passage
    assert round(sum(alert.score_parts.values()), 6) == alert.score
    assert reports(alert) == {"c1": "first"}
    for sentence in alert.new:
        text = collision().text(sentence.field)
        assert text[sentence.start : sentence.end] == sentence.text


def test_every_way_of_writing_is_judged(news: Index, tmp_path: Path) -> None:
    news.add_watch(replace(ASKED, new_only=False))
    write_json_lines(
        tmp_path / "news.jsonl",
        [{"id": "file", "title": "Ferry collision in Senn harbour", "body": COLLISION}],
    )
    news.add_files(tmp_path / "news.jsonl")
    news.add([collision("sent")])
    assert [alert.article for alert in found(news)] == ["file", "sent"]


def test_what_was_there_before_the_watch_is_not_reported(news: Index) -> None:
    news.add([collision()])
    news.add_watch(ASKED)
    news.add([quiet(8)])
    assert found(news) == []
    news.add_watch(replace(ASKED, name="later"))
    news.add([further()])
    assert len(found(news, "ferry")) == 1
    assert len(found(news, "later")) == 1


def test_a_stub_is_no_arrival(news: Index) -> None:
    news.add_watch(ASKED)
    link = make_link("s1", "Ferry collision in Senn harbour", excerpt=COLLISION)
    news.add([make_article("linker", "Orchids", related=(link,))])
    assert found(news) == []


def test_a_copy_and_a_further_report_join_the_alert(news: Index) -> None:
    news.add_watch(ASKED)
    for article in (collision(), collision("copy"), further()):
        news.add([article])
    (alert,) = found(news)
    assert reports(alert)["c1"] == "first"
    assert reports(alert)["copy"] == "copy"
    assert reports(alert)["c2"] in ("story", "related", "edited")


def test_a_further_report_with_a_new_fact_raises_it_again_and_shows_the_fact(news: Index) -> None:
    news.add_watch(ASKED)
    news.add([collision()])
    news.add([further(body=further().body + FACT)])
    first, again = found(news)
    assert again.again == first.id
    assert [sentence.text for sentence in again.new] == [FACT.strip()]
    news.add([collision("c3", body=COLLISION + FACT)])
    assert len(found(news)) == 2


@pytest.mark.parametrize(
    ("title", "alerts"),
    [
        ("FERRY COLLISION in Senn harbour!", 1),
        ("Ferry and barge collide in Senn harbour", 2),
    ],
)
def test_a_report_with_the_headline_of_one_that_was_seen_joins_whatever_it_begins_with(
    news: Index, title: str, alerts: int
) -> None:
    news.add_watch(ASKED)
    news.add([collision()])
    news.add([replace(further(body=FACT.strip() + " " + FURTHER), title=title)])
    told = found(news)
    assert len(told) == alerts
    relation = [reports(alert)["c2"] for alert in told if "c2" in reports(alert)]
    assert relation == (["story"] if alerts == 1 else ["first"])


@pytest.mark.parametrize("title", ["Live updates", "What we know so far", "Morning briefing"])
def test_a_headline_that_stands_over_any_news_lets_none_join(news: Index, title: str) -> None:
    news.add_watch(ASKED)
    news.add([collision(title=title)])
    news.add([replace(further(body=FACT.strip() + " " + FURTHER), title=title)])
    assert [alert.article for alert in found(news)] == ["c1", "c2"]


def test_a_long_headline_is_of_one_report_though_a_teaser_holds_little_of_it(news: Index) -> None:
    title = "Senn shipping line names veteran pilot Casimir Holt head of its board of advisers"
    news.add_watch(ASKED)
    news.add([collision(title=title)])
    news.add([replace(further(body=FACT.strip() + " " + FURTHER), title=title)])
    (alert,) = found(news)
    assert reports(alert).keys() == {"c1", "c2"}


def test_an_alert_for_new_facts_shows_one_even_where_the_headline_says_it_all(
    news: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    news.add_watch(ASKED)
    news.add([collision()])
    linked = Links(None, frozenset(), frozenset(), thread=frozenset({"c1"}))
    with monkeypatch.context() as other_events:
        other_events.setattr(judging, "links_of", lambda *_: linked)
        news.add([replace(further(body=FACT.strip()), title=FACT.strip())])
    _, again = found(news)
    assert again.again is not None
    assert [sentence.text for sentence in again.new] == [FACT.strip()]


OTHERWISE = {
    "heat": lambda article: replace(article, heat=7),
    "topics": lambda article: replace(article, topics=("Ferries",)),
    "date": lambda article: replace(article, published=datetime(2031, 1, 1, tzinfo=UTC)),
    "links": lambda article: replace(article, related=(make_link("s1", "Trams"),)),
}


@pytest.mark.parametrize("what", OTHERWISE)
def test_an_article_whose_text_is_as_it_was_is_no_news(news: Index, what: str) -> None:
    changed = OTHERWISE[what](collision())
    news.add([collision()])
    news.add_watch(replace(ASKED, new_only=False))
    news.add([changed])
    assert found(news) == []
    news.add_watch(replace(ASKED, name="later", new_only=False))
    news.add([further()])
    before = found(news)
    assert {alert.article for alert in before} == {"c2"}
    news.add([replace(OTHERWISE[what](further()), language="en"), changed])
    assert found(news) == before


def test_an_article_that_passes_the_filter_only_now_is_reported(news: Index) -> None:
    tree = {"field": "quality", "operator": ">=", "value": 50}
    news.add_watch(replace(ASKED, filter=tree))
    for quality in (10, 80, 90):
        news.add([replace(collision(), quality=quality)])
    (alert,) = found(news)
    assert reports(alert) == {"c1": "first"}


def test_a_text_that_answers_only_now_is_reported(news: Index) -> None:
    news.add([collision(body="Violins.", title="Orchids")])
    news.add_watch(ASKED)
    news.add([collision()])
    assert [alert.article for alert in found(news)] == ["c1"]


def test_an_article_that_replaces_its_stub_is_reported_though_it_says_no_more(news: Index) -> None:
    link = make_link("c1", collision().title, excerpt=COLLISION)
    news.add_watch(ASKED)
    news.add([make_article("linker", "Orchids", related=(link,))])
    news.add([replace(collision(), excerpt=COLLISION, body="")])
    assert [alert.article for alert in found(news)] == ["c1"]


def test_what_was_written_twice_before_it_was_judged_is_reported_wherever_judging_stopped(
    news: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    news.add_watch(ASKED)
    commit = WatchStore.write

    def refuse(*_: object) -> None:
        raise ModelUnavailableError("The model is gone.")

    def once(store: WatchStore, batch: JudgedBatch) -> None:
        commit(store, batch)
        refuse()

    with monkeypatch.context() as broken:
        broken.setattr(judging, "links_of", refuse)
        news.add([further()])
        news.add([collision()])
        news.add([replace(collision(), heat=7)])
    assert found(news) == []
    with monkeypatch.context() as broken:
        broken.setattr(WatchStore, "write", once)
        news.publish()
    news.publish()
    assert {one for alert in found(news) for one in reports(alert)} == {"c1", "c2"}


def test_an_edited_copy_of_a_report_that_is_not_the_last_one_joins(news: Index) -> None:
    news.add_watch(ASKED)
    news.add([collision()])
    news.add([further()])
    news.add([collision("c3", COLLISION + FACT, title="Senn harbour: ferry in collision")])
    (alert,) = found(news)
    assert reports(alert).keys() == {"c1", "c2", "c3"}


def test_an_alert_shows_no_sentence_twice_and_not_its_headline(news: Index) -> None:
    news.add_watch(ASKED)
    first, second, third = COLLISION.split(". ")
    article = collision(body=f"{collision().title}\n\n{COLLISION}")
    cut = f"{first}. {second[:30]}"
    news.add([replace(article, excerpt=cut)])
    (alert,) = found(news)
    told = [sentence.text for sentence in alert.new]
    assert told == [f"{first}.", f"{second}.", third]


@pytest.mark.parametrize(
    ("texts", "kept"),
    [
        (["The ferry sank.", "THE FERRY SANK", "A barge sank."], [0, 2]),
        (["The ferry left the harbour of Se", "The ferry left the harbour of Senn at noon."], [1]),
        (["The ferry left the harbour of Senn at noon.", "The ferry left the harbour …"], [0]),
        (["It sank.", "It sank. It was raised."], [0, 1]),  # too short to be one cut off
        (["Ferry sinks off Senn!", "Nobody was hurt."], [1]),  # the headline again
        (["…", "Nobody was hurt."], [0, 1]),
        ([], []),
    ],
)
def test_a_sentence_that_another_repeats_or_completes_is_left_out(
    texts: list[str], kept: list[int]
) -> None:
    sentences = [NewSentence(Field.BODY, n, n + 1, text) for n, text in enumerate(texts)]
    assert without_repeats(sentences, "Ferry sinks off Senn") == [sentences[n] for n in kept]


def test_what_joins_is_told_by_what_it_is_to_the_first_report(
    news: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    news.add_watch(ASKED)
    news.add([collision()])
    for sure, relation in ((frozenset({"c1"}), "story"), (frozenset[str](), "related")):
        linked = Links(None, frozenset({"c1", "c2"}), sure, frozenset())
        with monkeypatch.context() as other:
            other.setattr(judging, "links_of", lambda *_, linked=linked: linked)
            news.add([further(f"{relation} report")])
        assert reports(found(news)[0])[f"{relation} report"] == relation
    news.add([collision("last")])
    assert reports(found(news)[0])["last"] == "copy"


def test_the_sentences_of_what_is_reported_are_kept_and_encoded_once(
    news: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoded: list[str] = []
    encode = Library.encode

    def counted(library: Library, texts: Sequence[str]) -> Vectors:
        encoded.extend(texts)
        return encode(library, texts)

    news.add_watch(ASKED)
    monkeypatch.setattr(Library, "encode", counted)
    for article in (collision(), further(), quiet(8)):
        news.add([article])
    sentence = COLLISION.partition(". ")[0] + "."
    assert encoded.count(sentence) == 1
    assert "Violins and lanterns sold well." not in encoded  # nothing is reported of it
    assert len(found(news)) == 1


def test_a_new_fact_far_down_in_a_further_report_joins_the_alert(news: Index) -> None:
    news.add_watch(ASKED)
    news.add([collision()])
    news.add([further("c3", f"{FURTHER} {FURTHER} {FURTHER}{FACT}")])
    (alert,) = found(news)
    assert set(reports(alert)) == {"c1", "c3"}


@pytest.mark.parametrize(
    ("title", "alerts"),
    [
        ("Captain of Senn ferry arrested", 2),
        ("Captain speaks of Senn collision", 1),  # one word is too little
        ("Twelve hurt in Senn harbour", 1),
    ],
)
def test_a_new_fact_that_the_headline_speaks_of_raises_the_alert_wherever_it_stands(
    news: Index, title: str, alerts: int
) -> None:
    news.add_watch(ASKED)
    news.add([collision()])
    told = further("c3", f"{FURTHER} {FURTHER} {FURTHER}{FACT}")
    news.add([replace(told, title=title)])
    last = found(news)[-1]
    assert len(found(news)) == alerts
    if alerts == 2:
        assert [sentence.text for sentence in last.new] == [FACT.strip()]
        news.add([collision("copy of c1", title="Senn harbour: captain arrested")])
        news.add([replace(told, id="copy of c3", title="Ferry captain under arrest")])
        assert len(found(news)) == 2


def test_the_next_event_of_an_affair_is_reported_for_what_it_tells(
    news: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    news.add_watch(ASKED)
    news.add([collision()])
    linked = Links(None, frozenset(), frozenset(), thread=frozenset({"c1"}))
    with monkeypatch.context() as other_events:
        other_events.setattr(judging, "links_of", lambda *_: linked)
        news.add([further("nothing new")])
        news.add([further("c3", f"{FURTHER} {FURTHER} {FURTHER}{FACT}")])
    first, again = found(news)
    assert reports(first) == {"c1": "first", "nothing new": "related"}
    assert (again.article, again.again) == ("c3", first.id)
    assert [sentence.text for sentence in again.new] == [FACT.strip()]


def test_without_new_only_every_article_is_reported(news: Index) -> None:
    news.add_watch(replace(ASKED, new_only=False))
    for article in (collision(), collision("copy"), further()):
        news.add([article])
    assert [alert.article for alert in found(news)] == ["c1", "copy", "c2"]


def test_a_newer_version_joins_and_is_never_reported_as_another_article(news: Index) -> None:
    news.add_watch(ASKED)
    news.add([collision()])
    news.add([collision(body=COLLISION.replace("noon", "two"))])
    (alert,) = found(news)
    assert reports(alert) == {"c1": "update"}


def test_what_a_newer_version_begins_with_raises_the_alert_whatever_its_headline(
    news: Index,
) -> None:
    news.add_watch(ASKED)
    news.add([collision()])
    news.add([collision(body=f"{FACT.strip()} {COLLISION}")])
    first, again = found(news)
    assert (again.article, again.again) == ("c1", first.id)
    assert [sentence.text for sentence in again.new] == [FACT.strip()]
    news.add([collision(body=f"{FURTHER} {FACT.strip()} {COLLISION}")])  # in other words
    assert len(found(news)) == 2


@pytest.mark.parametrize(
    ("title", "alerts"),
    [
        ("Live updates: ferry collision in Senn harbour", 2),
        ("Ferry collision in Senn harbour: live", 2),
        ("Ferry collision in Senn harbour: survivors live to tell", 1),
    ],
)
def test_a_further_page_under_the_headline_of_a_live_page_raises_the_alert_for_what_it_begins_with(
    news: Index, title: str, alerts: int
) -> None:
    news.add_watch(ASKED)
    news.add([collision(title=title)])
    news.add([further(body=FACT.strip() + " " + FURTHER, title=title)])
    assert len(found(news)) == alerts
    news.add([further("c3", title=title)])  # nothing new
    assert len(found(news)) == alerts


def test_the_same_again_changes_nothing(news: Index) -> None:
    news.add_watch(ASKED)
    news.add([collision()])
    before = found(news)
    news.add([collision()])
    news.publish()
    assert found(news) == before


def test_outlets_and_filters_hold(news: Index) -> None:
    news.add_watch(replace(ASKED, provider=(HERALD.domain,)))
    tree = {"field": "quality", "operator": ">=", "value": 50}
    news.add_watch(replace(ASKED, name="good", filter=tree))
    news.add([collision(), replace(further(), quality=80)])
    assert [alert.article for alert in found(news, "ferry")] == ["c2"]
    assert [alert.article for alert in found(news, "good")] == ["c2"]


def test_phrases_and_words_left_out_hold_as_in_a_search(news: Index) -> None:
    news.add_watch(replace(ASKED, name="phrase", question='"copper barge" ferry collision Senn'))
    news.add_watch(replace(ASKED, name="minus", question="ferry collision Senn harbour -copper"))
    news.add([collision(), further()])
    assert [alert.article for alert in found(news, "phrase")] == ["c1"]
    assert [alert.article for alert in found(news, "minus")] == ["c2"]


@pytest.mark.parametrize(
    ("question", "reported"),
    [
        ('"Lisk harbour pact" ferry collision in Senn harbour', []),
        ('"copper barge" "ferry had left" Senn collision', []),
        ('"copper barge" or "ferry had left" Senn collision', ["c1", "c2"]),
        ("ferry collision Senn harbour -collide", ["c1"]),  # "collided" as well
        ('ferry collision Senn harbour -"copper barge"', ["c2"]),
    ],
)
def test_a_watch_waits_for_its_phrases_though_no_article_holds_them_yet(
    news: Index, question: str, reported: list[str]
) -> None:
    news.add_watch(replace(ASKED, question=question, new_only=False))
    news.add([collision(), further()])
    assert [alert.article for alert in found(news)] == reported


def test_a_watch_says_which_wording_it_holds_articles_to(news: Index) -> None:
    asked = replace(ASKED, question='"copper barge" or "iron barge" collision -Lisk')
    assert news.add_watch(asked).watch.interpreted == (
        'It reports only articles that hold "copper barge" or "iron barge".',
        'It reports no article that holds "Lisk".',
    )


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        (
            WatchSpec(question="ferry", provider=("Lisk Gazete",)),
            'There is no outlet "Lisk Gazete"',
        ),
        (WatchSpec(similar="c1", provider=("Nobody",)), 'There is no outlet "Nobody"'),
        (
            WatchSpec(
                question="ferry", filter={"field": "topic", "operator": "==", "value": "fery"}
            ),
            'There is no topic "fery"',
        ),
        (WatchSpec(question="what is it?"), "Its words stand in nearly every article"),
        (WatchSpec(question="ferry", provider=(GAZETTE.name,)), ""),
    ],
)
def test_a_watch_that_cannot_report_anything_yet_says_why(
    news: Index, spec: WatchSpec, said: str
) -> None:
    news.add([collision()])
    notes = news.add_watch(spec).watch.interpreted
    assert len(notes) == bool(said)
    assert all(note.startswith(said) for note in notes)


@pytest.mark.parametrize("when", ["on Friday", "last week", "yesterday", "in June 2005"])
def test_a_time_that_is_over_or_counts_from_today_is_not_asked_of_what_comes(
    news: Index, when: str
) -> None:
    plain = news.add_watch(replace(ASKED, name="plain")).watch
    made = news.add_watch(
        replace(ASKED, question=QUESTION.replace("?", f" {when}?"), name="timed")
    ).watch
    news.add([collision()])
    alerts = {alert.watch: alert.score for alert in found(news)}
    assert alerts[made.id] == alerts[plain.id]
    assert [note for note in made.interpreted if "waits for what comes" in note]
    assert not [note for note in made.interpreted if "come first" in note]


def test_a_time_that_goes_on_is_asked_of_what_comes(news: Index) -> None:
    question = QUESTION.replace("?", " since 2031?")
    made = news.add_watch(replace(ASKED, question=question)).watch
    assert made.interpreted == ('Articles since 2031-01-01 come first ("since 2031").',)


def test_a_watch_for_articles_like_one(news: Index) -> None:
    news.add([collision()])
    news.add_watch(WatchSpec(similar="c1"))
    news.add([collision("copy"), quiet(7)])
    (alert,) = found(news)
    assert (alert.article, alert.passage) == ("copy", None)
    similar = {hit.article.id: hit.score for hit in news.similar("c1").hits}
    assert alert.score == pytest.approx(similar["copy"], abs=1e-5)


def test_a_watch_for_news_of_a_story(news: Index) -> None:
    news.add([collision(), collision("copy", title="Collision of a ferry in Senn harbour")])
    story = news.story_of("c1")
    assert story is not None
    news.add_watch(WatchSpec(story=story.id))
    news.add([collision("third", title="A ferry collides in Senn harbour"), quiet(7)])
    (alert,) = found(news)
    assert (alert.article, alert.story) == ("third", story.id)


def test_an_alert_of_a_story_shows_no_sentence_that_the_story_had(news: Index) -> None:
    news.add([collision(), collision("copy", title="Collision of a ferry in Senn harbour")])
    story = news.story_of("c1")
    assert story is not None
    news.add_watch(WatchSpec(story=story.id))
    news.add([collision("third", title="A ferry collides in Senn harbour")])
    (alert,) = found(news)
    assert (alert.new, reports(alert)) == ((), {"third": "first"})
    news.add_watch(WatchSpec(name="again", story=story.id))
    said = "The harbour master closed the pier of Lisk for two days."
    news.add([collision("fourth", body=f"{said} {COLLISION}", title="Senn harbour: ferry hit")])
    (alert,) = found(news, "again")
    assert [sentence.text for sentence in alert.new] == [said]


def test_an_article_of_a_story_that_tells_a_new_fact_is_news_of_the_story(news: Index) -> None:
    news.add([collision(), collision("copy", title="Collision of a ferry in Senn harbour")])
    story = news.story_of("c1")
    assert story is not None
    news.add_watch(WatchSpec(story=story.id))
    news.add([replace(collision(), heat=3)])
    news.add([collision(body=COLLISION.replace("noon", "two o'clock"))])
    assert found(news) == []  # nothing that counts
    news.add([collision(body=f"{FACT.strip()} {COLLISION}")])
    (alert,) = found(news)
    assert (alert.article, reports(alert)) == ("c1", {"c1": "first"})
    assert FACT.strip() in [sentence.text for sentence in alert.new]
    assert COLLISION.partition(". ")[0] + "." not in [sentence.text for sentence in alert.new]
    news.add([collision(body=f"{FACT.strip()} {COLLISION} It rained.")])
    assert reports(found(news)[0]) == {"c1": "update"}
    assert len(found(news)) == 1


def test_an_alert_names_its_article_though_that_was_reported_again_since(news: Index) -> None:
    news.add_watch(ASKED)
    news.add([collision()])
    news.add([collision(body=FACT.strip() + " " + COLLISION)])
    assert [reports(alert) for alert in found(news)] == [{"c1": "first"}, {"c1": "first"}]


def test_alerts_since_a_moment_of_any_zone(news: Index) -> None:
    news.add_watch(ASKED)
    news.add([collision()])
    (alert,) = found(news)
    for hours in (-9, 0, 9):
        at = alert.at.astimezone(timezone(timedelta(hours=hours)))
        assert news.alerts(AlertQuery(since=at)).alerts == (alert,)
        assert news.alerts(AlertQuery(since=at + timedelta(seconds=1))).alerts == ()
    naive = alert.at.replace(tzinfo=None)
    assert news.alerts(AlertQuery(since=naive)).alerts == (alert,)


def test_articles_that_could_not_be_judged_are_judged_with_the_next_write(
    news: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    news.add_watch(ASKED)

    def refuse(*_: object) -> None:
        raise ModelUnavailableError("The model is gone.")

    with monkeypatch.context() as broken:
        broken.setattr(reporting, "compared_texts", refuse)  # what encodes sentences
        news.add([collision()])
    assert found(news) == []
    assert news.behind()
    news.publish()
    assert [alert.article for alert in found(news)] == ["c1"]
    assert not news.behind()


def test_what_a_process_related_and_did_not_judge_is_judged_by_the_next_that_serves(
    news: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    news.add_watch(ASKED)

    def end(_: Judge) -> None:
        raise StoppingError("The service is stopping.")

    with monkeypatch.context() as stopped:
        stopped.setattr(Judge, "_judge_new", end)
        with pytest.raises(StoppingError):
            news.add([collision()])
    assert news.status().lag.unrelated == 0
    assert found(news) == []
    news.keep_published()  # and nobody writes
    until = time.monotonic() + 30  # two seconds, on a machine that has time
    while not found(news) and time.monotonic() < until:
        time.sleep(0.02)
    assert [alert.article for alert in found(news)] == ["c1"]


def test_what_is_read_of_a_watch_keeps_nothing_of_the_generation_that_it_was_read_in(
    news: Index,
) -> None:
    news.add_watch(ASKED)
    news.add([collision()])
    outlets = weakref.ref(news._components.searcher.parser(news.library.snapshot()).same)
    for number in range(5, 11):  # more generations than have their parsers kept
        outlet = Provider(f"Outlet {number}")  # generations with the same outlets share them
        news.add([replace(quiet(number), provider=outlet)])
        news._components.searcher.parser(news.library.snapshot())
    gc.collect()
    assert outlets() is None


def test_watches_are_named_listed_changed_and_removed(news: Index) -> None:
    made = news.add_watch(ASKED).watch
    assert news.watch("ferry") == news.watch(made.id) == news.watches()[0]
    with pytest.raises(WatchExistsError):
        news.add_watch(ASKED)
    news.add([collision()])
    assert (news.watch("ferry").alerts, news.watch("ferry").unread) == (1, 1)
    assert news.mark_read([found(news)[0].id]) == 1
    assert (news.watch("ferry").alerts, news.watch("ferry").unread) == (1, 0)
    assert news.alerts(AlertQuery(unread=True)).alerts == ()
    news.change_watch("ferry", replace(ASKED, question="Who bought orchids?"))
    assert found(news)[0].watch_name == "ferry"
    news.remove_watch("ferry")
    assert (news.watches(), found(news)) == ((), [])
    with pytest.raises(NoSuchWatchError):
        news.watch("ferry")


@pytest.mark.parametrize(
    ("spec", "error"),
    [
        (WatchSpec(), InvalidWatchError),
        (WatchSpec(question="a", story="b"), InvalidWatchError),
        (WatchSpec(question="x" * 5_000), InvalidQueryError),
        (WatchSpec(question="a", filter={"field": "price"}), InvalidFilterError),
        (WatchSpec(question="a", name="x" * 200), InvalidWatchError),
        (WatchSpec(question="a", min_confidence=Confidence.NONE), InvalidWatchError),
        (WatchSpec(question="a", to=("pigeon:home",)), InvalidWatchError),
        (WatchSpec(similar="nothing"), NoSuchArticleError),
        (WatchSpec(story="nothing"), NoSuchStoryError),
    ],
)
def test_what_cannot_be_watched_is_refused(
    news: Index, spec: WatchSpec, error: type[Exception]
) -> None:
    with pytest.raises(error):
        news.add_watch(spec)
    assert news.watches() == ()


def test_a_purged_article_leaves_its_alerts(news: Index) -> None:
    news.add_watch(ASKED)
    news.add([collision(), further("c2")])
    news.purge(["c1"])
    held = b"".join(
        path.read_bytes() for path in news.library.folder.glob("catalog.db*") if path.is_file()
    )
    assert all(alert.article != "c1" for alert in found(news))
    assert b"copper barge crossed the channel" not in held


def gone(news: Index, how: str) -> None:
    if how == "purged":
        news.purge(["c1"])
    else:
        news.delete(["c1"])
    if how == "collected":
        news.library.catalog.collect(news.library.catalog.sequence)


@pytest.mark.parametrize("how", ["deleted", "collected", "purged"])
@pytest.mark.parametrize(
    "copy",
    [
        collision("c2"),
        replace(collision("c2", title="Twelve hurt in Senn"), provider=HERALD),
        collision("c2", body=COLLISION.partition(" Divers")[0]),
        collision("c2", body=f"{COLLISION} Lanterns were lit along the quay in the evening."),
    ],
    ids=["copy", "other headline", "cut", "longer"],
)
def test_a_copy_of_a_text_that_was_reported_joins_though_the_original_is_gone(
    news: Index, how: str, copy: Article
) -> None:
    news.add_watch(ASKED)
    news.add([collision()])
    before = [alert.id for alert in found(news)]
    gone(news, how)
    news.add([copy])
    assert [alert.id for alert in found(news)] == ([] if how == "purged" else before)
    news.delete(["c2"])
    news.add([replace(copy, id="c3")])
    assert [alert.id for alert in found(news)] == ([] if how == "purged" else before)
    if how != "purged":
        relation = "edited" if copy.body.startswith(COLLISION + " ") else "copy"
        assert reports(found(news)[0]) == {"c1": "first", "c2": relation, "c3": "copy"}


@pytest.mark.parametrize("how", ["deleted", "purged"])
def test_a_headline_without_a_text_is_reported_once_though_the_original_is_gone(
    news: Index, how: str
) -> None:
    news.add_watch(ASKED)
    news.add([collision(body="", title="Ferry collision in Senn harbour injures twelve people")])
    assert len(found(news)) == 1
    gone(news, how)
    news.add([collision("c2", "", "Ferry collision in Senn harbour injures twelve people")])
    assert len(found(news)) == (0 if how == "purged" else 1)


@pytest.mark.parametrize("how", ["deleted", "purged"])
def test_another_report_than_one_that_is_gone_is_reported(news: Index, how: str) -> None:
    news.add_watch(ASKED)
    news.add([collision()])
    gone(news, how)
    news.add([further(body=FURTHER + FACT)])
    assert found(news)[-1].article == "c2"


def test_what_a_purged_article_leaves_joins_nothing_that_is_shown(news: Index) -> None:
    news.add_watch(ASKED)
    for article in (collision(), collision("copy"), further()):
        news.add([article])
    news.purge(["copy"])
    (alert,) = found(news)
    assert set(reports(alert)) == {"c1", "c2"}
    news.purge(["c1"])
    assert found(news) == []
    news.add([further("c4", f"{FACT} {FURTHER}")])
    (again,) = found(news)
    assert (again.article, again.again, set(reports(again))) == ("c4", None, {"c4"})


def test_a_copy_of_what_an_article_said_before_it_was_corrected_is_no_news(news: Index) -> None:
    news.add_watch(ASKED)
    news.add([further(body=FURTHER + FACT)])
    news.add([further(body=FURTHER)])
    news.add([collision("late", body=FACT.strip() + " " + COLLISION, title="Captain arrested")])
    assert [alert.article for alert in found(news)] == ["c2"]


def test_a_watch_may_be_made_before_the_first_article(folder: Path) -> None:
    with open_index(folder, HashingEncoder()) as index:
        index.add_watch(ASKED)
        index.add([collision(), *map(quiet, range(5))])
        assert [alert.article for alert in found(index)] == ["c1"]


def test_watches_outlive_the_process(folder: Path) -> None:
    with open_index(folder, HashingEncoder()) as index:
        index.add([quiet(1), make_article("x", "Tram", provider=GAZETTE)])
        index.add_watch(ASKED)
    with open_index(folder, HashingEncoder()) as index:
        index.add([collision()])
    with open_index(folder, HashingEncoder()) as index:
        assert [alert.article for alert in found(index)] == ["c1"]
