from semsearch.compare.evidence import Claim, evidence_in, measured
from semsearch.model.comparison import ClaimEvidence


def test_every_kind_of_claim_has_evidence_or_says_that_it_has_none() -> None:
    assert set(measured()) == set(Claim)
    for evidence in measured().values():
        if evidence.precision is not None:
            low, high = evidence.precision.interval
            assert 0 <= low <= evidence.precision.value <= high <= 1
            assert evidence.precision.n >= 20
            assert evidence.precision.of


def test_what_is_claimed_most_has_been_measured() -> None:
    for claim in (Claim.SHARED, Claim.NOT_FOUND, Claim.FRAMES):
        assert measured()[claim].precision is not None


def test_what_was_measured_on_english_is_claimed_of_english_alone() -> None:
    assert evidence_in(["en", "", "en-gb"]) == measured()
    assert evidence_in([]) == measured()
    assert evidence_in(["en", "zh"]) == dict.fromkeys(Claim, ClaimEvidence())
