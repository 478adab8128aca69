"""A story is summarised by its texts, however often one of them was copied."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from semsearch.model.article import Article, Provider
from semsearch.model.filters import timestamp
from semsearch.relate.groups import Pair
from semsearch.relate.profile import Profile, Vectors
from semsearch.relate.story_update import summarise
from semsearch.store.catalog.clusters import NewCluster

NORTH, SOUTH, BETWEEN = (
    np.array(v, np.float32) for v in ([1.0, 0.0], [0.0, 1.0], [0.7071, 0.7071])
)


class Member(NamedTuple):
    pk: int
    profile: Profile
    text: str


def member(
    name: str,
    *,
    headline: str | None = None,
    provider: Provider = Provider("Lisk Gazette", "gazette.example"),
    published: datetime | None = None,
    vector: Vectors = NORTH,
    text: str = "",
    agency: str = "",
) -> Member:
    article = Article(
        name,
        f"Headline {name}" if headline is None else headline,
        body=f"LISK ({agency}) - The ferry is late." if agency else "",
        provider=provider,
        published=published,
    )
    profile = Profile.of(article, [], np.empty((0, 2), np.float32))
    pk = int.from_bytes(name.encode())
    return Member(pk, replace(profile, lead_vector=vector), text or name)


def summarised(members: Sequence[Member], pairs: Iterable[Pair]) -> NewCluster:
    profiles = {one.pk: one.profile for one in members}
    return summarise("story", profiles, {one.pk: one.text for one in members}, pairs)


def test_thirty_copies_are_one_origin() -> None:
    copies = [member(f"c{number}", text="c0") for number in range(30)]
    assert summarised(copies, []).origins == 1
    found = summarised([*copies, member("own")], [])
    assert (len(found.members), found.origins) == (31, 2)


def test_texts_of_one_agency_that_overlap_are_one_origin() -> None:
    texts = [member("a", agency="Reuters"), member("b", agency="Reuters"), member("c", agency="AP")]
    shared = [Pair(x, y, 0.3, 0.9) for x, y in ("ab", "bc", "ac")]
    assert summarised(texts, shared).origins == 2
    assert summarised(texts, [Pair("a", "b", 0.01, 0.9)]).origins == 3


def test_agencies_join_through_copies() -> None:
    texts = [member("a", agency="AP"), member("b", text="a"), member("c", agency="AP")]
    assert summarised(texts, [Pair("c", "a", 0.3, 0.9)]).origins == 1


def test_the_title_is_central_among_texts_and_not_among_copies() -> None:
    copies = [member(f"c{number}", text="c0", vector=NORTH) for number in range(9)]
    texts = [member("s", vector=SOUTH), member("m", vector=BETWEEN)]
    assert summarised([*copies, *texts], []).title == "Headline m"


def test_among_equals_the_first_titles_it() -> None:
    early, late = datetime(2024, 3, 5, tzinfo=UTC), datetime(2024, 3, 6, tzinfo=UTC)
    texts = [member("p", published=late), member("q", published=early), member("r")]
    found = summarised(texts, [])
    assert found.title == "Headline q"
    assert (found.first, found.last) == (timestamp(early), timestamp(late))


@pytest.mark.parametrize(
    "loud",
    [
        "FERRY TERROR on the sandbank",
        "Ferry aground: who is to blame?",
        "Ferry shock!",
        '"We sang until the lifeboat came"',
        "Opinion: ferry aground, again",
        "Ferry aground - live updates",
    ],
)
def test_a_plain_headline_comes_before_a_nearer_one_that_shouts_or_asks(loud: str) -> None:
    members = [
        member("a", headline=loud, vector=BETWEEN),
        member("b", headline="Ferry aground on sandbank", vector=NORTH),
        member("c", headline=loud + " ", vector=SOUTH),
    ]
    assert summarised(members, []).title == "Ferry aground on sandbank"
    assert summarised([members[0], members[2]], []).title == loud


def test_of_plain_headlines_the_one_whose_words_the_others_use_comes_first() -> None:
    members = [
        member("a", headline="A deal that buys rust"),
        member("b", headline="Dockers accept deal, port reopens"),
        member("c", headline="Port reopens as dockers return"),
    ]
    assert summarised(members, []).title == "Dockers accept deal, port reopens"


def test_what_is_unknown_is_left_out() -> None:
    found = summarised([member("a", headline=" ", provider=Provider())], [])
    assert (found.title, found.providers, found.first, found.last) == ("", 0, None, None)
    mixed = [member("a", provider=Provider("X")), member("b"), member("c", headline="")]
    assert summarised(mixed, []).providers == 2


@given(st.permutations("abcdef"), st.lists(st.sampled_from("abcdef"), min_size=6, max_size=6))
def test_order_does_not_matter(order: list[str], texts: list[str]) -> None:
    made = {
        name: member(name, text=text, agency="AP", vector=NORTH if place % 2 else SOUTH)
        for place, (name, text) in enumerate(zip("abcdef", texts, strict=True))
    }
    pairs = [Pair("a", "b", 0.5, 0.9), Pair("c", "d", 0.2, 0.9), Pair("d", "e", 0.2, 0.9)]
    expected = summarised(list(made.values()), pairs)
    assert summarised([made[name] for name in order], reversed(pairs)) == expected
