import pytest

from semsearch.errors import UnreadableError
from semsearch.ingest.frontmatter import (
    MAX_FRONT_MATTER_CHARS,
    has_front_matter,
    read_front_matter,
)
from tests.unit.ingest.samples import FRONT_MATTER


def test_every_field_of_the_archive_is_read_as_it_stands() -> None:
    fields = read_front_matter(FRONT_MATTER)
    assert list(fields) == [
        "category",
        "title",
        "excerpt",
        "publishedDateTime",
        "originalUrl",
        "webUrl",
        "ampWebUrl",
        "cdnAmpWebUrl",
        "type",
        "quality",
        "heat",
        "published",
        "provider",
        "topics",
        "images",
        "related",
        "featuredContent",
        "secured",
    ]
    assert fields["title"] == "Brackwater ferry returns after storm repairs"
    assert fields["publishedDateTime"] == "2024-03-05T09:30:00Z"
    assert (fields["quality"], fields["heat"], fields["published"]) == (84, -1, False)
    assert fields["topics"] == ["Ferries", "Brackwater"]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("---\ntitle: T\n---\n", id="plain"),
        pytest.param("---\ntitle: T\n---", id="no-last-line-break"),
        pytest.param("--- \t\ntitle: T\n---  \n", id="blanks-after-the-dashes"),
        pytest.param("\n \n\t\r\n---\ntitle: T\n---\n", id="blank-lines-first"),
        pytest.param("\ufeff---\ntitle: T\n---\n", id="byte-order-mark"),
        pytest.param("---\r\ntitle: T\r\n---\r\n", id="crlf"),
        pytest.param("---\ntitle: T\n---\n \n\n", id="blank-body"),
    ],
)
def test_a_file_without_a_body_has_only_its_fields(text: str) -> None:
    assert has_front_matter(text)
    assert read_front_matter(text) == {"title": "T"}


@pytest.mark.parametrize(
    ("text", "body"),
    [
        pytest.param("---\ntitle: T\n---\nOne.\n\nTwo.\n", "One.\n\nTwo.\n", id="paragraphs"),
        pytest.param("---\ntitle: T\n---\n\nOne.\n---\nTwo.", "\nOne.\n---\nTwo.", id="ruler"),
        pytest.param("---\r\ntitle: T\r\n---\r\nOne.\r\n", "One.\r\n", id="crlf"),
        pytest.param("---\ntitle: T\nbody: Short\n---\nLong.", "Long.", id="body-twice"),
        pytest.param("---\ntitle: T\nbody: Short\n---\n", "Short", id="body-as-a-field"),
        pytest.param("---\ntitle: 'a --- b'\n---\nOne.", "One.", id="dashes-in-a-title"),
    ],
)
def test_what_follows_the_front_matter_is_the_body(text: str, body: str) -> None:
    assert read_front_matter(text)["body"] == body


@pytest.mark.parametrize(
    "text",
    ["title: T", "----\ntitle: T\n---", "-- -\n", "Text\n---\ntitle: T\n---\n", " ---\n", ""],
)
def test_other_texts_have_no_front_matter(text: str) -> None:
    assert not has_front_matter(text)
    with pytest.raises(UnreadableError, match="no front matter"):
        read_front_matter(text)


NOT_CLOSED = "front matter is not closed by a line of ---"
NO_MAPPING = "front matter is not a mapping of fields"


@pytest.mark.parametrize(
    ("text", "reason", "line"),
    [
        pytest.param("---\ntitle: T\n", NOT_CLOSED, 1, id="unclosed"),
        pytest.param("---\ntitle: T\n----\nText", NOT_CLOSED, 1, id="four-dashes"),
        pytest.param("---\ntitle: T\n --- \nText", NOT_CLOSED, 1, id="indented"),
        pytest.param("---\n---\nText", NO_MAPPING, 2, id="empty"),
        pytest.param("---\n- title: T\n---\n", NO_MAPPING, 2, id="list"),
        pytest.param("---\ncategory: local\n---\nText", "empty title", 2, id="no-title"),
        pytest.param("---\ntitle: ' '\n---\n", "empty title", 2, id="blank-title"),
        pytest.param("\n\n---\ntitle:\n---\n", "empty title", 4, id="null-title-further-down"),
        pytest.param(
            "---\ntitle: T\nexcerpt: a: b\n---\n",
            "broken YAML: mapping values are not allowed in this context",
            3,
            id="broken",
        ),
        pytest.param(
            "---\r\ntitle: T\r\ntopics: [a\r\n---\r\n",
            "broken YAML: did not find expected ',' or ']'",
            4,
            id="broken-crlf",
        ),
        pytest.param(
            "---\ntitle: " + "x" * MAX_FRONT_MATTER_CHARS + "\n---\n",
            "front matter is longer than 2,000,000 characters",
            None,
            id="too-long",
        ),
    ],
)
def test_broken_front_matter_is_unreadable(text: str, reason: str, line: int | None) -> None:
    with pytest.raises(UnreadableError) as caught:
        read_front_matter(text)
    assert (caught.value.reason, caught.value.line) == (reason, line)


def test_what_is_removed_needs_no_title() -> None:
    assert read_front_matter("---\nremoved: true\nwebUrl: https://a.example/x\n---\n") == {
        "removed": True,
        "webUrl": "https://a.example/x",
    }
