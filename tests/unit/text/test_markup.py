"""What a piece of HTML shows."""

import pytest

from semsearch.text.markup import text_of_html


@pytest.mark.parametrize(
    ("markup", "shown"),
    [
        ("How the <script> tag <b>changed</b> the web", "How the <script> tag changed the web"),
        ("<iframe> is back, says a survey", "<iframe> is back, says a survey"),
        ("One <script>var x;</script> two. An <object> was found.",
         "One  two. An <object> was found."),
        ("<p>Use <STYLE> with care.</p><p>Then <template>.</p>",
         "Use <STYLE> with care.\n\nThen <template>."),
        ("Cranes stood. <script src='a.js'> The rest", "Cranes stood.  The rest"),
        ("<title>Page</title>Text <svg/>and <script>x</script>more", "Text and more"),
        ("One <SCRİPT> two <ſcript> three", "One two <ſcript> three"),
        ("İ" * 40 + "<script>x</script> The <script> tag", "İ" * 40 + " The <script> tag"),
        ("<object><object>seen not</object></object>after", "after"),
    ],
)  # fmt: skip
def test_an_element_that_is_never_closed_hides_nothing(markup: str, shown: str) -> None:
    assert text_of_html(markup).split() == shown.split()


@pytest.mark.parametrize(
    ("markup", "shown"),
    [
        ("One.\n\nTwo, <em>they</em> said.\n \r\nThree.", "One.\n\nTwo, they said.\n\nThree."),
        ("One.\n\n<h2>Two</h2>\n\n<ul><li>three</li></ul>", "One.\n\nTwo\n\nthree"),
        ("<p>One\n\nand the same.</p>", "One and the same."),
        ("One\n\nand <br>two", "One and\ntwo"),
    ],
)
def test_blank_lines_part_paragraphs_where_nothing_else_does(markup: str, shown: str) -> None:
    assert text_of_html(markup) == shown
