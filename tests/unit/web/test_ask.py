from semsearch.model.article import Provider
from semsearch.model.status import ProviderCount, TopicCount
from semsearch.web.ask import outlet_choices, topic_choices

GAZETTE = Provider("Lisk Gazette", "gazette.example")


def test_chosen_values_come_first_as_they_were_written() -> None:
    counted = [TopicCount("Ports", 5), TopicCount("Water", 9)]
    found = topic_choices(counted, ["ports", "Trams"])
    assert [(one.value, one.articles, one.chosen) for one in found.first] == [
        ("ports", 5, True),
        ("Trams", 0, True),
        ("Water", 9, False),
    ]
    assert found.more == ()


def test_an_outlet_is_chosen_by_domain_or_name() -> None:
    counted = [ProviderCount(GAZETTE, 3)]
    for written in ("gazette.example", "WWW.Gazette.example", "lisk gazette"):
        (one,) = outlet_choices(counted, [written]).first
        assert (one.value, one.label, one.chosen) == (written, "Lisk Gazette", True)
    (other,) = outlet_choices(counted, []).first
    assert (other.value, other.chosen) == ("gazette.example", False)


def test_a_long_list_is_folded() -> None:
    counted = [TopicCount(f"topic {number:03}", 200 - number) for number in range(100)]
    found = topic_choices(counted, [])
    assert [one.articles for one in found.first] == list(range(200, 192, -1))
    assert len(found.more) == 32
