from semsearch.compare.evidence import Claim
from semsearch.web.story import methods
from tests.unit.web.samples import plain

PLAIN = plain()


def test_every_claim_has_a_method_and_its_measure() -> None:
    rows = methods(PLAIN)
    made = set(Claim)
    assert len({what for what, _, _ in rows}) == len(rows) == len(made)
    assert all(how for _, how, _ in rows)
    assert [evidence for _, _, evidence in rows] == [
        PLAIN.evidence[kind] for kind in PLAIN.evidence if kind in made
    ]
