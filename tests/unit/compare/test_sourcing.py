from dataclasses import replace

import pytest
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
    result = found("DOBREL (Reuters) - Guards came. AFP reported it, and Reuters said so, too.")
    assert [mention.name for mention in result.agencies] == ["Agence France-Presse", "Reuters"]
    assert len(result.agencies[1].spans) == 2


def test_outlets_are_found_without_the_article() -> None:
    result = found("He told The Northvale Evening Post that the Harbour Ledger reported nonsense.")
    assert [mention.name for mention in result.outlets] == ["Northvale Evening Post"]
    assert result.outlets[0].spans[0].text == "Northvale Evening Post"


def test_a_sentence_that_ends_before_an_outlet_is_no_part_of_its_name() -> None:
    result = found(
        "The row went on inside the White House. The Northvale Post reports that he left."
    )
    assert [mention.name for mention in result.outlets] == ["Northvale Post"]
    for name in ("U.S. News", "St. Edda Gazette", "A.B. Weekly", "Dobrel.com Radio"):
        result = found(f"He left, the {name} reported.")
        assert [mention.name for mention in result.outlets] == [name]


def test_who_told_another_outlet_is_no_source_of_this_one() -> None:
    said = "A source close to the mayor told {} that the dam is safe."
    assert found(said.format("the Northvale Post")).anonymous == ()
    for own in ("the Harbour Ledger", "the Ledger", "reporters", "us"):
        assert len(found(said.format(own)).anonymous) == 1, own
    assert found("It is safe, an inside source told the Northvale Post.").anonymous == ()
    assert len(found("It is safe, an inside source told the Ledger.").anonymous) == 1


@pytest.mark.parametrize(
    "body",
    [
        "The Northvale Post is read by dockers, who like the Northvale Post.",
        "Guards came at noon. (AP Photo/Ilse Harrowgate)",
        "Guards at the gate on Monday (via Reuters)",
        "Reuters has an office in Dobrel, as does the AFP.",
    ],
)
def test_a_mention_is_no_source(body: str) -> None:
    result = found(body)
    assert result.agencies == result.outlets == ()


def test_an_outlet_is_no_source_of_itself() -> None:
    body = "DOBREL (Reuters) - Guards came, a docker told Reuters."
    given_ = article("r", body, title="", provider=Provider("Reuters", "www.reuters.com"))
    assert sourcing([given_], Basis.FULL, ClaimEvidence()).agencies == ()
    wire = article("w", "A docker told The Associated Press so.", title="")
    wire = replace(wire, provider=Provider("", "apnews.com"))
    assert sourcing([wire], Basis.FULL, ClaimEvidence()).agencies == ()


@pytest.mark.parametrize(
    "body",
    [
        "\n\n".join(f"{name}: We waited for the crane again." for name in ("ANA", "IVO") * 4),
        "\n\n".join(("ana holm", "We waited for the crane until it was late.") * 6),
        "\n\n".join(("What did you see in the harbour that night?", "Cranes, and nothing.") * 5),
    ],
)
def test_of_speech_nothing_tells_what_is_quoted(body: str) -> None:
    assert found(body).quoted_share is None


def test_sources_without_a_name() -> None:
    for phrase in (
        "an official who asked not to be named for fear of reprisal",
        "It failed, said two people familiar with the talks.",
        "She spoke on condition of anonymity.",
        "according to a senior source",
        "Terminal sources said that talks had begun",
    ):
        assert len(found(f"It was late. {phrase}").anonymous) == 1, phrase
    assert found("The official said that she was tired.").anonymous == ()


@pytest.mark.parametrize(
    ("body", "phrases"),
    [
        ("People close to the mayor said the dam is safe.", 1),
        ("The dam is safe, people close to the mayor say.", 1),
        ("According to two people with knowledge of the plan the dam is safe.", 1),
        ("The dam is safe, said an aide familiar with the plan.", 1),
        ("An unnamed official confirmed it on Monday.", 1),
        ("He lied about his dealings with officials close to the mayor.", 0),
        ("People close to the mayor set about hiding the plan.", 0),
        ("The then-unnamed source stopped paying for the research.", 0),
        ("The memo, citing an unnamed source, says the dam is safe.", 0),
        ("Dr. Holm quoted unnamed sources and said the dam is safe.", 0),
        ("Holm’s sources said the dam is safe.", 0),
        ("The memo goes on: “According to our source, the dam is safe.”", 0),
        ("She called it “not backed by anything but anonymous sources” and said so twice.", 0),
    ],
)
def test_unnamed_people_are_a_source_where_this_text_has_something_from_them(
    body: str, phrases: int
) -> None:
    assert len(found(body).anonymous) == phrases


def test_quotes_are_measured_with_their_marks() -> None:
    body = 'He said: "Go and ask the river." Then he left the "quiet quay".'
    result = found(body)
    assert [quote.text for quote in result.quotes] == ['"Go and ask the river."']
    assert result.quoted_share == round(len('"Go and ask the river."') / len(body), 4)


def test_curly_quotes_may_stay_open_to_the_end_of_a_paragraph() -> None:
    result = found("“We waited for the crane.\n“Then we left it,” she said.")
    quotes = [quote.text for quote in result.quotes]
    assert quotes == ["“We waited for the crane.", "“Then we left it,”"]


@given(st.text(max_size=300))
def test_everything_is_cited(body: str) -> None:
    given_ = Article(id="a", title="", body=body)
    result = sourcing([given_], Basis.FULL, ClaimEvidence())
    mentions = [span for one in (*result.agencies, *result.outlets) for span in one.spans]
    for span in (*mentions, *result.anonymous, *result.quotes):
        assert given_.text(span.field)[span.start : span.end] == span.text
    assert result.quoted_share is None or 0 <= result.quoted_share <= 1
