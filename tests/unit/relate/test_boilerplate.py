"""Texts that share nothing but what an outlet prints under or above its news are two texts."""

from collections.abc import Callable
from itertools import combinations, permutations

import pytest

from semsearch.model.relation import RelationKind
from semsearch.relate.boilerplate import shared_boilerplate
from semsearch.relate.profile import Profile
from semsearch.relate.relate import compare, judge
from tests.unit.relate.profiles import REPORT, paragraphs, profile

Place = Callable[[str, str], str]
BRIEFS = {
    "Swimming bath in Ardle stays shut": (
        "The swimming bath in Ardle will stay shut until September after inspectors found cracks in"
        " the basin. Repairs cost 400,000 crowns, said caretaker Milo Strand."
    ),
    "Goat rescued from chimney": (
        "Firefighters lifted a goat from the chimney of a bakery in Dunbeck on Sunday. Owner Petra"
        " Lind had heard bleating above the oven for two days."
    ),
    "Otto Vanner takes the sculling title": (
        "Otto Vanner won the sculling title on Lake Sorrel in 7 minutes 12 seconds. Runner-up Kees"
        " Dolan broke an oar near the last buoy."
    ),
    "Librarian retires": (
        "After 41 years among the shelves the librarian Agnes Thorne retires on Friday. Pupils from"
        " Marrowby sang for her, and the mayor handed over a clock."
    ),
    "Bees swarm over the market": (
        "A swarm of bees brought the Wednesday market in Kelm to a halt. Beekeeper Jonas Pfeil"
        " caught them in a hat box and took them to his orchard."
    ),
}
AUTHOR_BOX = (
    "Lena Quist has reported for this desk since 2011 and knows each alley of the region. Before,"
    " she worked as a nurse, a skipper and a translator of Icelandic crime novels. She studied"
    " philosophy and journalism, plays the accordion and keeps two donkeys. For a series on"
    " dialysis clinics she was awarded the Halvorsen medal. Write to her at the editorial office,"
    " or call on weekdays between nine and eleven. Anonymous tips reach her through the encrypted"
    " mailbox of the newsroom, whose fingerprint is printed on page two. She answers every message"
)
LETTER = (
    "Each morning at six our editors choose what matters in the province and explain it in five"
    " minutes. More than 60,000 households receive this letter already, free of charge. Leave your"
    " address in the form below, confirm the message that follows, and the first issue reaches your"
    " mailbox tomorrow. You can cancel whenever you like by a click at the bottom of each issue."
)
CREDITS = (
    "Pictures on this page: Bruno Castell, Wilma Oduya, archive of the Sorrel Gazette. Design and"
    " graphics: Studio Falk. Maps: cadastral bureau of the province. Reproduction of the pictures"
    " requires written consent from the agency that represents the photographers."
)


def below(text: str, block: str) -> str:
    return f"{text}\n\n{block}"


def above(text: str, block: str) -> str:
    return f"{block}\n\n{text}"


def on_one_line(text: str, block: str) -> str:
    return f"{text} {block}"


def briefs(place: Place, block: str) -> list[Profile]:
    return [
        profile(place(text, block), title=title, provider="tide.example", identity=title)
        for title, text in BRIEFS.items()
    ]


@pytest.mark.parametrize("place", [below, above, on_one_line])
@pytest.mark.parametrize("block", [AUTHOR_BOX, LETTER, CREDITS, f"{LETTER}\n\n{AUTHOR_BOX}"])
def test_briefs_that_share_a_block_are_two_texts(place: Place, block: str) -> None:
    for a, b in combinations(briefs(place, block), 2):
        found = judge(a, b)
        assert found == judge(b, a)
        assert found.relation in (RelationKind.RELATED, RelationKind.UNRELATED)
        assert found.p_duplicate <= 0.02


def test_the_evidence_says_why_and_still_shows_what_is_shared() -> None:
    a, b = briefs(below, AUTHOR_BOX)[:2]
    found = compare(a, b)
    assert "at one end" in found.evidence.rested_on[0]
    assert found.evidence.shared_words >= 90
    assert found.lineage is None


def test_briefs_on_one_town_are_two_texts() -> None:
    bath = "The bath in Ardle opens in May after repairs, inspector Milo Strand said on Monday."
    goat = "A goat was lifted from a chimney in Ardle on Sunday. Baker Petra Lind had heard it."
    a, b = (
        profile(below(text, AUTHOR_BOX), title=title, provider="tide.example")
        for text, title in ((bath, "Bath opens"), (goat, "Goat rescued"))
    )
    assert not judge(a, b).relation.is_duplicate


