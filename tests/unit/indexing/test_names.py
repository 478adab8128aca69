"""What users say about their files: names of fields, encodings."""

from pathlib import Path

import pytest

from semsearch.cli.app import command_line
from semsearch.errors import ConfigurationError
from semsearch.index import Index
from semsearch.ingest.aliases import field_names
from tests.support.articles import write_json_lines


def test_a_field_is_read_where_the_user_says(index: Index, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("titel,artikel,datum\nHafen,Die Kräne stehen.,2024-03-05\n", "utf-8")
    names = {"title": "titel", "body": ["nichts", "artikel"], "published": "datum"}
    assert index.add_files(path, fields=names).added == 1
    (article,) = index.library.catalog.all_articles()
    assert (article.title, article.body) == ("Hafen", "Die Kräne stehen.")
    assert article.published is not None
    assert not article.extra


def test_a_file_is_read_again_when_names_change(index: Index, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("title,artikel\nPort,Cranes stood still.\n", "utf-8")
    index.add_files(path)
    assert index.add_files(path).files_unchanged == 1
    assert index.add_files(path, fields={"body": "artikel"}).files_unchanged == 0
    assert [one.body for one in index.library.catalog.all_articles()] == ["Cranes stood still."]


def test_a_text_is_read_in_the_encoding_that_the_user_names(index: Index, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes("Порт\n\nОткрыт.\n".encode("koi8-r"))
    (tmp_path / "b.txt").write_bytes("Brückwater\n\nOffen.\n".encode())
    report = index.add_files(tmp_path / "a.txt", tmp_path / "b.txt", encoding="koi8-r")
    assert report.notes == ()
    titles = {one.title for one in index.library.catalog.all_articles()}
    assert titles == {"Порт", "Brückwater"}


@pytest.mark.parametrize(
    "given", [{"fields": {"colour": "farbe"}}, {"fields": {"body": " "}}, {"encoding": "klingon"},
              {"encoding": "rot13"}],
)  # fmt: skip
def test_a_field_or_encoding_that_is_not_there_is_refused(
    index: Index, tmp_path: Path, given: dict[str, object]
) -> None:
    with pytest.raises(ConfigurationError):
        index.add_files(tmp_path, **given)  # type: ignore[arg-type]


def test_names_of_the_settings_are_checked_alike() -> None:
    names = field_names({"published": ["datum", "tag"], "URL": "adresse"})
    assert names == (("publishedDateTime", "datum"), ("publishedDateTime", "tag"),
                     ("webUrl", "adresse"))  # fmt: skip


def test_the_option_takes_a_field_and_a_name(tmp_path: Path) -> None:
    from typer.testing import CliRunner  # noqa: PLC0415

    done = CliRunner().invoke(command_line(), ["index", str(tmp_path), "--field", "body"])
    assert done.exit_code == 2
    assert "FIELD=NAME" in done.output


def test_a_name_that_no_record_has_is_said(index: Index, tmp_path: Path) -> None:
    records: list[dict[str, object]] = [
        {"title": "A", "tekst2": "One."},
        {"title": "B", "Kop-Zin": "Two.", "meta": {"inner": "Three."}},
    ]
    path = write_json_lines(tmp_path / "a.jsonl", records)
    names = {"body": ["tekst2", "tekst3"], "excerpt": "kop_zin", "category": "meta.none"}
    report = index.add_files(path, fields=names, dry_run=True)
    (note,) = report.notes
    assert (note.text, note.records) == (
        "no record has a field 'tekst3', which is named for body",
        2,
    )
