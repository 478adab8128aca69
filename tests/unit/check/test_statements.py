"""Copied runs, sentences and figures of a draft, on an archive of a few invented articles."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from semsearch.check.figures import is_same
from semsearch.check.words import words_of
from semsearch.compare.figures import figures
from semsearch.index import Index
from semsearch.model.check import DraftCheck, FigureStatus, SentenceCheck
from tests.support.encoder import HashingEncoder
from tests.support.indexes import open_index

REPORT = (
    "The port of Brackwater stood still on Tuesday, 5 March, after 1,850 dockers walked out at "
    "dawn. Their union had turned down an offer of 4 percent from the terminal operator. "
    "Two container ships with pears from Vess waited in the strait until the evening tide. "
    "Harbour pilot Jon Vey said that no ship would be brought in before the weekend. "
    "The operator keeps 12 cranes at Brackwater and wants to add three that need no driver. "
    "Mayor Ada Lenn asked both sides to meet in the customs house on Thursday afternoon."
)
FOOTER = (
    "Write to the newsroom of the Quay Post in Lower Harbour Row if you have seen something "
    "that your neighbours ought to know about."
)


def article(number: int, body: str, domain: str = "quaypost.example") -> dict[str, object]:
    return {
        "id": f"a{number}",
        "title": f"Headline number {number}",
        "body": body,
        "provider": {"name": domain, "domain": domain},
        "published": f"2024-03-{5 + number:02}T10:00:00Z",
    }


OTHERS = (
    "Beekeepers of the upper valley counted their winter losses and found fewer than they feared.",
    "A bronze otter that was stolen from the park came back in a wheelbarrow on Sunday night.",
    "Night trams will cost as much as day trams when the new timetable begins in the autumn.",
)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    with open_index(tmp_path_factory.mktemp("check") / "index", HashingEncoder()) as index:
        index.add(
            [
                article(0, f"{REPORT}\n\n{FOOTER}"),
                *(article(n, f"{text}\n\n{FOOTER}") for n, text in enumerate(OTHERS, start=1)),
                article(9, "Nobody has ever seen a yellow whale.", "other.example"),
            ]
        )
        yield index


def check(archive: Index, draft: str) -> DraftCheck:
    found = archive.check(draft)
    for group in (found.quotations, found.figures, found.sentences, found.copied):
        assert all(draft[one.start : one.end] == one.text for one in group)
    return found


def test_a_copied_run_is_told_with_its_source(archive: Index) -> None:
    run = "Two container ships with pears from Vess waited in the strait until the evening tide"
    found = check(archive, f"It was a long day at the coast. {run}, one heard.")
    (one,) = found.copied
    assert (one.text, one.words, one.source.article) == (run, 15, "a0")
    assert (one.holders, one.origins) == (1, 1)


@pytest.mark.parametrize(
    "draft",
    [
        "“Two container ships with pears from Vess waited in the strait until the evening tide.”",
        "Two container ships with pears from Vess waited in the strait.",
        "Two big container ships full of pears from Vess had waited in the strait until the tide.",
    ],
)
def test_what_is_quoted_short_or_reworded_is_no_copied_run(archive: Index, draft: str) -> None:
    assert check(archive, draft).copied == ()


def test_what_an_outlet_prints_under_all_of_its_texts_is_no_copied_run(archive: Index) -> None:
    assert check(archive, f"A text of its own about the sea. {FOOTER}").copied == ()


def test_sentences_are_stated_or_not_found(archive: Index) -> None:
    found = check(archive, f"{REPORT} Painters of the moon colony sang operas about purple bread.")
    statuses = [one.status for one in found.sentences]
    assert statuses[:6] == [SentenceCheck.STATED] * 6
    assert statuses[6] is not SentenceCheck.STATED
    assert found.sentences[0].others[0].article == "a0"


def test_a_figure_is_stated_or_differs_or_is_not_found(archive: Index) -> None:
    draft = REPORT.replace("12 cranes", "14 cranes").replace("4 percent", "four percent")
    found = {one.text: one for one in check(archive, draft).figures}
    assert found["1,850"].status is FigureStatus.STATED
    assert found["four percent"].status is FigureStatus.STATED
    assert found["14"].status is FigureStatus.DIFFERS
    assert found["14"].value == "12"


def test_a_sentence_with_another_figure_is_not_called_stated(archive: Index) -> None:
    for draft in (REPORT.replace("12 cranes", "14 cranes"), REPORT.replace("12 crane", "9 crane")):
        found = check(archive, draft)
        (wrong,) = [one for one in found.figures if one.status is FigureStatus.DIFFERS]
        assert found.sentences[wrong.sentence].status is SentenceCheck.DIFFERS
        others = [
            one.status for one in found.sentences if one is not found.sentences[wrong.sentence]
        ]
        assert SentenceCheck.DIFFERS not in others


def test_a_sentence_with_a_figure_that_stands_nowhere_is_not_called_stated(archive: Index) -> None:
    draft = REPORT.replace("after 1,850 dockers", "after 1,850 dockers of 31 crews")
    found = check(archive, draft)
    (wrong,) = [one for one in found.figures if one.status is FigureStatus.NOT_FOUND]
    statuses = [one.status for one in found.sentences]
    assert statuses.pop(wrong.sentence) is SentenceCheck.UNCLEAR
    assert statuses == [SentenceCheck.STATED] * 5


@pytest.mark.parametrize(
    ("was", "now", "status"),
    [
        ("1,850 dockers", "1,950 dockers", SentenceCheck.DIFFERS),
        ("walked out", "never walked out", SentenceCheck.UNCLEAR),
        ("at dawn", "at dusk", SentenceCheck.STATED),
        ("", "", SentenceCheck.STATED),
    ],
)
def test_a_sentence_is_not_stated_where_its_quotation_was_changed(
    archive: Index, was: str, now: str, status: SentenceCheck
) -> None:
    first, _, rest = REPORT.partition(" Their union")
    draft = f"They wrote: “{first.replace(was, now)}” Their union{rest}"
    assert check(archive, draft).sentences[0].status is status


@pytest.mark.parametrize(
    ("was", "now", "status"),
    [
        ("12 cranes", "14 cranes", SentenceCheck.DIFFERS),
        ("need no driver", "need a driver", SentenceCheck.UNCLEAR),
    ],
)
def test_of_a_quotation_of_many_sentences_only_what_was_changed_is_not_stated(
    archive: Index, was: str, now: str, status: SentenceCheck
) -> None:
    sentences = check(archive, f"“{REPORT.replace(was, now)}” So they wrote.").sentences
    changed = [one for one in sentences if now in one.text]
    assert [one.status for one in changed] == [status]
    rest = {one.status for one in sentences[:6] if one not in changed}
    assert rest == {SentenceCheck.STATED}


def test_what_a_quotation_leaves_out_between_two_sentences_may_be_of_either(
    archive: Index,
) -> None:
    draft = f"“{REPORT.replace('Two container', 'Container')}” So they wrote."
    found = [one.status for one in check(archive, draft).sentences[:6]]
    either = [SentenceCheck.DIFFERS] * 2
    assert found == [SentenceCheck.STATED, *either, *[SentenceCheck.STATED] * 3]


def test_figures_that_are_not_looked_up_are_counted(archive: Index) -> None:
    draft = f"12 cranes\n\n{REPORT} It costs $3 million. Deaths: 45. “Only 4 of us.” One left."
    (note,) = [one for one in check(archive, draft).notes if "less than five" in one]
    assert note.endswith(": 3.")
    assert not any("less than five" in one for one in check(archive, REPORT).notes)
    (note,) = check(archive, "# 12 cranes\n\n45 died.").notes  # there is no sentence at all
    assert note.endswith(": 2.")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("1.850", "1,850", True),
        ("1.850", "1850", True),
        ("1,850", "1,950", False),
        ("1,5", "1.5", True),
        ("1,5", "2,5", False),
        ("3.5", "3,500", False),
        ("0.125", "125", False),
    ],
)
def test_figures_are_the_same_however_languages_write_them(
    one: str, other: str, *, same: bool
) -> None:
    (a,), (b,) = figures(f"We saw {one} ships."), figures(f"We saw {other} ships.")
    assert is_same(f"We saw {one} ships.", a, f"We saw {other} ships.", b) is same


def test_figures_of_scripts_without_blanks_are_told_not_to_be_read(archive: Index) -> None:
    notes = " ".join(archive.check("損害額は3億5000万円に上る見込みだと運航会社は述べた。").notes)
    assert "Chinese, Japanese or Korean" in notes


def test_one_of_many_is_no_figure(archive: Index) -> None:
    draft = f"“No,” said one pilot at a quarter to one. One of them left. It was the one. {REPORT}"
    assert "one" not in {figure.text.casefold() for figure in check(archive, draft).figures}


def test_a_block_quotation_is_held_against_the_archive(archive: Index) -> None:
    draft = (
        "It said:\n\n> Two container ships with apples from Vess waited in the strait\n> until the "
        "evening tide.\n\nThat was all."
    )
    (one,) = check(archive, draft).quotations
    assert [(change.was, change.is_) for change in one.changes] == [("pears", "apples")]


def test_a_word_in_marks_does_not_hide_the_block_quotation_around_it(archive: Index) -> None:
    draft = "It said:\n\n> Two container ships with “apples” from Vess waited in the strait."
    changed = [change.is_ for one in check(archive, draft).quotations for change in one.changes]
    assert changed == ["apples"]


def test_html_that_is_read_as_text_is_said(archive: Index) -> None:
    assert "looks like HTML" in " ".join(check(archive, f"<p>{REPORT}</p>").notes)
    assert check(archive, f"{REPORT} It is 3 < 4 and 5 > 4.").notes == ()


def test_a_figure_of_another_day_is_another_figure(archive: Index) -> None:
    draft = (
        "The port of Brackwater stood still on Friday, 8 March, after 1,950 dockers walked out at "
        "dawn."
    )
    found = {one.text: one for one in check(archive, draft).figures}
    assert found["1,950"].status is FigureStatus.NOT_FOUND


@pytest.mark.parametrize(
    "draft",
    [
        "“" + "word after word " * 3_000,
        "“” " * 2_500,
        "“We are here and we stay here” " * 500,
        '"' * 5_000,
        "«שלום לכולם אנחנו כאן היום» " * 500,
        "[" * 50_000,
        "… " * 10_000,
        "a " * 10_000,
    ],
)
def test_hostile_drafts_are_answered_in_time(archive: Index, draft: str) -> None:
    started = time.perf_counter()
    archive.check(draft)
    assert time.perf_counter() - started < 30


def test_a_long_article_and_one_that_is_called_draft_do_not_disturb(tmp_path: Path) -> None:
    with open_index(tmp_path / "index", HashingEncoder()) as index:
        index.add(
            [
                article(0, REPORT) | {"id": "draft"},
                article(1, f"{REPORT} " + "The port of Brackwater stood still. " * 5_000),
            ]
        )
        draft = REPORT.partition(". ")[0] + "."
        found = index.check(draft)
    assert [one.text for one in found.sentences] == [draft]
    assert found.sentences[0].others[0].article == "draft"
    assert any("not compared sentence by sentence" in note for note in found.notes)


def test_runs_with_figures_and_signs_are_copied_runs_too(tmp_path: Path) -> None:
    run = (
        "about 1,850 dockers & 40 pilots turned down 4% more pay and 12% more holidays on 5 March "
        "and again on 12 March, 2,400 people in all"
    )
    with open_index(tmp_path / "index", HashingEncoder()) as index:
        index.add([article(0, f"In the end {run}. {OTHERS[0]}"), article(1, OTHERS[1])])
        found = index.check(f"We heard that {run}. That was that.")
    (copied,) = found.copied
    assert copied.text == run


def test_what_stands_beside_a_longer_copied_run_is_told_too(tmp_path: Path) -> None:
    first, second = REPORT.split(". ", maxsplit=1)[0], REPORT.split(". ")[2]
    with open_index(tmp_path / "index", HashingEncoder()) as index:
        index.add(
            [
                article(0, f"{OTHERS[0]} {first} {second.split()[0]} nobody."),
                article(1, f"{OTHERS[1]} {second}. {OTHERS[2]}"),
            ]
        )
        found = index.check(f"Listen: {first} {second}. So it was.")
    assert [one.source.article for one in found.copied] == ["a0", "a1"]


def test_letters_of_other_scripts_keep_their_signs() -> None:
    assert words_of("की का").keys != words_of("का की").keys
    assert len(words_of("हिन्दी में समाचार")) == 3
    assert len(words_of("الْعَرَبِيَّة")) == 1
