from semsearch.compare.headlines import headline
from tests.unit.compare.samples import MARKETS, STOPPAGE, STRIKE, article, ready, story


def test_words_that_no_other_headline_uses() -> None:
    ledger, weekly, ducat = story()
    found = headline(ledger, [weekly, ducat])
    assert [phrase.text for phrase in found.only_here] == ["Dockers walk"]
    for phrase in found.only_here:
        assert found.text[phrase.start : phrase.end] == phrase.text


def test_the_closest_headline_and_own_sentence() -> None:
    one = ready(article("a", STRIKE, title="Mediator Ilse Harrowgate"))
    near = ready(article("b", STOPPAGE, title="Mediator Harrowgate invited"))
    far = ready(article("c", MARKETS, title="Pears and plums"))
    found = headline(one, [far, near])
    assert found.closest == "b"
    assert found.own_sentence is not None
    assert found.own_sentence.text.startswith("Mediator Ilse Harrowgate")


def test_without_a_body_there_is_no_own_sentence() -> None:
    found = headline(ready(article("a", excerpt="Dockers walked out.")), story())
    assert found.own_sentence is None
    assert found.closest is not None


def test_an_article_without_a_title_has_its_first_line() -> None:
    found = headline(ready(article("a", STRIKE, title="")), story())
    assert found.text.startswith("Dockers walked out")
    assert found.closest is None
