import time
from pathlib import Path

import pytest

from semsearch.errors import UnreadableError
from semsearch.ingest.formats.plaintext import MAX_TITLE_CHARS, PlainText, read_plain_text
from semsearch.ingest.formats.reader import MAX_FILE_BYTES
from semsearch.ingest.reading import ReadOptions, read_document
from semsearch.model.article import Article
from tests.unit.ingest.samples import read_text


@pytest.mark.parametrize(
    ("text", "title", "excerpt", "body"),
    [
        pytest.param(
            "T\n\nE one.\nE two.\n\nB.\n\nB two.\n",
            "T",
            "E one.\nE two.",
            "B.\n\nB two.\n",
            id="all-three",
        ),
        pytest.param("T\nE.\n\nB.", "T", "E.", "B.", id="excerpt-on-the-next-line"),
        pytest.param("\n \t\n  T  \nE.", "T", "E.", "", id="blank-lines-first"),
        pytest.param("T", "T", "", "", id="title-alone"),
        pytest.param("T\r\n\r\nE.\r\n \r\nB.\r\nC.\r\n", "T", "E.", "B.\r\nC.\r\n", id="crlf"),
        pytest.param("\ufeffT\n\n\n\nE.\n \t \n\n\nB.", "T", "E.", "B.", id="bom-and-many-blanks"),
        pytest.param("T\n\n---\nE.", "T", "---\nE.", "", id="a-ruler-is-text"),
        pytest.param("# T\n\nE.\n\nB.", "T", "E.", "B.", id="heading-of-markdown"),
        pytest.param("## C# and T ##\nE.", "C# and T", "E.", "", id="heading-closed"),
        pytest.param("= T\n\nE.", "T", "E.", "", id="heading-of-asciidoc"),
        pytest.param("#port closes\n\nE.", "#port closes", "E.", "", id="hash-tag"),
        pytest.param("<h1>T &amp; U</h1>\n<p>E.</p>", "T & U", "<p>E.</p>", "", id="html"),
        pytest.param("=====\nT\n=====\n\nE.", "T", "E.", "", id="overline"),
        pytest.param("T\n#####\n\nE.", "T", "E.", "", id="underline-of-rst"),
        pytest.param("<!-- made by x -->\n# T\nE.", "T", "E.", "", id="comment-first"),
        pytest.param("```markdown\n# T\nE.", "T", "E.", "", id="fence-of-code"),
        pytest.param(
            "import A from './a'\nimport './b.css'\nexport const meta = {a: 1}\n\n# T\n\nE.",
            "T",
            "E.",
            "",
            id="mdx",
        ),
        pytest.param(
            "import duties rise\n\nE.", "import duties rise", "E.", "", id="import-a-word"
        ),
        pytest.param("\u200b\ufeffT\nE.", "T", "E.", "", id="marks-without-width"),
    ],
)
def test_title_then_first_paragraph_then_the_rest(
    text: str, title: str, excerpt: str, body: str
) -> None:
    assert read_plain_text(text) == {"title": title, "excerpt": excerpt, "body": body}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        pytest.param(
            "T\n\nBRACKWATER, March 5 (Meridian News Agency) - The ferry is back.",
            "Meridian News Agency",
            id="dateline",
        ),
        pytest.param(
            "T\n\nThe teaser.\n\nLISK (the Lisk & Senn Wire) — The ferry is back.",
            "the Lisk & Senn Wire",
            id="dateline-of-the-body",
        ),
        pytest.param(
            "T\n\nThe ferry serves five quays…reports Senn Herald", "Senn Herald", id="reports"
        ),
        pytest.param("T\n\nThe ferry is back, writes The Quay.\n\nB.", "The Quay", id="writes"),
        pytest.param("T\n\nThe ferry is back, reports Ledger of Lisk.", "Ledger of Lisk", id="of"),
    ],
)
def test_the_text_may_name_its_provider(text: str, name: str) -> None:
    assert read_plain_text(text)["provider"] == {"name": name, "domain": ""}


@pytest.mark.parametrize(
    ("dateline", "date"),
    [
        ("BRACKWATER, March 5, 2024 (MNA) - ", "2024-03-05"),
        ("BRACKWATER, Mar. 5, 2024 - ", "2024-03-05"),
        ("PORT OF ESK, 5 March 2024 (MNA) – ", "2024-03-05"),
        ("ESK, 2024-03-05: ", "2024-03-05"),
        ("BRACKWATER, March 5 (MNA) - ", None),
        ("BRACKWATER, March 35, 2024 (MNA) - ", None),
        ("In March 5, 2024, ", None),
    ],
)
def test_a_dateline_with_a_year_gives_the_date(dateline: str, date: str | None) -> None:
    article = read_document(f"T\n\n{dateline}The ferry is back.\n", "x", ReadOptions())
    assert isinstance(article, Article)
    assert (article.published and article.published.date().isoformat()) == date
    assert article.zone_assumed == (date is not None)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("T\n\nThe ferry is back.", id="nothing"),
        pytest.param("T\n\nThe ferry, which he reports is back.", id="a-verb"),
        pytest.param("T\n\nHe reports Damage to the quay, and more.", id="not-at-the-end"),
        pytest.param("T\n\nThe ferry (a steamer) - it is back.", id="no-name"),
        pytest.param("Who reports Senn Herald", id="in-the-title"),
    ],
)
def test_a_provider_is_not_guessed(text: str) -> None:
    assert "provider" not in read_plain_text(text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("", "empty file", id="empty"),
        pytest.param("\ufeff \r\n\t\n", "empty file", id="blank"),
    ],
)
def test_a_file_without_a_title_is_unreadable(text: str, reason: str) -> None:
    with pytest.raises(UnreadableError) as caught:
        read_plain_text(text)
    assert (caught.value.reason, caught.value.line) == (reason, 1)


