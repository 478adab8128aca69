import time

import pytest

from semsearch.errors import UnreadableError
from semsearch.ingest.formats.frontmatter import (
    MAX_FRONT_MATTER_CHARS,
    FrontMatter,
    read_front_matter,
)
from semsearch.ingest.formats.reader import Head
from semsearch.ingest.formats.yamlfields import AS_WRITTEN, MAX_DEPTH, load_mapping
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
    assert FrontMatter().recognises(Head(b"", text.removeprefix("\ufeff"), "a.md"))
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
    assert not FrontMatter().recognises(Head(b"", text, "a.md"))
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
        pytest.param("---\n- title: T\n---\n", NO_MAPPING, 2, id="list"),
        pytest.param("---\ncategory: local\n---\n", "empty title", 2, id="no-title"),
        pytest.param("---\ntitle: ' '\n---\n", "empty title", 2, id="blank-title"),
        pytest.param("\n\n---\ntitle:\n---\n", "empty title", 4, id="null-title-further-down"),
        pytest.param(
            "---\ntitle: T\nexcerpt: a: b\ntopics: [a\n---\n",
            "broken YAML: mapping values are not allowed in this context; "
            "put a text that holds ': ' in quotes",
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


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("12", 12, id="number"),
        pytest.param("-1", -1, id="negative"),
        pytest.param("84.5", 84.5, id="fraction"),
        pytest.param("true", True, id="true"),
        pytest.param("False", False, id="false"),
        pytest.param("null", None, id="null"),
        pytest.param("", None, id="nothing"),
        pytest.param("~", None, id="tilde"),
        pytest.param("no", "no", id="no-is-a-text"),
        pytest.param("12:30", "12:30", id="time-is-a-text"),
        pytest.param("007", "007", id="leading-zeros-are-a-text"),
        pytest.param("1_000", "1_000", id="underscore-is-a-text"),
        pytest.param("0x1F", "0x1F", id="hexadecimal-is-a-text"),
        pytest.param("1e5", "1e5", id="exponent-is-a-text"),
        pytest.param(".nan", ".nan", id="nan-is-a-text"),
        pytest.param("9" * 19, "9" * 19, id="a-long-number-is-a-text"),
        pytest.param("2024-03-05T09:30:00Z", "2024-03-05T09:30:00Z", id="date-is-a-text"),
        pytest.param("'12'", "12", id="quoted-number"),
        pytest.param('"true"', "true", id="quoted-true"),
        pytest.param("'it''s'", "it's", id="single-quotes"),
        pytest.param(r'"\u00e9\n\x41"', "é\nA", id="escapes"),
        pytest.param("|\n  one\n  two\n", "one\ntwo\n", id="literal"),
        pytest.param(">-\n  one\n  two\n", "one two", id="folded"),
        pytest.param("渡し船 ⛴", "渡し船 ⛴", id="other-scripts"),
        pytest.param("[a, 1, [b]]", ["a", 1, ["b"]], id="list"),
        pytest.param("{b: {c: null}}", {"b": {"c": None}}, id="mapping"),
        pytest.param("[]", [], id="empty-list"),
    ],
)
def test_plain_values_are_typed_and_all_else_is_text(text: str, value: object) -> None:
    assert load_mapping(f"a: {text}") == {"a": value}
    assert type(load_mapping(f"a: {text}")["a"]) is type(value)


def test_a_number_of_toml_that_is_too_large_is_a_text() -> None:
    digits = "f" * 4_000
    (raw,) = FrontMatter().records(f"+++\ntitle = 0x{digits}\nsize = 0x7\n+++\nText.")
    assert raw.fields == {"title": f"0x{digits}", "size": 7, "body": "Text."}


def test_a_key_of_toml_with_a_thousand_parts_is_refused() -> None:
    key = ".".join("a" * 1_500)
    with pytest.raises(UnreadableError, match="nested deeper than 32"):
        read_front_matter(f"+++\ntitle = 'T'\n{key} = 1\n+++\nText.")


def test_keys_are_texts_in_the_order_of_the_file() -> None:
    assert list(load_mapping("b: 1\n'a': 2\n3: x\nnull: y\n<<: {c: 1}\n")) == [
        "b",
        "a",
        "3",
        "null",
        "<<",
    ]


