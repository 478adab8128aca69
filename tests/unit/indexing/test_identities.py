"""No article is lost because another has its id, and none is kept twice because it was edited."""

from pathlib import Path

import pytest

from semsearch.index import Index
from semsearch.model.status import Collision
from tests.support.articles import write_json_lines
from tests.support.indexes import held

Fields = dict[str, object]


def article(title: str, body: str, **fields: object) -> Fields:
    return {"title": title, "body": body, **fields}


def titles(index: Index) -> list[str]:
    return sorted(f"{each.title}: {each.body}" for each in held(index).values())


DATED: Fields = {"provider": "Harbour Ledger", "published": "2024-03-05"}
PAIRS = {
    "hash-bang": [
        article("Pilots return", "The port reopened.", url="https://spa.example/#!/story/1"),
        article("Plum cake", "Take six eggs.", url="https://spa.example/#!/story/2"),
    ],
    "route": [
        article("Pilots return", "The port reopened.", url="https://spa.example/x#/2024/1"),
        article("Pilots return", "The port reopened again.", url="https://spa.example/x#/2024/2"),
    ],
    "anchor": [
        article("Of the pilot", "He died on Monday.", url="https://a.example/listings#496"),
        article("Of the keeper", "She died on Sunday.", url="https://a.example/listings#497"),
    ],
    "guids-of-one-link": [
        article("Cranes move", "At ten.", link="https://a.example/live", guid="live:1"),
        article("Cranes rest", "At noon.", link="https://a.example/live", guid="live:2"),
    ],
    "page-and-anchor": [
        article("Live", "All of the day.", url="https://a.example/live"),
        article("Live: 10.20", "Cranes move.", url="https://a.example/live#block-2"),
    ],
    "title": [
        article("Corrections", "The mayor is Ilse Corran.", **DATED),
        article("Corrections", "The cake needs sugar.", **DATED),
    ],
    "title-without-date": [
        article("News in brief", "Trams run again.", provider="Harbour Ledger"),
        article("News in brief", "A fox was seen.", provider="Harbour Ledger"),
    ],
    "number": [
        article("Port reopens", "The port reopened.", id=1, url="https://ledger.example/?p=1"),
        article("Plum cake", "Take six eggs.", id=1, url="https://kitchen.example/?p=1"),
    ],
    "number-as-text": [
        article("Port reopens", "The port reopened.", id="17", provider="Harbour Ledger"),
        article("Plum cake", "Take six eggs.", id="17", provider="Kitchen Post"),
    ],
}


@pytest.mark.parametrize("name", PAIRS)
@pytest.mark.parametrize("files", [1, 2], ids=["one-file", "two-files"])
def test_two_articles_are_two(index: Index, tmp_path: Path, name: str, files: int) -> None:
    records = PAIRS[name]
    parts = [records] if files == 1 else [records[:1], records[1:]]
    for number, part in enumerate(parts):
        write_json_lines(tmp_path / "x" / f"{number}.jsonl", part)
    report = index.add_files(tmp_path / "x")
    expected = sorted(f"{each['title']}: {each['body']}" for each in records)
    assert (report.added, report.collisions) == (2, ())
    assert titles(index) == expected
    ids = set(held(index))
    for number, part in enumerate(parts):  # in another order, with something new
        more = [article("New", "Of today.", url="https://a.example/new"), *part[::-1]]
        write_json_lines(tmp_path / "x" / f"{number}.jsonl", more)
    again = index.add_files(tmp_path / "x")
    assert (again.added, again.updated, again.replaced) == (1, 0, 0)
    assert ids < set(held(index))


