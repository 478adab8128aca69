from semsearch.compare.evidence import Claim, evidence_in
from semsearch.model.comparison import ClaimEvidence, Precision

AUDITED = Precision(0.9, (0.79, 0.96), 50, "claims", languages=("de", "en"))


def test_no_kind_of_claim_has_a_figure_that_no_audit_measured() -> None:
    assert evidence_in(["en", "", "en-gb"]) == dict.fromkeys(Claim, ClaimEvidence())
    assert evidence_in([]) == dict.fromkeys(Claim, ClaimEvidence())


def test_what_was_measured_in_one_language_is_claimed_of_it_alone() -> None:
    assert evidence_in(["en", "zh"]) == dict.fromkeys(Claim, ClaimEvidence())
    evidence = evidence_in(["de-AT", "en"], {"missing": AUDITED})
    known = {claim: one.precision for claim, one in evidence.items() if one.precision}
    assert known == {Claim.MISSING: AUDITED}


def test_what_an_audit_of_the_index_measured_goes_first_and_needs_fifty_claims() -> None:
    few = Precision(1.0, (0.93, 1.0), 49, "claims", languages=("en",))
    evidence = evidence_in(["en"], {"shared": AUDITED, "frames": few, "group": AUDITED})
    assert evidence[Claim.SHARED].precision == AUDITED
    assert evidence[Claim.FRAMES].precision is None
    assert set(evidence) == set(Claim)
