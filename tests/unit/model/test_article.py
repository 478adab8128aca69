from dataclasses import FrozenInstanceError

import pytest

from semsearch.model.article import FIELDS, Article, Basis, Field, Provider


@pytest.mark.parametrize(
    ("excerpt", "body", "basis"),
    [
        pytest.param("A teaser.", "A text.", Basis.FULL, id="body"),
        pytest.param("", "A text.", Basis.FULL, id="body-without-excerpt"),
        pytest.param("A teaser.", " \n", Basis.EXCERPT, id="blank-body"),
        pytest.param("\t", "", Basis.TITLE, id="blank-excerpt"),
        pytest.param("", "", Basis.TITLE, id="title-alone"),
    ],
)
def test_the_basis_is_the_fullest_text_that_is_held(excerpt: str, body: str, basis: Basis) -> None:
    assert Article("a", "Ferry returns", excerpt, body).basis is basis


@pytest.mark.parametrize(
    ("title", "excerpt", "body", "headline"),
    [
        pytest.param("Ferry returns", "Teaser", "Text", "Ferry returns", id="title"),
        pytest.param("", "Teaser\nsecond line", "Text", "Teaser", id="excerpt"),
        pytest.param(" ", "", "\n\n  First line\nrest", "First line", id="body"),
        pytest.param("", " \n", "First line\nrest", "First line", id="blank-excerpt"),
        pytest.param("", "", "x" * 500, "x" * 160, id="long-line"),
        pytest.param("", " ", "\n", "", id="nothing"),
    ],
)
def test_the_headline_is_the_title_or_else_the_first_line(
    title: str, excerpt: str, body: str, headline: str
) -> None:
    assert Article("a", title, excerpt, body).headline == headline


@pytest.mark.parametrize(
    ("provider", "key"),
    [
        pytest.param(Provider("Senn Herald", "herald.example"), "herald.example", id="domain"),
        pytest.param(Provider("Senn HERALD"), "senn herald", id="name"),
        pytest.param(Provider(), "", id="nobody"),
    ],
)
def test_a_provider_is_known_by_its_domain_or_else_its_name(provider: Provider, key: str) -> None:
    assert provider.key == key


@pytest.mark.parametrize(
    ("title", "excerpt", "body", "lead"),
    [
        pytest.param(
            "Ferry returns", "It sails.", "Text", "Ferry returns.\n\nIt sails.", id="excerpt"
        ),
        pytest.param("Ferry?", " ", "It sails.", "Ferry?\n\nIt sails.", id="body"),
        pytest.param("Ferry returns", "", "", "Ferry returns.", id="title-alone"),
        pytest.param("", "It sails.", "Text", "It sails.", id="no-title"),
        pytest.param(
            "It sails", "", "It sails today.", "It sails today.", id="title-from-the-body"
        ),
        pytest.param("Ferry", "", "a " * 500, "Ferry.\n\n" + ("a " * 120)[:-1], id="long-body"),
        pytest.param("", " ", "\n", "", id="nothing"),
    ],
)
def test_the_lead_is_the_title_with_how_the_text_begins(
    title: str, excerpt: str, body: str, lead: str
) -> None:
    assert Article("a", title, excerpt, body).lead == lead
    assert Article("a", title, excerpt, body).text(Field.LEAD) == lead


def test_every_field_has_its_text() -> None:
    article = Article("a", "Title", "Excerpt", "Body")
    assert [article.text(field) for field in FIELDS] == ["Title", "Excerpt", "Body"]
    assert FIELDS == (Field.TITLE, Field.EXCERPT, Field.BODY)


def test_an_article_does_not_change() -> None:
    article = Article("a", "Title")
    with pytest.raises(FrozenInstanceError):
        article.title = "Other"  # type: ignore[misc]