@pytest.mark.parametrize("place", [below, above])
def test_briefs_taken_for_notices_are_not_one_text_by_the_block_that_is_left(place: Place) -> None:
    fined = (
        "The regulator fined the shop Brindle two million crowns because its privacy policy hid"
        " that addresses were sold to brokers in Ardle."
    )
    ends = (
        "The farm newsletter that four generations in Dunbeck read will end in June after ninety"
        " years, editor Ulrik Bohm said on Sunday."
    )
    three = [
        profile(place(fined, AUTHOR_BOX), title="Brindle fined", provider="tide.example"),
        profile(place(ends, AUTHOR_BOX), title="Farmers lose a paper", provider="tide.example"),
        briefs(place, AUTHOR_BOX)[1],
    ]
    for a, b in permutations(three, 2):
        assert not judge(a, b).relation.is_duplicate


@pytest.mark.parametrize("place", [below, above])
def test_other_notices_around_one_report_leave_it_one_text(place: Place) -> None:
    notices = (
        "Sign up for our newsletter Harbour Lights and read each morning what moves the province.",
        "Readers over 65 subscribe to the Sunday edition at half the price until the end of March.",
    )
    for provider in ("tide.example", "quay.example"):
        a = profile(place(REPORT, notices[0]), title="Swing bridge shut", provider="tide.example")
        b = profile(place(REPORT, notices[1]), title="Lorries banned", provider=provider)
        assert judge(a, b).relation is RelationKind.COPY


@pytest.mark.parametrize("block", [AUTHOR_BOX, LETTER, CREDITS])
@pytest.mark.parametrize("place", [below, above])
def test_a_reprint_with_the_block_of_its_outlet_stays_one_text(place: Place, block: str) -> None:
    for number, (title, text) in enumerate(BRIEFS.items()):
        a = profile(place(text, block), title=title, provider="tide.example")
        b = profile(place(text, block), title=f"News {number}", provider="tide.example", hours=30)
        assert judge(a, b).relation is RelationKind.COPY
    a = profile(place(REPORT, block), title="Bridge shut to lorries", provider="tide.example")
    for other in (place(REPORT, block), REPORT, below(REPORT, "Via the wire desk.")):
        b = profile(other, title="What hauliers face now", provider="quay.example", hours=5)
        assert judge(a, b).relation.is_duplicate
        assert not shared_boilerplate(a, b)


@pytest.mark.parametrize(
    "pieces",
    [(slice(0, 3), slice(2, 5)), (slice(0, 4), slice(0, 5)), (slice(1, 5), slice(0, 5))],
)
def test_two_cuts_of_one_text_with_a_block_below_are_judged_by_all_they_share(
    pieces: tuple[slice, slice],
) -> None:
    cuts = ["\n\n".join(paragraphs(REPORT)[piece]) for piece in pieces]
    a, b = (profile(cut, title=f"Part {n}", provider="tide.example") for n, cut in enumerate(cuts))
    assert not shared_boilerplate(a, b)


@pytest.mark.parametrize("title", ["Bridge in Pellworth shut to lorries", "What drivers say"])
def test_a_new_beginning_over_the_same_report_stays_one_text(title: str) -> None:
    rest = paragraphs(REPORT)[1:]
    lead = (
        "Hauliers in Pellworth face a long detour: from May the swing bridge carries no more"
        " lorries, as divers have seen cracks in its piers."
    )
    a = profile(REPORT, title="Swing bridge in Pellworth shut", provider="tide.example")
    b = profile("\n\n".join([lead, *rest]), title=title, provider="tide.example")
    assert judge(a, b).relation is RelationKind.EDITED


def test_another_end_under_the_same_report_stays_one_text() -> None:
    rest = paragraphs(REPORT)[:-1]
    end = (
        "Ferries will sail every twenty minutes as long as the work lasts. Teenagers ride without a"
        " ticket, the skipper Bela Osk announced on the quay."
    )
    a = profile(REPORT, title="Swing bridge shut", provider="tide.example")
    b = profile("\n\n".join([*rest, end]), title="Lorries banned", provider="tide.example")
    assert judge(a, b).relation is RelationKind.EDITED


def test_a_changed_fact_above_a_block_stays_an_edit() -> None:
    text = BRIEFS["Swimming bath in Ardle stays shut"]
    a = profile(below(text, AUTHOR_BOX), title="Bath shut", provider="tide.example")
    b = profile(
        below(text.replace("Milo Strand", "Hedda Fohl"), AUTHOR_BOX),
        title="Bath shut",
        provider="tide.example",
    )
    assert judge(a, b).relation is RelationKind.EDITED


@pytest.mark.parametrize("place", [below, above])
def test_identical_briefs_with_words_of_pages_in_them_are_copies(place: Place) -> None:
    text = (
        "The regulator fined the shop Brindle two million crowns because its privacy policy hid"
        " that addresses were sold."
    )
    for body in (text, place(text, AUTHOR_BOX)):
        a = profile(body, title="Shop fined", provider="tide.example")
        b = profile(body, title="What the shop must pay", provider="tide.example", hours=3)
        assert judge(a, b).relation is RelationKind.COPY
