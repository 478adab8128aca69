"""Comparisons of articles, stories and answers: what is compared, and that nothing is encoded."""

import re
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from random import Random

import pytest
from pydantic import TypeAdapter

from semsearch.assembly import open_index as assemble
from semsearch.compare import comparer
from semsearch.config import FramingSettings, Settings
from semsearch.errors import (
    ConfigurationError,
    InvalidQueryError,
    ModelUnavailableError,
    NoSuchArticleError,
    NoSuchStoryError,
)
from semsearch.export.markdown import markdown
from semsearch.index import Index
from semsearch.model.article import Article, Basis, Passage
from semsearch.model.comparison import MAX_ARTICLES, Comparison, Detail, Status
from semsearch.model.filters import Filters
from semsearch.model.search import Collapse, Query
from semsearch.relate import update
from semsearch.relate.relate import ArticleOrId
from semsearch.text.sentences import article_sentences
from semsearch.text.shingles import MAX_CHARS
from semsearch.web import exports
from tests.support.answers import cited
from tests.support.articles import WORDS, make_article
from tests.support.coverage import report, stories
from tests.support.encoder import HashingEncoder
from tests.support.indexes import open_index
from tests.unit.compare.samples import MARKETS, STOPPAGE, STRIKE, article

LEDGER = article("ledger", STRIKE, title="Dockers walk out at Brackwater")
WEEKLY = article("weekly", STOPPAGE, title="Brackwater port idle", hours=3)
DUCAT = article("ducat", MARKETS, title="Growers count the cost", hours=5)
EXCERPTS = tuple(
    article(name, excerpt=text)
    for name, text in {
        "blare": "The port of Brackwater is idle.",
        "courier": "Pear growers fear for their fruit.",
        "herald": "Bananas run out within a fortnight.",
    }.items()
)


@pytest.fixture
def encoder() -> HashingEncoder:
    return HashingEncoder(dimension=512)


@pytest.fixture
def index(folder: Path, encoder: HashingEncoder) -> Iterator[Index]:
    opened = open_index(folder, encoder)
    yield opened
    opened.close()


# --- what is kept at ingest ---------------------------------------------------------------------


def test_a_story_of_twenty_is_compared_without_encoding(
    index: Index, encoder: HashingEncoder
) -> None:
    told = [report(chr(97 + n), "strike", f"teller {n}") for n in range(20)]
    index.add(told)
    (identity,) = stories(index)
    index.compare("a", "b")  # the frames are encoded once
    before = encoder.encoded
    found = index.compare(story=identity, detail=Detail.SENTENCES)
    assert encoder.encoded == before
    assert len(found.articles) == 20
    assert cited(asdict(found), {one.id: one for one in told})


def test_a_story_and_its_comparison_have_one_title(index: Index) -> None:
    index.add(report(chr(97 + n), "strike", f"teller {n}") for n in range(5))
    index.add([report("z", "otter")])
    (story,) = index.stories().stories
    found = index.compare(story=story.id)
    assert found.title == story.title
    assert index.compare(*[one.id for one in found.articles]).title == story.title
    assert index.compare("z", "b").title != story.title


def test_a_story_is_compared_once_until_the_index_changes(index: Index) -> None:
    index.add(report(chr(97 + n), "strike", f"teller {n}") for n in range(3))
    (identity,) = stories(index)
    found = index.compare(story=identity)
    assert index.compare(story=identity) is found
    assert index.compare(story=identity, detail=Detail.SENTENCES).sentences is not None
    index.add([report("y", "strike", "another")])
    assert len(index.compare(story=identity).articles) == 4
    assert found.sentences is None


