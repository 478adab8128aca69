import time

import pytest

from semsearch.errors import UnreadableError
from semsearch.text.repair import MAX_COMBINING_MARKS, MAX_PIECE, repair


@pytest.mark.parametrize(
    ("broken", "mended"),
    [
        pytest.param("They donâ€™t sail", "They don’t sail", id="quote"),
        pytest.param("BrackwÃ¤ter cafÃ©", "Brackwäter café", id="accents"),
        pytest.param("Ã¢â‚¬â„¢ twice", "’ twice", id="twice"),
        pytest.param("a fare of Â£5", "a fare of £5", id="pound"),
        pytest.param("cafe\u0301", "café", id="nfc"),
    ],
)
def test_mojibake_and_decomposed_letters_are_mended(broken: str, mended: str) -> None:
    assert repair(broken) == mended
    assert repair(mended) == mended


def test_a_line_that_is_mended_in_pieces_is_mended_whole() -> None:
    broken = "They donâ€™t sail. " * (2 * MAX_PIECE // 18)
    assert len(broken) > MAX_PIECE
    assert repair(broken) == broken.replace("â€™", "’")


@pytest.mark.parametrize("text", ["a\u0301“œ", "a\u0301\x9d\x80", "a\u0301¬”"], ids=ascii)
def test_letters_that_become_mojibake_when_composed_are_mended_as_well(text: str) -> None:
    assert len(repair(text)) == 1
    assert repair(repair(text)) == repair(text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("“Curly” and ‘single’ quotes – and — dashes…", id="typography"),
        pytest.param("one\r\ntwo\rthree\u2028four é", id="line-breaks"),
        pytest.param("Fish &amp; chips caf&eacute; &nbsp; é", id="html-entities"),
        pytest.param("ﬁnd the ﬂat oﬃce", id="ligatures"),
        pytest.param("ＦＵＬＬ width and ½ and Ⅳ", id="compatibility-forms"),
        pytest.param("MAÇÃ, ÀÉÎ, naïve", id="capital-accents"),
        pytest.param("a\u00a0b\u200bc\ufeffd é", id="invisible"),
        pytest.param("\x1b[31mred\x07 é", id="control-characters"),
        pytest.param("渡し船が戻る ⛴️ 👩🏽‍🔧 إعادة", id="scripts-and-emoji"),
        pytest.param("plain ascii \t\n", id="ascii"),
        pytest.param("", id="empty"),
    ],
)
def test_what_the_outlet_set_stays(text: str) -> None:
    assert repair(text) == text


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("a\0b", "holds a NUL character: not a text", id="nul"),
        pytest.param(
            "ab\ud83d", "holds half a surrogate pair at character 2: broken Unicode", id="surrogate"
        ),
        pytest.param("cafÃ©À\x80", "holds a NUL character: not a text", id="nul-as-mojibake"),
        pytest.param(
            "e" + "\u0301\u0327" * 300_000, "holds 500 combining marks: not a text", id="marks"
        ),
        pytest.param(
            "e" + ("\u0301\u0327" * 300_000).encode().decode("latin-1"),
            "holds 500 combining marks: not a text",
            id="marks-as-mojibake",
        ),
    ],
)
def test_what_is_no_text_is_refused_at_once(text: str, reason: str) -> None:
    started = time.thread_time()
    with pytest.raises(UnreadableError) as caught:
        repair(text)
    assert caught.value.reason == reason
    assert time.thread_time() - started < 5


def test_some_combining_marks_are_a_text() -> None:
    text = ("z" + "\u0331\u0301" * (MAX_COMBINING_MARKS // 2 - 1) + "—" * 600) * 3
    assert len(repair(text)) > len(text) - 10