BOMB = "title: T\na: &a [x, x, x, x]\n" + "\n".join(
    f"{chr(ord('a') + n)}: &{chr(ord('a') + n)} [{', '.join(['*' + chr(ord('a') + n - 1)] * 9)}]"
    for n in range(1, 20)
)


@pytest.mark.parametrize(
    ("text", "reason", "line"),
    [
        pytest.param(BOMB, "YAML anchors are not accepted", 11, id="alias-bomb"),
        pytest.param("a: 1\nb: *a", "YAML aliases are not accepted", 11, id="alias"),
        pytest.param("a: &pier Pier", "YAML anchors are not accepted", 10, id="anchor"),
        pytest.param("a: &pier {b: 1}", "YAML anchors are not accepted", 10, id="anchored-mapping"),
        pytest.param("a: 1\nb: !Pier x", "YAML tags are not accepted", 11, id="tag"),
        pytest.param("a: ! x", "YAML tags are not accepted", 10, id="bare-tag"),
        pytest.param(
            "a: !!python/object/apply:os.getcwd []", "YAML tags are not accepted", 10, id="python"
        ),
        pytest.param("a: !!str 5", "YAML tags are not accepted", 10, id="standard-tag"),
        pytest.param("a: " + "[" * 40, "nested deeper than 32", 10, id="deep-list"),
        pytest.param("a: " + "{a: " * 10**5, "nested deeper than 32", 10, id="deep-mapping"),
        pytest.param("- " * 10**5, "nested deeper than 32", 10, id="deep-items"),
        pytest.param("a: 1\nb: 2\na: 3", "the key 'a' stands twice", 12, id="twice"),
        pytest.param("1: x\n'1': y", "the key '1' stands twice", 11, id="twice-as-number-and-text"),
        pytest.param("a:\n  b: 1\n  b: 1", "the key 'b' stands twice", 12, id="twice-inside"),
        pytest.param("? [a]\n: 1", "a key must be a plain text", 10, id="list-as-a-key"),
        pytest.param("a: 1\n---\nb: 2", "holds more than one YAML document", 12, id="documents"),
        pytest.param("a: 1\n...\n---\nb: 2", "holds more than one YAML document", 13, id="ended"),
        pytest.param("- a", "front matter is not a mapping of fields", 10, id="list"),
        pytest.param(
            "a: 1\nb: 'x\n", "broken YAML: found unexpected end of stream", 12, id="open-quote"
        ),
        pytest.param(
            "a: é\nb: 1\nc: \x07",
            "broken YAML: unacceptable character #x0007: control characters are not allowed",
            12,
            id="control-character",
        ),
        pytest.param(
            "a: 1\nb: \ud800", "holds half a surrogate pair: broken Unicode", 11, id="surrogate"
        ),
    ],
)
def test_what_yaml_could_do_to_us_is_refused_with_its_line(
    text: str, reason: str, line: int
) -> None:
    with pytest.raises(UnreadableError) as caught:
        load_mapping(text, first_line=10)
    assert (caught.value.reason, caught.value.line) == (reason, line)


def test_the_deepest_nesting_is_read() -> None:
    node: object = load_mapping("a: " + "[" * (MAX_DEPTH - 1) + "]" * (MAX_DEPTH - 1))["a"]
    depth = 1
    while isinstance(node, list):
        depth, node = depth + 1, node[0] if node else None
    assert depth == MAX_DEPTH


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a: " + " " * 10**6, id="blanks"),
        pytest.param("a:" + "\n" * 10**6, id="line-breaks"),
        pytest.param("a: " + "x\n  " * 200_000, id="folded"),
        pytest.param("a: [" + "1," * 200_000 + "]", id="items"),
        pytest.param("".join(f"k{n}: 1\n" for n in range(50_000)), id="keys"),
    ],
)
def test_a_large_mapping_is_read_in_time(text: str) -> None:
    started = time.thread_time()
    assert load_mapping(text)
    assert time.thread_time() - started < 4