@pytest.mark.parametrize("name", PAIRS)
def test_in_a_second_run_too(index: Index, tmp_path: Path, name: str) -> None:
    for number, one in enumerate(PAIRS[name]):
        write_json_lines(tmp_path / "x" / f"{number}.jsonl", [one])
        assert index.add_files(tmp_path / "x").added == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param({"url": "https://a.example/ferry#top"}, {"url": "https://a.example/ferry#end"},
                     id="anchors"),
        pytest.param({"link": "https://a.example/f", "guid": "1"},
                     {"link": "https://a.example/f", "guid": "2"}, id="guids"),
        pytest.param({"url": "https://a.example/#!"}, {"url": "https://a.example/#/"}, id="root"),
        pytest.param({"url": "https://a.example/f#!/1"}, {"url": "http://www.a.example/f#!/1/"},
                     id="route"),
        pytest.param({"id": 4, "provider": "A"}, {"id": 4, "provider": "a"}, id="one-outlet"),
        pytest.param(DATED, DATED, id="record"),
    ],
)  # fmt: skip
def test_one_article_is_one(index: Index, tmp_path: Path, one: Fields, other: Fields) -> None:
    same = article("Ferry returns", "It sails again.")
    report = index.add_files(
        write_json_lines(tmp_path / "x.jsonl", [{**same, **one}, {**same, **other}])
    )
    assert report.articles_total == 1
    assert report.collisions == ()


def test_a_revision_that_a_feed_counts_is_no_other_article(index: Index, tmp_path: Path) -> None:
    link = "https://a.example/news/1"
    for number in range(2):
        one = article(f"Storm {number}", f"By {number}.", link=link, guid=f"{link}#{number}")
        report = index.add_files(write_json_lines(tmp_path / f"{number}.jsonl", [one]))
    assert (report.updated, report.articles_total) == (1, 1)


def test_guids_of_what_is_sent_tell_apart_what_comes_together(index: Index) -> None:
    index.add(PAIRS["guids-of-one-link"])
    assert len(held(index)) == 2
    first = {**article("Cranes wait", "At one.", link="https://a.example/live"), "guid": "live:1"}
    assert index.add([first, PAIRS["guids-of-one-link"][1]]).updated
    assert len(held(index)) == 2
    lone = article("Ferry sails", "At ten.", link="https://a.example/ferry")
    index.add([{**lone, "guid": "of the first answer"}])
    sent = article("Ferry rests", "At noon.", link="https://a.example/ferry")
    assert index.add([{**sent, "guid": "of the second"}]).updated
    assert len(held(index)) == 3


@pytest.mark.parametrize("name", [*PAIRS, "address"])
def test_an_edited_record_replaces_its_earlier_version(
    index: Index, tmp_path: Path, name: str
) -> None:
    pairs = PAIRS | {"address": [article("A", "B", url="https://a.example/1%7e"), *PAIRS["title"]]}
    records = pairs[name]
    path = write_json_lines(tmp_path / "x.jsonl", records)
    index.add_files(path)
    edited = [{**each, "body": f"{each['body']} Corrected."} for each in records]
    write_json_lines(path, edited)
    report = index.add_files(path)
    assert titles(index) == sorted(f"{each['title']}: {each['body']}" for each in edited)
    assert report.articles_total == len(records)


def test_records_that_left_their_file_stay(index: Index, tmp_path: Path) -> None:
    path = write_json_lines(tmp_path / "x.jsonl", PAIRS["title"])
    index.add_files(path)
    write_json_lines(path, PAIRS["anchor"])
    assert index.add_files(path).articles_total == 4


def test_records_of_one_id_that_differ_are_listed(index: Index, tmp_path: Path) -> None:
    first = [{"id": "a", **article("One", "Of the first.")}, {"id": "b", **article("B", "Same.")}]
    second = [{"id": "b", **article("B", "Same.")}, {"id": "a", **article("Two", "Of the second.")}]
    one = write_json_lines(tmp_path / "1.jsonl", first)
    two = write_json_lines(tmp_path / "2.jsonl", second)
    report = index.add_files(one, two)
    assert report.collisions == (Collision("a", str(one), 1, str(two), 2),)
    assert titles(index) == ["B: Same.", "Two: Of the second."]


def test_a_removed_number_ends_the_article_of_its_outlet_alone(
    index: Index, tmp_path: Path
) -> None:
    path = write_json_lines(tmp_path / "x.jsonl", PAIRS["number-as-text"])
    index.add_files(path)
    gone = {**PAIRS["number-as-text"][1], "removed": True}
    write_json_lines(path, [PAIRS["number-as-text"][0], gone])
    index.add_files(path)
    assert titles(index) == ["Port reopens: The port reopened."]


def test_what_is_sent_goes_by_the_id_that_it_has(index: Index) -> None:
    index.add([PAIRS["number"][0]])
    assert index.add([PAIRS["number"][1]]).updated == ("1",)
    assert len(index.add(PAIRS["anchor"]).added) == 2