def test_the_longest_title_is_read_and_a_longer_line_is_a_text() -> None:
    assert read_plain_text("x" * MAX_TITLE_CHARS + "\nE.")["excerpt"] == "E."
    text = "BRACKWATER (Harbour Ledger) - " + "Cranes stood still. " * 60 + "\nMore.\n"
    (record,) = PlainText().records(text)
    assert record.fields == {
        "title": "",
        "excerpt": "",
        "body": text,
        "provider": {"name": "Harbour Ledger", "domain": ""},
    }
    (note,) = record.notes
    assert note.endswith("was read without a title")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("t\n" + "reports " * 10**5, id="reports"),
        pytest.param("t\nreports A" + "a" * 10**6 + "!", id="long-name"),
        pytest.param("t\n" + "reports A B C D E F " * 50_000 + "!", id="names"),
        pytest.param("t\nreports A" + " " * 10**6 + "!", id="blanks"),
        pytest.param("t\nx" + "\n " * 10**5 + "y", id="blank-lines"),
    ],
)
def test_a_megabyte_made_to_be_slow_is_not(text: str) -> None:
    started = time.process_time()
    assert "provider" not in read_plain_text(text)
    assert time.process_time() - started < 2


NO_UTF_8 = "not valid UTF-8"
NO_OTHER = "no other encoding is likely: name it with --encoding"
CONTROLS = f"{NO_UTF_8}, and no text: it holds control characters"
BLOB = "XkueqmL6D+bQMFIYylirZBU3urGMLyoE71XIgmoH3iXxW/0Nh8cDCUXqdUBcgP8y7SXq"


@pytest.mark.parametrize(
    "text",
    [
        f'----\ntitle: A\nsecured: "{BLOB}"\n----\n',
        f'---json\n{{"secured": "{BLOB}"}}\n---\n',
        f'title: A\nexcerpt: B\n\nsecured: "{BLOB}"\n',
        f'{{"title": "A",\n\n"secured": "{BLOB}"}}\n',
        f'---\ntitle: A\n---\nBody.\n\n---\nsecured: "{BLOB}"\n---\n',
        f"A\n\nsecured: {{blob: {BLOB}}}\n",
    ],
    ids=[
        "four dashes",
        "json fence",
        "no fence",
        "json",
        "second block",
        "nested",
    ],
)
def test_a_blob_outside_of_sound_front_matter_reaches_no_article(text: str) -> None:
    try:
        read: object = read_document(text, "x", ReadOptions())
    except UnreadableError as refused:
        read = refused.reason
    assert BLOB not in repr(read)


def test_a_blob_in_front_matter_of_toml_is_dropped() -> None:
    article = read_document(f"+++\ntitle = 'A'\nsecured = '{BLOB}'\n+++\n", "x", ReadOptions())
    assert isinstance(article, Article)
    assert BLOB not in repr(article)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        pytest.param(b"", "", id="empty"),
        pytest.param("Fähre\r\n".encode(), "Fähre\r\n", id="utf-8"),
        pytest.param(b"\xef\xbb\xbfFerry", "Ferry", id="utf-8-mark"),
        pytest.param("Fähre".encode("utf-16"), "Fähre", id="utf-16"),
        pytest.param("\ufeffFähre".encode("utf-16-be"), "Fähre", id="utf-16-be"),
    ],
)
def test_a_text_is_decoded(tmp_path: Path, data: bytes, text: str) -> None:
    (tmp_path / "a.md").write_bytes(data)
    assert read_text(tmp_path / "a.md") == text


@pytest.mark.parametrize(
    ("data", "reason", "line"),
    [
        pytest.param(
            b"one\ntwo\nthr\x01e\xff\n",
            CONTROLS,
            3,
            id="third-line",
        ),
        pytest.param(b"\xed\xa0\x80", f"{NO_UTF_8}, and {NO_OTHER}", 1, id="surrogate"),
        pytest.param("a\nb".encode("utf-16")[:-1], "not valid UTF-16", 2, id="half-a-character"),
    ],
)
def test_bytes_that_are_no_text_are_unreadable(
    tmp_path: Path, data: bytes, reason: str, line: int
) -> None:
    (tmp_path / "a.md").write_bytes(data)
    with pytest.raises(UnreadableError) as caught:
        read_text(tmp_path / "a.md")
    assert (caught.value.reason, caught.value.line) == (reason, line)


def test_a_huge_or_missing_file_is_unreadable(tmp_path: Path) -> None:
    with (tmp_path / "a.md").open("wb") as stream:
        stream.truncate(MAX_FILE_BYTES + 1)
    with pytest.raises(UnreadableError, match="larger than 64 MiB"):
        read_text(tmp_path / "a.md")
    with pytest.raises(UnreadableError, match="cannot be read: No such file or directory"):
        read_text(tmp_path / "b.md")
    with pytest.raises(UnreadableError, match="cannot be read: Is a directory"):
        read_text(tmp_path)
