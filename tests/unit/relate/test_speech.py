"""Independent reports of one speech share what was said, and are two texts."""

from itertools import permutations

import pytest

from semsearch.model.relation import Relation, RelationKind
from semsearch.relate.profile import Profile
from semsearch.relate.relate import compare
from semsearch.relate.speech import share_speech_alone
from semsearch.text.shingles import contained
from tests.unit.relate.profiles import REPORT, paragraphs, profile

SAID = [
    (
        "We promised the people of Pellworth a bridge that carries their children to school and"
        " their fish to market, and for eleven months we will not keep that promise"
    ),
    (
        "I have read both reports of the university, I have read them twice, and I am ashamed that"
        " they lay in a drawer of this building while lorries rolled over those piers"
    ),
    (
        "Nobody will lose a job over this closure if I can help it, and whoever loses a day's"
        " wage will have it back from the board before the summer is over"
    ),
    (
        "Let us build the tunnel, let us build it now, and let us never again ask whether it is"
        " cheaper to wait"
    ),
]
ONE = [
    (
        "Harbour board chairwoman Ines Okafor drew applause and a few boos on Tuesday night when"
        " she defended the closure of the swing bridge before 300 guests in the corn exchange."
    ),
    "She opened with an apology. {0},” she told the hall.",
    (
        "Then she turned to the engineers whose warnings were filed away. {1},” she went on, her"
        " voice close to breaking."
    ),
    "Hauliers at the back of the hall were not appeased. {2},” she called to them.",
    "Her last words were for the money men from the capital, who left before the dessert. {3}.”",
]
TWO = [
    (
        "An unusually frank address has put a tunnel under the river back on the table, less than a"
        " week after divers reported cracks below the water line."
    ),
    "{3},” was the line of the evening, and it brought half of the corn exchange to its feet.",
    (
        "Okafor, a former ferry captain who took the office in January, offered money to drivers,"
        " too: {2}.”"
    ),
    "Observers had expected excuses. Instead the audience heard a confession: {1}.”",
    (
        "Whether the province pays is another matter. The treasurer stayed in her seat with folded"
        " arms and declined to comment afterwards. Okafor had begun with the words {0}.”"
    ),
]

OTHERS = [
    f"The {place} stall of the fair sold {number} baskets of plums and closed at {number} past six."
    for number, place in enumerate(
        "north south harbour mill upper lower old new far near wide long".split(), 11
    )
]


def report(pieces: list[str], opening: str = "“", closing: str = "”") -> str:
    quoted = [opening + said for said in SAID]
    return "\n\n".join(pieces).format(*quoted).replace("”", closing)


def both_ways(a: Profile, b: Profile) -> list[Relation]:
    return [compare(one, other) for one, other in permutations((a, b))]


@pytest.mark.parametrize(("opening", "closing"), [("“", "”"), ('"', '"'), ("‘", "’"), ("« ", " »")])
def test_two_reports_of_one_speech_are_two_texts(opening: str, closing: str) -> None:
    a = profile(report(ONE), title="Okafor defends closure", provider="tide.example")
    other = report(TWO, opening, closing)
    b = profile(other, title="Tunnel is back", provider="quay.example", hours=3)
    for relation in both_ways(a, b):
        assert not relation.relation.is_duplicate
        assert relation.p_duplicate == pytest.approx(0.02, abs=1e-6)
        assert relation.evidence.shared_words > 100
        assert "all that they share was said by those they quote" in relation.evidence.rested_on


def test_texts_that_quote_nobody_share_no_speech() -> None:
    lines = [line for line in paragraphs(REPORT) if not set('“”"') & set(line)]
    a = profile("\n\n".join(lines), title="Bridge", provider="tide.example")
    shared = " ".join(lines[0].split()[:24])
    b = profile("\n\n".join([f"{shared}.", *OTHERS]), title="Fair", provider="quay.example")
    assert 0 < contained(a.shingles, b.all_shingles) < 0.5
    assert not share_speech_alone(a, b)
    assert not share_speech_alone(b, a)


def test_a_report_that_quotes_a_speech_is_not_the_speech() -> None:
    speech = [f"{said}." for said in SAID]
    rest = [line for line in paragraphs(REPORT) if "“" not in line]
    transcript = profile("\n\n".join([*speech[:2], *rest, *speech[2:]]), title="Speech in full")
    for relation in both_ways(transcript, profile(report(TWO), title="Tunnel is back")):
        assert not relation.relation.is_duplicate


def test_a_statement_that_is_quoted_whole_is_held_whole() -> None:
    statement = "\n\n".join(f"{said}." for said in SAID)
    for relation in both_ways(profile(statement), profile(report(TWO))):
        assert relation.relation is RelationKind.EDITED


def test_a_copy_of_a_report_with_quotations_stays_a_copy() -> None:
    own = profile(report(ONE), title="Okafor defends closure", provider="tide.example")
    for closing in ("”", '"'):
        other = profile(report(ONE, closing, closing), title="Okafor speaks", provider="b.example")
        for relation in both_ways(own, other):
            assert relation.relation is RelationKind.COPY


def test_a_cut_of_a_report_keeps_words_of_its_writer() -> None:
    own = profile(report(ONE), provider="tide.example")
    for relation in both_ways(own, profile(report(ONE[1:4]), provider="quay.example", hours=4)):
        assert relation.relation is RelationKind.EDITED


def test_of_texts_that_hardly_hold_a_word_but_quotations_nothing_is_told_by_them() -> None:
    said = "\n\n".join(f"“{each}.”" for each in SAID)
    a, b = (profile(f"{said}\n\nShe sat down at {hour}.") for hour in ("nine", "ten"))
    for relation in both_ways(a, b):
        assert relation.relation.is_duplicate
