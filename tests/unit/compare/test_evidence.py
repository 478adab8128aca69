from semsearch.compare.evidence import Claim, evidence_in, measured
from semsearch.model.comparison import ClaimEvidence, Precision

AUDITED = Precision(0.9, (0.79, 0.96), 50, "claims", languages=("de", "en"))


def test_every_figure_of_the_package_is_a_share_of_enough_claims() -> None:
    for figure in measured().values():
        low, high = figure.interval
        assert 0 <= low <= figure.value <= high <= 1
        assert figure.n >= 50
        assert figure.of


def test_every_kind_of_claim_has_evidence_or_says_that_it_has_none() -> None:
    evidence = evidence_in(["en", "", "en-gb"])
    assert set(evidence) == set(Claim)
    assert {kind: one.precision for kind, one in evidence.items() if one.precision} == measured()
    assert evidence_in([]) == evidence


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
