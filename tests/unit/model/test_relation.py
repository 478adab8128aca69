import pytest

from semsearch.model.relation import Probabilities, RelationKind


@pytest.mark.parametrize("kind", RelationKind)
def test_copies_and_edited_copies_are_duplicates(kind: RelationKind) -> None:
    assert kind.is_duplicate == (kind.value in ("copy", "edited"))


def test_probabilities_of_wider_classes_are_sums() -> None:
    found = Probabilities(copy=0.1, edited=0.2, story=0.3, related=0.3, unrelated=0.1)
    assert found.duplicate == pytest.approx(0.3)
    assert found.same_story == pytest.approx(0.6)
