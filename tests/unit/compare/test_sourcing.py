from hypothesis import given
from hypothesis import strategies as st

from semsearch.compare.sourcing import sourcing
from semsearch.model.article import Article, Basis, Provider
from semsearch.model.comparison import ClaimEvidence, Sourcing
from tests.unit.compare.samples import article


def found(body: str, name: str = "Harbour Ledger") -> Sourcing:
    given_ = article("ledger", body, title="", provider=Provider(name, "ledger.example"))
    return sourcing([given_], Basis.FULL, ClaimEvidence())


def test_agencies_are_named_once_with_all_places() -> None:
    result = found("DOBREL (Reuters) - Guards came. AFP and Reuters saw them. The reuters are not.")
    assert [mention.name for mention in result.agencies] == ["Agence France-Presse", "Reuters"]
    assert len(result.agencies[1].spans) == 2


def test_outlets_are_found_without_the_article() -> None:
    result = found("He told The Northvale Evening Post that the Harbour Ledger was wrong.")
    assert [mention.name for mention in result.outlets] == ["Northvale Evening Post"]
    assert result.outlets[0].spans[0].text == "Northvale Evening Post"


def test_sources_without_a_name() -> None:
    for phrase in (
        "an official who asked not to be named for fear of reprisal",
        "two people familiar with the talks",
        "She spoke on condition of anonymity.",
        "according to a senior source",
        "Terminal sources said that talks had begun",
    ):
        assert len(found(f"It was late. {phrase}").anonymous) == 1, phrase
    assert found("The official said that she was tired.").anonymous == ()


def test_quotes_are_measured_with_their_marks() -> None:
    body = 'He said: "Ask the river." Then he left.'
    result = found(body)
    assert [quote.text for quote in result.quotes] == ['"Ask the river."']
    assert result.quoted_share == round(len('"Ask the river."') / len(body), 4)


def test_curly_quotes_may_stay_open_to_the_end_of_a_paragraph() -> None:
    result = found("“We waited.\n“We left,” she said.")
    assert [quote.text for quote in result.quotes] == ["“We waited.", "“We left,”"]


@given(st.text(max_size=300))
def test_everything_is_cited(body: str) -> None:
    given_ = Article(id="a", title="", body=body)
    result = sourcing([given_], Basis.FULL, ClaimEvidence())
    mentions = [span for one in (*result.agencies, *result.outlets) for span in one.spans]
    for span in (*mentions, *result.anonymous, *result.quotes):
        assert given_.text(span.field)[span.start : span.end] == span.text
    assert 0 <= result.quoted_share <= 1
