import pytest

from semsearch.model.relation import Probabilities, RelationKind, stated


@pytest.mark.parametrize("kind", RelationKind)
def test_copies_and_edited_copies_are_duplicates(kind: RelationKind) -> None:
    assert kind.is_duplicate == (kind.value in ("copy", "edited"))


def test_probabilities_of_wider_classes_are_sums() -> None:
    found = Probabilities(copy=0.1, edited=0.2, story=0.3, related=0.3, unrelated=0.1)
    assert found.duplicate == pytest.approx(0.3)
    assert found.same_story == pytest.approx(0.6)


@pytest.mark.parametrize(
    ("kind", "probabilities", "said"),
    [
        (
            "copy",
            (0.5, 0.3, 0.2, 0, 0),
            "One text: at most headline, boilerplate or credit differ.",
        ),
        ("edited", (0.2, 0.5, 0, 0.3, 0), "One text, cut, extended, updated or partly rewritten."),
        ("story", (0, 0.1, 0.7, 0.2, 0), "Two texts on one event."),
        ("related", (0, 0, 0.1, 0.5, 0.4), "Two texts on two events, perhaps of one topic."),
        ("unrelated", (0, 0, 0.1, 0.4, 0.5), "Two texts on two events."),
    ],
)
def test_a_sure_outcome_is_stated(kind: str, probabilities: tuple[float, ...], said: str) -> None:
    found = Probabilities(*probabilities)
    assert found.is_sure
    assert stated(RelationKind(kind), found) == said


@pytest.mark.parametrize(
    ("kind", "probabilities", "said"),
    [
        ("story", (0, 0, 0.69, 0.31, 0), "two texts on one event, perhaps two texts on two events"),
        ("edited", (0.1, 0.5, 0.35, 0.05, 0), "one text, perhaps two texts on one event"),
        ("related", (0, 0.4, 0, 0.45, 0.15), "two texts on two events, perhaps one text"),
    ],
)
def test_what_is_not_sure_names_the_two_likeliest(
    kind: str, probabilities: tuple[float, ...], said: str
) -> None:
    found = Probabilities(*probabilities)
    assert not found.is_sure
    assert stated(RelationKind(kind), found) == f"Not sure: perhaps {said}."


def test_too_little_text_tells_nothing() -> None:
    sure = Probabilities(0, 0, 0, 0, 1)
    assert stated(RelationKind.UNDECIDABLE, sure) == "Too little text is held to tell."
