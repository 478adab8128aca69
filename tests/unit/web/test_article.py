from semsearch.ask.get import view
from semsearch.model.article import Field, Passage
from semsearch.web.article import Run, field_texts
from tests.support.articles import make_article

BODY = 'The ferry sank.\r\n\r\n[mc4wp_form id="7"]\nNobody was hurt, they said.\n\n'


def test_plain_texts_are_paragraphs() -> None:
    article = view(make_article(excerpt="A storm.", body=BODY))
    excerpt, body = field_texts(article, [], marks=False)
    assert excerpt.field is Field.EXCERPT
    assert excerpt.paragraphs == ((Run("A storm."),),)
    assert [run.text for paragraph in body.paragraphs for run in paragraph] == [
        "The ferry sank.",
        '[mc4wp_form id="7"]',
        "Nobody was hurt, they said.",
    ]


def test_marks_tell_where_passages_begin_and_what_is_left_out() -> None:
    article = view(make_article(body=BODY))
    second = BODY.index("they said")
    cut = [Passage(Field.BODY, 0, second), Passage(Field.BODY, second, len(BODY))]
    (body,) = field_texts(article, cut, marks=True)
    runs = [run for paragraph in body.paragraphs for run in paragraph]
    assert [run.passage for run in runs] == [1, 0, 0, 2]
    assert [bool(run.left_out) for run in runs] == [False, True, False, False]
    assert runs[-1].text == "they said."
    assert "".join(run.text for run in runs) == BODY.replace("\r", "").replace("\n", "")


def test_an_article_of_a_headline_has_no_texts() -> None:
    assert field_texts(view(make_article()), [], marks=True) == []
