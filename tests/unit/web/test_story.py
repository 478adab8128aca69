from semsearch.compare.evidence import Claim
from semsearch.web.story import methods
from tests.unit.web.samples import plain

PLAIN = plain()


def test_every_claim_has_a_method_and_its_measure() -> None:
    rows = methods(PLAIN)
    assert len(rows) == len(Claim)
    assert len({what for what, _, _ in rows}) == len(Claim)
    assert all(how for _, how, _ in rows)
    assert [evidence for _, _, evidence in rows] == list(PLAIN.evidence.values())
