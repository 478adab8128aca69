"""How a draft is read from a file."""

import pytest

from semsearch.check.drafts import read_draft
from semsearch.errors import InvalidArticleError

PAGE = (
    '<!DOCTYPE html><html><head><title>One</title><style>a{content:"no quotation at all"}</style>'
    '</head><body><h1>Port</h1><p title="nor is this one">&ldquo;We <b>stay</b> here,&#8221; said '
    "Lenn&rsquo;s aide.</p><p>She wrote: <q>All of us</q>.</p>"
    "<blockquote>\n  <em>We</em> come.<p>We <i>go</i>.</p>\n<p>We stay.</p></blockquote>End."
    '<script>x = "nor this"</script></body></html>'
)
SHOWN = (
    "Port\n\n“We stay here,” said Lenn’s aide.\n\nShe wrote: “All of us”.\n\n"
    "> We come.\n\n> We go.\n\n> We stay.\n\nEnd."
)


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (PAGE, "draft.html"),
        (PAGE, "draft.txt"),
        (PAGE, ""),
        (f"<?xml version='1.0'?>\n{PAGE}", "-"),
        (PAGE.removeprefix("<!DOCTYPE html>"), "DRAFT.HTM"),
        (PAGE[PAGE.index("<h1>") :], "part.html"),
    ],
)
def test_of_a_page_what_it_shows_is_the_draft(data: str, name: str) -> None:
    text, notes = read_draft(data.encode(), name)
    assert text == SHOWN
    assert len(notes) == 1
    assert "read as HTML" in notes[0]


@pytest.mark.parametrize(
    "text", ["We stay.", "# Port\n\n> We <b>stay</b>\n", "3 < 4", "", "<htmlike>"]
)
def test_a_text_is_the_draft_as_it_is(text: str) -> None:
    assert read_draft(text.encode(), "draft.md") == (text, ())


@pytest.mark.parametrize("head", [b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF-1.7", b"{\\rtf1"])
def test_files_of_office_programs_are_refused_with_a_way_out(head: bytes) -> None:
    with pytest.raises(InvalidArticleError, match="office") as caught:
        read_draft(head + b"rest", "draft.docx")
    assert "Check" in caught.value.hint
