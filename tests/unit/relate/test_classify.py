from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from semsearch.model.relation import Probabilities, RelationKind
from semsearch.relate.classify import likeliest, relation_model
from semsearch.relate.features import Features

SHARE = st.floats(0, 1)
COUNT = st.floats(0, 9)
FEATURES = st.builds(
    Features,
    **{
        field.name: COUNT
        if field.name in ("shared", "figures", "short_clash", "recurs", "days")
        else SHARE
        for field in fields(Features)
    },
)


@given(FEATURES)
def test_probabilities_are_a_distribution(features: Features) -> None:
    found = relation_model().probabilities(features)
    each = [getattr(found, field.name) for field in fields(Probabilities)]
    assert min(each) >= -1e-12
    assert sum(each) == pytest.approx(1)


@given(FEATURES, st.sampled_from(["larger", "shared", "words"]), st.floats(0, 1))
def test_more_shared_text_never_makes_a_duplicate_less_likely(
    features: Features, name: str, more: float
) -> None:
    richer = replace(features, **{name: getattr(features, name) + more})
    model = relation_model()
    assert model.probabilities(richer).duplicate >= model.probabilities(features).duplicate


@given(FEATURES, st.sampled_from(["short_clash", "recurs", "days"]), st.floats(0, 1))
def test_more_conflict_never_makes_a_duplicate_more_likely(
    features: Features, name: str, more: float
) -> None:
    other = replace(features, **{name: getattr(features, name) + more})
    model = relation_model()
    assert model.probabilities(other).duplicate <= model.probabilities(features).duplicate


@pytest.mark.parametrize(
    ("probabilities", "relation"),
    [
        (Probabilities(0.3, 0.25, 0.45, 0, 0), RelationKind.STORY),
        (Probabilities(0.2, 0.45, 0.35, 0, 0), RelationKind.EDITED),
        (Probabilities(0.5, 0.5, 0, 0, 0), RelationKind.COPY),
        (Probabilities(0, 0, 0.4, 0.35, 0.25), RelationKind.STORY),
        (Probabilities(0, 0.45, 0.02, 0.06, 0.47), RelationKind.UNRELATED),
    ],
)
def test_the_label_is_the_likeliest_class(
    probabilities: Probabilities, relation: RelationKind
) -> None:
    assert likeliest(probabilities) is relation


@given(FEATURES)
def test_every_signal_has_words(features: Features) -> None:
    for kind in RelationKind:
        reasons = relation_model().reasons(kind, features)
        assert len(reasons) <= 5
        assert all(reasons)
