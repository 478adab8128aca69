"""Pictures in words, and statements with how they are made."""

from dataclasses import replace

from semsearch.compare.evidence import Claim
from semsearch.web.telling import frames_in_words, methods, sided, timeline_in_words
from tests.unit.compare.samples import STRIKE, article
from tests.unit.web.samples import compared, hostile, plain

PLAIN = plain()


def test_a_timeline_names_the_first_and_counts_the_rest() -> None:
    told = timeline_in_words(PLAIN)
    assert told.startswith("Who reported when: ")
    assert "(first)" in told
    assert "+3.0 h" in told
    assert told.endswith("; and 1 more.")
    assert timeline_in_words(hostile()) == ""


def test_frames_are_told_by_outlet() -> None:
    told = frames_in_words(PLAIN)
    for view in PLAIN.providers:
        for count in view.frames.counts[:3]:
            assert f"{count.frame} {count.sentences}" in told
    bare = tuple(replace(one, frames=replace(one.frames, counts=())) for one in PLAIN.providers)
    assert frames_in_words(replace(PLAIN, providers=bare)) == ""
    many = compared([article(f"o{number}", STRIKE) for number in range(8)], ())
    assert frames_in_words(many).endswith("; and 2 more.")


def test_every_claim_has_a_method_and_its_measure() -> None:
    rows = methods(PLAIN)
    assert len(rows) == len(Claim)
    assert len({what for what, _, _ in rows}) == len(Claim)
    assert all(how for _, how, _ in rows)
    assert [evidence for _, _, evidence in rows] == list(PLAIN.evidence.values())


def test_reasons_call_articles_by_name() -> None:
    reasons = ("b credits AP, whose article a is", "a holds 98% of the words of b")
    assert sided(reasons, "Wire", "Daily Bab") == (
        "Daily Bab credits AP, whose article Wire is; Wire holds 98% of the words of Daily Bab"
    )
    assert sided((), "x", "y") == ""