def test_comparisons_that_are_kept_take_so_many_bytes(
    index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    for event in ("strike", "ferry"):
        index.add(report(f"{event}{n}", event, f"teller {n}") for n in range(3))
    first, second = stories(index)
    found = index.compare(story=first)
    size = len(TypeAdapter(Comparison).dump_json(found))
    monkeypatch.setattr(comparer, "_KEPT_BYTES", size + 100)
    index.compare(story=second)
    again = index.compare(story=first)
    assert again is not found
    assert again == found
    monkeypatch.setattr(comparer, "_KEPT_BYTES", size - 1)
    index.add([report("new", "strike", "another")])
    assert index.compare(story=first) is not index.compare(story=first)


def test_sentences_are_kept_for_stories_alone(index: Index) -> None:
    index.add([report("a", "strike"), report("b", "ferry")])
    library = index.library
    pks = {identity: known.pk for identity, known in library.catalog.known("ab").items()}
    assert library.catalog.sentences_of(pks.values()) == {}
    index.add([report("c", "strike", "told by c")])
    pks = {identity: known.pk for identity, known in library.catalog.known("abc").items()}
    kept = library.catalog.sentences_of(pks.values())
    assert set(kept) == {pks["a"], pks["c"]}
    for identity in "ac":
        assert kept[pks[identity]][0] == article_sentences(
            library.catalog.by_pk(pks.values())[pks[identity]]
        )


def test_only_what_is_new_is_encoded(index: Index, encoder: HashingEncoder) -> None:
    index.add([report("a", "strike"), report("b", "strike")])
    assert len(set(encoder.texts)) == len(encoder.texts)
    index.add([report("c", "strike")])
    assert len(set(encoder.texts)) == len(encoder.texts)


def test_a_story_told_before_sentences_were_kept_is_compared_alike(index: Index) -> None:
    index.add([report(one, "strike", one) for one in "abc"])
    (identity,) = stories(index)
    kept = index.compare(story=identity, detail=Detail.SENTENCES)
    pks = [known.pk for known in index.library.catalog.known("abc").values()]
    index.library.catalog.write_sentences(dict.fromkeys(pks, ()), {})
    assert index.compare(story=identity, detail=Detail.SENTENCES) == kept


def test_an_article_that_changes_is_split_anew(index: Index) -> None:
    index.add([report(one, "strike", one) for one in "abc"])
    changed = report("b", "strike", "another")
    index.add([changed])
    (identity,) = stories(index)
    found = index.compare(story=identity, detail=Detail.SENTENCES)
    shown = {row.text for row in found.sentences or () if row.article == "b"}
    assert shown <= set(changed.body.split("\n")) | {
        changed.text(span.field)[span.start : span.end] for span in article_sentences(changed)
    }


def test_a_run_that_fails_while_encoding_sentences_is_made_up_for(
    index: Index, encoder: HashingEncoder
) -> None:
    index.add([report("a", "strike")])
    encoder.batches = 1  # the passages, but not the sentences
    with pytest.raises(ModelUnavailableError):
        index.add([report("b", "strike", "b")])
    encoder.batches = None
    assert stories(index) == {}
    index.publish()
    (members,) = stories(index).values()
    pks = [known.pk for known in index.library.catalog.known(members).values()]
    assert members == ("a", "b")
    assert set(index.library.catalog.sentences_of(pks)) == set(pks)


def test_sentences_that_were_cut_by_other_rules_are_kept_anew(
    index: Index, encoder: HashingEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as older:
        older.setattr(update, "CUT_BY", "older")
        older.setattr(update, "article_sentences", lambda article: article_sentences(article)[:2])
        index.add([report(one, "strike", one) for one in "ab"])
    (identity,) = stories(index)
    found = index.compare(story=identity, detail=Detail.SENTENCES)
    index.publish()
    before = encoder.encoded
    assert index.compare(story=identity, detail=Detail.SENTENCES) == found
    assert encoder.encoded == before
    for pk, (spans, _) in index.library.catalog.sentences_of(
        [known.pk for known in index.library.catalog.known("ab").values()]
    ).items():
        assert spans == article_sentences(index.library.catalog.by_pk([pk])[pk])


# --- what is compared ---------------------------------------------------------------------------


def test_ids_and_given_articles_are_compared_alike(index: Index) -> None:
    index.add([LEDGER, WEEKLY, DUCAT])
    expected = index.compare(LEDGER, WEEKLY, DUCAT, detail=Detail.SENTENCES)
    assert index.compare("ledger", "weekly", "ducat", detail=Detail.SENTENCES) == expected
    mixed = index.compare(WEEKLY, "ducat", LEDGER, "ducat", detail=Detail.SENTENCES)
    assert mixed == expected
    assert expected.shared_facts
    assert expected.sentences
    assert index.compare(LEDGER, WEEKLY).sentences is None


def test_given_articles_need_no_index(index: Index) -> None:
    found = index.compare(LEDGER, WEEKLY, DUCAT)
    assert [one.article for one in found.timeline] == ["ledger", "weekly", "ducat"]


def test_the_order_of_articles_does_not_matter(index: Index) -> None:
    told = [LEDGER, WEEKLY, DUCAT, *EXCERPTS, replace(LEDGER, id="copy")]
    index.add(told[:4])
    sides: list[ArticleOrId] = [*(one.id for one in told[:4]), *told[4:]]
    expected = index.compare(*sides, detail=Detail.SENTENCES)
    for seed in range(6):
        Random(seed).shuffle(sides)
        assert index.compare(*sides, detail=Detail.SENTENCES) == expected


def test_groups_of_the_index_are_one_voice(index: Index) -> None:
    index.add([report(one, "strike") for one in "ab"] + [report("c", "strike", "c")])
    found = index.compare("c", "b", "a")
    assert sorted(voice.carriers for voice in found.voices) == [("a", "b"), ("c",)]


def test_a_given_copy_of_an_article_is_its_voice(index: Index) -> None:
    index.add([report("a", "strike"), report("c", "strike", "c")])
    copy = report("z", "strike")
    found = index.compare("a", "c", copy, replace(copy, id="y"))
    assert {frozenset(voice.carriers) for voice in found.voices} == {
        frozenset("ayz"),
        frozenset("c"),
    }


def test_nothing_is_missing_from_texts_that_are_not_held(index: Index) -> None:
    found = index.compare(LEDGER, *EXCERPTS, detail=Detail.SENTENCES)
    short = {one.id for one in EXCERPTS}
    assert found.reported_by_others_not_here == ()
    for row in found.sentences or ():
        for other in row.others:
            if other.article in short:
                assert other.status in (Status.STATED, Status.UNKNOWN)
    for view in found.providers:
        assert not short & set(view.sentences.against)
        assert (view.basis is Basis.EXCERPT) == (set(view.articles) <= short)
        if set(view.articles) == {"ledger"}:
            assert view.sentences.only_here is None
            assert view.sentences.only_here_sentences == ()


def test_nothing_is_a_verdict(index: Index) -> None:
    found = index.compare(LEDGER, WEEKLY, DUCAT, *EXCERPTS, detail=Detail.SENTENCES)
    names = re.findall(r'"(\w+)":', TypeAdapter(Comparison).dump_json(found).decode())
    assert "sourcing" in names
    for word in ("bias", "lean", "tone", "loaded", "propaganda"):
        assert not [name for name in names if word in name.casefold()]


def test_a_question_compares_its_answers(index: Index) -> None:
    ducat = replace(DUCAT, title="Growers count the cost of the strike at Brackwater")
    index.add([LEDGER, WEEKLY, ducat, replace(LEDGER, id="copy")])
    found = index.compare(question=Query("dockers Brackwater strike"))
    assert {one.id for one in found.articles} in (
        {"ledger", "weekly", "ducat"},
        {"copy", "weekly", "ducat"},
    )


def test_a_question_compares_twenty_at_most(index: Index) -> None:
    index.add(make_article(f"n{n}", f"Harbour notice {WORDS[n % 20]}") for n in range(30))
    assert len(index.compare(question=Query("harbour")).articles) == 20


# --- what cannot be compared --------------------------------------------------------------------


def test_what_scores_far_below_the_best_is_not_compared(index: Index) -> None:
    index.add([LEDGER, WEEKLY, DUCAT])
    index.add(make_article(f"n{n}", f"Otter notice {n}") for n in range(9))
    query = Query("dockers Brackwater strike", k=20, collapse=Collapse.DUPLICATES)
    hits = index.search(query).hits
    compared = {article.id for article in index.compare(question=query).articles}
    best = hits[0].score
    assert compared == {h.article.id for h in hits if h.rank <= 2 or h.score >= 0.55 * best}


def test_a_question_that_nothing_answers_is_said_to_be_so(index: Index) -> None:
    index.add([LEDGER, WEEKLY, DUCAT])
    found = index.search(Query("zzyzx quux", k=20, collapse=Collapse.DUPLICATES))
    compared = index.compare(question=Query("zzyzx quux"))
    assert compared.answer_confidence is found.answer_confidence
    assert index.compare(*[a.id for a in compared.articles]).answer_confidence is None


def test_too_few_and_too_many_are_refused(index: Index) -> None:
    index.add([LEDGER, WEEKLY])
    for sides in ([], ["ledger"], ["ledger", "ledger"], [LEDGER, LEDGER]):
        with pytest.raises(InvalidQueryError, match=r"2 to 200|Name articles"):
            index.compare(*sides)
    with pytest.raises(InvalidQueryError, match="2 to 200"):
        index.compare(*[str(n) for n in range(MAX_ARTICLES + 1)])
    with pytest.raises(InvalidQueryError, match="Fewer than two") as refused:
        index.compare(question=Query("dockers", filters=Filters(provider=("nobody.example",))))
    assert 'no outlet "nobody.example"' in refused.value.hint


def test_how_a_question_was_read_is_said_wherever_it_is_shown(index: Index) -> None:
    index.add([LEDGER, WEEKLY])
    found = index.compare(question="dockers topic:Nothing")
    (note,) = found.notes
    assert 'There is no topic "Nothing"' in note
    assert "There is no topic" in markdown(found)
    assert "There is no topic" in exports.html(found)
    assert index.compare("ledger", "weekly").notes == ()


def test_a_text_too_long_to_be_read_in_time_is_refused_before_it_is(
    index: Index, encoder: HashingEncoder
) -> None:
    long = replace(WEEKLY, body="It is so. " * (MAX_CHARS // 10 + 1))
    with pytest.raises(InvalidQueryError, match="of weekly is too long to be compared: 150,010"):
        index.compare(LEDGER, long)
    assert not encoder.encoded


def test_texts_of_too_many_sentences_are_not_all_split(
    index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    split: list[str] = []

    def spying(article: Article) -> tuple[Passage, ...]:
        split.append(article.id)
        return article_sentences(article)

    monkeypatch.setattr(comparer, "article_sentences", spying)
    texts = [replace(LEDGER, id=f"{n}", body="All of it is so. " * 1_900) for n in range(20)]
    with pytest.raises(InvalidQueryError, match="compared: 11,406 sentences or more"):
        index.compare(*texts)
    assert len(split) == 6


def test_unknown_articles_and_stories_are_named(index: Index) -> None:
    index.add([LEDGER])
    with pytest.raises(NoSuchArticleError, match="nowhere"):
        index.compare("ledger", "nowhere")
    with pytest.raises(NoSuchStoryError, match="nowhere"):
        index.compare(story="nowhere")


def test_two_articles_with_one_id_are_refused(index: Index) -> None:
    index.add([LEDGER])
    with pytest.raises(InvalidQueryError, match="ledger"):
        index.compare(LEDGER, replace(LEDGER, body=MARKETS))
    with pytest.raises(InvalidQueryError, match="ledger"):
        index.compare("ledger", LEDGER)


def test_articles_without_a_sentence_are_left_out(index: Index) -> None:
    empty = Article("empty", "")
    found = index.compare(LEDGER, WEEKLY, empty)
    assert {one.id for one in found.articles} == {"ledger", "weekly"}
    with pytest.raises(InvalidQueryError, match="hold a sentence"):
        index.compare(LEDGER, empty)


# --- frames -------------------------------------------------------------------------------------


def test_frames_are_those_of_the_setting(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "frames.yaml"
    path.write_text("frames: [{name: docks, first: [Dockers walked out of the port.]}]", "utf-8")
    settings = Settings(index=folder, framing=FramingSettings(frames=path))
    index = assemble(settings, create=True, encoder=HashingEncoder())
    found = index.compare(LEDGER, WEEKLY)
    names = {count.frame for view in found.providers for count in view.frames.counts}
    assert names == {"docks"}
    index.close()


def test_frames_that_cannot_be_read_are_told_when_they_are_needed(
    folder: Path, tmp_path: Path
) -> None:
    settings = Settings(index=folder, framing=FramingSettings(frames=tmp_path / "none.yaml"))
    index = assemble(settings, create=True, encoder=HashingEncoder())
    with pytest.raises(ConfigurationError, match=r"none\.yaml"):
        index.compare(LEDGER, WEEKLY)
    index.close()