@pytest.mark.parametrize(
    ("line", "title"),
    [
        pytest.param("title: Strike: day two", "Strike: day two", id="colon"),
        pytest.param("title: Strike:", "Strike:", id="colon-at-the-end"),
        pytest.param("title: a : b", "a : b", id="colon-between-blanks"),
        pytest.param("title: One: two: three", "One: two: three", id="colons"),
        pytest.param("title: [Video] Port shut", "[Video] Port shut", id="bracket"),
        pytest.param("title: {x} y", "{x} y", id="brace"),
        pytest.param("title: @mayor speaks", "@mayor speaks", id="at"),
        pytest.param("title: %1 more", "%1 more", id="percent"),
        pytest.param("title: `code`", "`code`", id="backtick"),
        pytest.param("title: - a dash", "- a dash", id="dash"),
        pytest.param("title: > arrow", "> arrow", id="arrow"),
        pytest.param("title: *Now* open", "*Now* open", id="asterisk"),
        pytest.param('title: "Strike" hits port', '"Strike" hits port', id="quoted-word"),
        pytest.param("title: 'It's over'", "It's over", id="apostrophe-in-quotes"),
        pytest.param('title: "He said "no" today"', 'He said "no" today', id="quotes-in-quotes"),
        pytest.param("title: 'a' b 'c'", "'a' b 'c'", id="two-quoted-words"),
        pytest.param("title: 'T: u", "'T: u", id="quote-that-is-not-closed"),
        pytest.param("title: Strike: day two\n  and three: x", "Strike: day two and three: x",
                     id="over-two-lines"),
    ],
)  # fmt: skip
def test_a_title_that_yaml_wants_in_quotes_is_read_as_it_is_written(line: str, title: str) -> None:
    notes: list[str] = []
    fields = read_front_matter(f"---\ntype: article\n{line}\ntopics: [a, b]\n---\nText.", notes)
    assert fields == {"type": "article", "title": title, "topics": ["a", "b"], "body": "Text."}
    assert notes == [AS_WRITTEN]


def test_so_are_values_further_within() -> None:
    notes: list[str] = []
    text = "title: T\nprovider:\n\tname: Ledger: Daily\nauthors:\n  - @ann\n  - Bo: the boss: x"
    assert read_front_matter(f"---\n{text}\n---\n", notes) == {
        "title": "T",
        "provider": {"name": "Ledger: Daily"},
        "authors": ["@ann", {"Bo": "the boss: x"}],
    }
    assert notes == [AS_WRITTEN]


def test_sound_yaml_is_read_without_a_word() -> None:
    notes: list[str] = []
    text = "title: 'Strike: day two'\nexcerpt: >\n  a: b\n  c # d\n# x: y: z\nurl: https://a.example/#b"
    read_front_matter(f"---\n{text}\n---\nA: b: c", notes)
    assert not notes


@pytest.mark.parametrize(
    ("block", "title", "note"),
    [
        pytest.param("title: One\x0btwo", "One two", "control characters", id="vertical-tab"),
        pytest.param("title: One\x07\x7f", "One", "control characters", id="bell"),
        pytest.param("title: \x1b[31mOne\x1b[0m", "One", "control characters", id="terminal"),
        pytest.param("title: Pier #10", "Pier", "is a comment", id="hash"),
        pytest.param("excerpt: #ferry\ntitle: Pier", "Pier", "is a comment", id="hash-alone"),
        pytest.param("tags:\n- #ferry\ntitle: Pier", "Pier", "is a comment", id="hash-in-a-list"),
    ],
)
def test_what_is_left_out_of_a_title_is_said(block: str, title: str, note: str) -> None:
    notes: list[str] = []
    assert read_front_matter(f"---\n{block}\n---\n", notes)["title"] == title
    (said,) = notes
    assert note in said


def test_fields_that_are_indented_by_mistake_are_not_taken_into_the_title() -> None:
    with pytest.raises(UnreadableError, match="broken YAML"):
        read_front_matter("---\ntitle: Pier\n  date: 2024-03-05\n tags: [a]\n---\nText.", [])


def test_many_broken_lines_are_read_in_time() -> None:
    text = "---\ntitle: a: b\n" + "".join(f"k{n}: [x\n" for n in range(900)) + "---\n"
    begun = time.perf_counter()
    with pytest.raises(UnreadableError):
        read_front_matter(text, [])
    assert time.perf_counter() - begun < 2
