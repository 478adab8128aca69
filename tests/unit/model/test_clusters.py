import pytest

from semsearch.export.markdown import markdown
from semsearch.model.clusters import Story, StoryView


@pytest.mark.parametrize(
    ("size", "providers", "warns"), [(3, 1, True), (9, 1, True), (2, 1, False), (3, 2, False)]
)
def test_a_story_of_several_articles_of_one_outlet_says_how_seldom_it_is_one_event(
    size: int, providers: int, *, warns: bool
) -> None:
    story = Story("s1", "Ferry", "a", size, size, providers, None, None)
    view = StoryView(1, story, (), (), ())
    assert ("5 of 16" in view.caution) is warns
    assert ("5 of 16" in markdown(view)) is warns
