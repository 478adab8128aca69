"""Sheets of random claims: what is drawn, that a seed draws the same, and what a row shows."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from semsearch.errors import InvalidRequestError, StaleGenerationError
from semsearch.evaluation.audit import draw
from semsearch.evaluation.audit_claims import Kind, claimed
from semsearch.index import Index
from semsearch.model.relation import Probabilities, RelationKind
from tests.support.coverage import report
from tests.support.encoder import HashingEncoder
from tests.support.indexes import filled_index, open_index

EVENTS = ("strike", "vote", "storm", "trial")
BY_RELATING = {Kind.STORY, Kind.STORY_PAIR, Kind.GROUP, Kind.ORIGINAL, Kind.RELATION_IN_STORY}


@pytest.fixture
def index() -> Iterator[Index]:
    """Four events, each told by three outlets, one of which has a copy elsewhere."""
    with filled_index(dimension=512) as opened:
        opened.add(
            report(f"{event}-{letter}", event, f"{event} {letter}")
            for event in EVENTS
            for letter in "abc"
        )
        opened.add(report(f"{event}-copy", event, f"{event} a") for event in EVENTS)
        yield opened


def test_a_seed_draws_the_same_sheet_and_another_seed_another(index: Index) -> None:
    sheet = draw(index, 2, seed=7)
    assert draw(index, 2, seed=7) == sheet
    assert "(16 articles, 2024-03-05 to 2024-03-06), semsearch" in sheet.draw
    assert sheet.draw.endswith("seed 7")
    others = [draw(index, 2, seed=seed, kinds=[Kind.STORY_PAIR]) for seed in range(8)]
    assert len({one.claims for one in others}) > 4


def test_a_kind_draws_the_same_claims_whatever_else_is_drawn(index: Index) -> None:
    sheet = draw(index, 3, seed=1)
    for kind in Kind:
        alone = draw(index, 3, seed=1, kinds=[kind])
        assert alone.claims == tuple(one for one in sheet.claims if one.kind is kind)
        assert alone.available == {kind: sheet.available[kind]}
    more = draw(index, 5, seed=1, kinds=[Kind.STORY_PAIR])
    assert more.claims[:3] == draw(index, 3, seed=1, kinds=[Kind.STORY_PAIR]).claims


def test_all_claims_are_drawn_where_there_are_no_more(index: Index) -> None:
    sheet = draw(index, 1_000, kinds=BY_RELATING)
    drawn = Counter(one.kind for one in sheet.claims)
    stories = len(index.story_ids())
    assert drawn[Kind.STORY] == sheet.available[Kind.STORY] == stories == 4
    assert drawn[Kind.STORY_PAIR] == sheet.available[Kind.STORY_PAIR] == 4 * 6
    assert drawn[Kind.GROUP] == len(index.group_ids()) == 4
    assert len({one.id for one in sheet.claims}) == len(sheet.claims)


def test_every_pair_of_a_story_is_as_likely_as_any_other(index: Index) -> None:
    drawn = Counter(
        one.id
        for seed in range(300)
        for one in draw(index, 4, seed=seed, kinds=[Kind.STORY_PAIR]).claims
    )
    assert len(drawn) == 24
    expected = 300 * 4 / 24
    chi_square = sum((count - expected) ** 2 / expected for count in drawn.values())
    assert chi_square < 49.7  # 99.9 % of chi-square with 23 degrees of freedom


def test_a_row_shows_what_is_needed_and_no_score(index: Index) -> None:
    sheet = draw(index, 1_000)
    ids = set(index.ids())
    for one in sheet.claims:
        assert one.statement.strip()
        assert set(one.articles) <= ids
        assert len(one.texts) >= 1
        assert sum(map(len, one.texts)) < 32_767
        assert not any("\n" in text for text in one.texts)
        quotes = one.kind not in BY_RELATING | {
            Kind.QUOTES, Kind.COPIED_FROM, Kind.RELATION_OF_OVERLAP
        }  # fmt: skip
        assert ("»" in one.texts[0]) is quotes
        assert one.id.startswith(f"{one.kind}-")
    pair = next(one for one in sheet.claims if one.kind is Kind.STORY_PAIR)
    assert pair.statement == "These two articles report one event."
    assert [text[:2] for text in pair.texts] == ["1.", "2."]
    assert len(pair.outlets) == len(pair.dates) == 2


def test_long_texts_are_cut(folder: Path) -> None:
    with open_index(folder, HashingEncoder(dimension=512)) as index:
        index.add(
            report(letter, "strike", "one", body=f"{'The port is shut today. ' * 600}End.")
            for letter in "ab"
        )
        group, pair = (draw(index, 1, kinds=[kind]) for kind in (Kind.GROUP, Kind.STORY_PAIR))
    for text in group.claims[0].texts:
        assert len(text) < 6_100
        assert " […] " in text
        assert text.endswith("End.")
    for text in pair.claims[0].texts:
        assert len(text) < 1_300
        assert text.endswith(" […]")


def test_a_sheet_of_no_claims_is_refused(index: Index) -> None:
    with pytest.raises(InvalidRequestError, match="not 0"):
        draw(index, 0)


def test_a_sheet_of_two_states_is_not_drawn(index: Index) -> None:
    def write(done: int, _total: int) -> None:
        if done == 1:
            index.add([report("new", "fire")])

    with pytest.raises(StaleGenerationError, match="changed while"):
        draw(index, 1, kinds=[Kind.STORY_PAIR], on_progress=write)


def test_an_empty_index_has_an_empty_sheet(folder: Path) -> None:
    with open_index(folder, HashingEncoder(dimension=512)) as index:
        index.publish_first()
        sheet = draw(index)
    assert sheet.claims == ()
    assert set(sheet.available.values()) == {0}


def test_of_two_articles_only_what_is_stated_is_a_claim(index: Index) -> None:
    relation = index.relate("strike-a", "strike-copy")
    assert claimed(relation) == relation.statement
    unsure = replace(relation, probabilities=Probabilities(0.4, 0.2, 0.4, 0, 0))
    assert claimed(unsure) == ""
    assert claimed(replace(relation, relation=RelationKind.UNDECIDABLE)) == ""
