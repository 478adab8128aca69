from semsearch.compare.timeline import timeline
from tests.unit.compare.samples import article


def test_articles_are_in_order_of_time_and_undated_ones_last() -> None:
    given = [article("c", hours=30), article("b", published=None), article("a", hours=6)]
    entries = timeline(given)
    assert [entry.article for entry in entries] == ["a", "c", "b"]
    assert [entry.lag_hours for entry in entries] == [0.0, 24.0, None]


def test_without_any_date_there_is_no_lag() -> None:
    entries = timeline([article("b", published=None), article("a", published=None)])
    assert [(entry.article, entry.lag_hours) for entry in entries] == [("a", None), ("b", None)]
