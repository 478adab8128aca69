import pytest

from semsearch.model.article import Article, Provider
from semsearch.relate.facts import credits_of, own_agency


@pytest.mark.parametrize(
    ("body", "agencies"),
    [
        pytest.param("PELLWORTH (Reuters) - The bridge is shut.", ["Reuters"], id="dateline"),
        pytest.param("PELLWORTH, May 2 - Xinhua - The bridge is shut.", ["Xinhua"], id="dashes"),
        pytest.param("The bridge is shut, he said. (ANI)", ["ANI"], id="at-the-end"),
        pytest.param("By The Associated Press\n\nThe bridge is shut.", ["AP"], id="byline"),
        pytest.param("By Ines Okafor, AFP\n\nThe bridge is shut.", ["AFP"], id="byline-after-name"),
        pytest.param("The bridge is shut.\nSource: PTI", ["PTI"], id="source"),
        pytest.param("The bridge is shut.\n© 2024 AFP", ["AFP"], id="copyright"),
        pytest.param("The bridge is shut.\n-- dpa", ["dpa"], id="line-of-its-own"),
        pytest.param(
            "A (Reuters) line.\n(With inputs from ANI)", ["Reuters", "ANI"], id="two-of-them"
        ),
        pytest.param("The mayor told Reuters that the bridge is shut.", [], id="a-mention"),
        pytest.param("An AP examination was held at the school.", [], id="another-word"),
        pytest.param("", [], id="nothing"),
    ],
)
def test_credits_are_forms_not_mentions(body: str, agencies: list[str]) -> None:
    found = credits_of("b", Article("x", "Bridge shut", body=body))
    assert [credit.agency for credit in found] == agencies
    for credit in found:
        assert credit.span.side == "b"
        assert body[credit.span.start : credit.span.end] == credit.span.text


@pytest.mark.parametrize(
    ("name", "agency"), [("Reuters", "Reuters"), ("Associated Press", "AP"), ("The Tide", "")]
)
def test_a_provider_may_be_an_agency(name: str, agency: str) -> None:
    assert own_agency(Article("x", "T", provider=Provider(name, "x.example"))) == agency
