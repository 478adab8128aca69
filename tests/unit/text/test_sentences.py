import re
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from semsearch.text import sentences as module
from semsearch.text.sentences import sentences


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("One is here. Two is there.", ["One is here.", "Two is there."], id="two"),
        pytest.param("  One is here. \n", ["One is here."], id="blanks-around"),
        pytest.param("A line\nthat goes on", ["A line\nthat goes on"], id="line-break"),
        pytest.param("A headline\n\nA text", ["A headline", "A text"], id="blank-line"),
        pytest.param("A headline\r\n\r\nA text", ["A headline", "A text"], id="blank-line-crlf"),
        pytest.param("A headline\n \t\nA text", ["A headline", "A text"], id="line-of-blanks"),
        pytest.param("A\n\n\n\n\nB", ["A", "B"], id="many-blank-lines"),
        pytest.param(
            "U.S. Steel rose. It fell.", ["U.S. Steel rose.", "It fell."], id="abbreviation"
        ),
        pytest.param(
            "“Do it.” They don’t. We can't.", ["“Do it.”", "They don’t.", "We can't."], id="quotes"
        ),
        pytest.param(
            "罢工开始了。“他们说：不！”港口关闭",
            ["罢工开始了。", "“他们说：不！”", "港口关闭"],
            id="chinese",
        ),
        pytest.param(
            "「行く。」と言った。終わり。", ["「行く。」", "と言った。", "終わり。"], id="japanese"
        ),
        pytest.param("", [], id="empty"),
        pytest.param(" \n\n\t\n\n ", [], id="blank"),
        pytest.param("...", ["..."], id="dots"),
    ],
)
def test_a_text_is_its_sentences(text: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end in sentences(text)] == expected


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a" * 10**6, id="one-word"),
        pytest.param("." * 200_000, id="dots"),
        pytest.param("(" * 200_000, id="brackets"),
        pytest.param("a" + " " * 500_000 + "b", id="blanks"),
        pytest.param(" \n" * 200_000, id="blank-lines"),
        pytest.param("Mr. " * 20_000, id="abbreviations"),
    ],
)
def test_a_long_text_is_split_in_time(text: str) -> None:
    started = time.process_time()
    assert len(list(sentences(text))) <= 1
    assert time.process_time() - started < 2


@given(st.text(st.sampled_from("ab Cd 1,:'\"”-)…\n.;?!。\u200b"), max_size=30))
@example("\u200bThe port is shut")
def test_a_paragraph_without_marks_is_one_sentence_as_the_segmenter_says(text: str) -> None:
    spans = list(sentences(text))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_MAY_OPEN", re.compile(""))  # nothing is cut short
        assert list(sentences(text)) == spans
