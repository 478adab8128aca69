"""A column per provider, a row per fact, and why a cell is empty."""

from semsearch.model.article import Basis, Provider
from semsearch.web.comparison_table import lay_out
from tests.unit.compare.samples import STOPPAGE, STRIKE, article
from tests.unit.web.samples import compared, hostile, plain

PLAIN = plain()


def test_providers_with_one_text_share_a_column() -> None:
    columns = lay_out(PLAIN).columns
    assert [column.keys for column in columns] == [
        ("copy.example", "ledger.example"),
        ("weekly.example",),
        ("ducat.example",),
        ("blare.example",),
    ]
    assert columns[0].name.startswith("Copy, ")
    keys = [key for column in columns for key in column.keys]
    assert sorted(keys) == sorted(view.key for view in PLAIN.providers)


def test_every_sentence_of_a_fact_has_a_cell() -> None:
    rows = lay_out(PLAIN).facts
    assert [row.number for row in rows] == list(range(1, len(PLAIN.shared_facts) + 1))
    for row, fact in zip(rows, PLAIN.shared_facts, strict=True):
        told = {"".join(piece.text for piece in one.sentence) for one in row.cells if one.sentence}
        assert told == {one.sentence.text for one in fact.sentences}
        assert row.reported == sum(len(one.providers) for one in fact.sentences)


def test_where_there_is_no_sentence_the_reason_stands() -> None:
    missing = {(one.provider, one.sentences) for one in PLAIN.reported_by_others_not_here}
    rows = lay_out(PLAIN).facts
    for row, fact in zip(rows, PLAIN.shared_facts, strict=True):
        assert all(one.sentence and one.absence == "" for one in row.cells)
        stating = {one.column.name for one in row.cells}
        why = {name: reason for reason, names in row.silent.items() for name in names}
        assert stating | why.keys() == {column.name for column in lay_out(PLAIN).columns}
        for column in lay_out(PLAIN).columns:
            if column.name in stating:
                continue
            if any((key, fact.sentences) in missing for key in column.keys):
                assert why[column.name] == "not found in the text we hold"
            elif column.view.basis is Basis.FULL:
                assert why[column.name] == "unclear"
            else:
                assert why[column.name] == "unknown: only the excerpt is held"


def test_of_many_columns_the_silent_are_named_in_a_line() -> None:
    texts = [article(f"o{number}", (STRIKE, STOPPAGE)[number % 2]) for number in range(7)]
    texts.append(
        article("late", excerpt="Pears are cheap.", provider=Provider("Late", "late.example"))
    )
    layout = lay_out(compared(texts, ()))
    assert len(layout.columns) == 8
    for row in layout.facts:
        assert all(one.sentence for one in row.cells)
        silent = {name for names in row.silent.values() for name in names}
        assert len(row.cells) + len(silent) == 8
        assert "Late" in row.silent["unknown: only the excerpt is held"]


def test_a_missing_fact_stands_once_with_all_who_lack_it() -> None:
    for found in (PLAIN, hostile()):
        rows = lay_out(found).unreported
        assert sum(len(row.missing_in) for row in rows) == len(found.reported_by_others_not_here)
        assert len({row.sentences for row in rows}) == len(rows)
