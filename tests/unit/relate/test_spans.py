from semsearch.relate.spans import shared_spans, unshared_spans
from tests.unit.relate.profiles import OTHER, REPORT, SAME_EVENT, paragraphs, profile


def test_an_identical_text_is_one_span() -> None:
    (span,) = shared_spans(profile(REPORT), profile(REPORT, identity="b"))
    assert span.text == REPORT.rstrip(".")
    assert span.words == profile(REPORT).size


def test_moved_blocks_are_found_and_the_longest_comes_first() -> None:
    parts = paragraphs(REPORT)
    moved = "\n\n".join([parts[4], parts[1], parts[0]])
    spans = shared_spans(profile(REPORT), profile(moved))
    assert sorted(span.text.strip(".”") for span in spans) == sorted(
        part.strip(".“”").removesuffix(".") for part in (parts[0], parts[1], parts[4])
    )
    assert [span.words for span in spans] == sorted((s.words for s in spans), reverse=True)


def test_offsets_are_of_both_texts() -> None:
    later = f"An editor's note of ours.\n\n{paragraphs(REPORT)[3]}"
    (span,) = shared_spans(profile(REPORT), profile(later))
    assert REPORT[span.start_a : span.end_a] == later[span.start_b : span.end_b]
    assert span.start_b == later.index("The bridge was")


def test_spans_end_where_a_field_ends() -> None:
    a = profile(paragraphs(REPORT)[1], excerpt=paragraphs(REPORT)[0])
    spans = shared_spans(a, profile(REPORT))
    assert {(span.field_a, span.field_b) for span in spans} == {
        ("excerpt", "body"),
        ("body", "body"),
    }


def test_texts_of_their_own_share_no_span() -> None:
    assert shared_spans(profile(REPORT), profile(OTHER)) == ()
    assert unshared_spans("a", profile(OTHER), profile(REPORT))[0].text == OTHER.rstrip(".")


def test_what_was_added_and_cut() -> None:
    parts = paragraphs(REPORT)
    edited = "\n\n".join([*parts[:2], paragraphs(SAME_EVENT)[1], *parts[3:]])
    a, b = profile(REPORT), profile(edited)
    assert [span.text.rstrip(".") for span in unshared_spans("a", a, b)] == [parts[2].rstrip(".")]
    assert [span.text.rstrip(".") for span in unshared_spans("b", b, a)] == [
        paragraphs(SAME_EVENT)[1].rstrip(".")
    ]


def test_one_word_repeated_is_quickly_done() -> None:
    a, b = profile("word " * 20_000), profile("word " * 19_000 + "end")
    assert shared_spans(a, b)[0].words == 19_000
