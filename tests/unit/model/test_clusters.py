import pytest

from semsearch.export.markdown import markdown
from semsearch.model.clusters import Story, StoryView
from semsearch.model.search import event_statement


@pytest.mark.parametrize(
    ("providers", "statement", "said"),
    [
        (0, "probably one event", "96 were one event"),
        (1, "perhaps one event", "39 were one event"),
        (2, "probably one event", "96 were one event"),
    ],
)
def test_a_story_says_how_often_such_stories_are_one_event(
    providers: int, statement: str, said: str
) -> None:
    assert event_statement(providers) == statement
    story = Story("s1", "Ferry", "a", 3, 3, providers, None, None, statement)
    view = StoryView(1, story, (), (), ())
    assert said in view.caution
    assert said in markdown(view)
    assert statement in markdown(view)
