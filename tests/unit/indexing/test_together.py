"""What several callers send at once is written together, and each is told its own."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from math import inf

import pytest

from semsearch.deadline import Budget, within
from semsearch.errors import IndexLockedError, InvalidArticleError, TimeLimitError
from semsearch.index import Index
from semsearch.indexing.together import Sent, WriteTogether
from semsearch.model.status import Written
from tests.support.articles import make_article
from tests.support.indexes import ask, ids


class Writer:
    """Notes what is written together; refuses the article "bad"."""

    def __init__(self) -> None:
        self.groups: list[list[list[str]]] = []
        self.go_on = threading.Event()
        self.begun = threading.Event()

    def write(self, sent: Sequence[Sent]) -> list[Written]:
        self.begun.set()
        assert self.go_on.wait(10)
        self.groups.append([[record.id for record in one.records] for one in sent])
        if any(record.id == "bad" for one in sent for record in one.records):
            raise InvalidArticleError("bad")
        return [
            Written(tuple(record.id for record in one.records), (), (), (), 1, 1) for one in sent
        ]


def sent(*names: str, stubs: bool = True) -> Sent:
    return Sent([make_article(one) for one in names], stubs)


def written(*callers: Sent) -> tuple[Writer, list[Written | Exception]]:
    """What each caller is told; all but the first come while that is written."""
    writer = Writer()
    together = WriteTogether(writer.write)

    def put(one: Sent) -> Written | Exception:
        try:
            return together.put(one)
        except InvalidArticleError as error:
            return error

    with ThreadPoolExecutor(len(callers)) as pool:
        told = [pool.submit(put, callers[0])]
        assert writer.begun.wait(10)
        for number, one in enumerate(callers[1:], 1):
            told.append(pool.submit(put, one))
            while len(together._waiting) < number:
                pass
        writer.go_on.set()
        return writer, [each.result(10) for each in told]


def test_who_comes_while_another_writes_is_written_with_the_next() -> None:
    writer, told = written(sent("a"), sent("b"), sent("c", "d"), sent("e"))
    assert writer.groups == [[["a"]], [["b"], ["c", "d"], ["e"]]]
    assert [one.added for one in told if isinstance(one, Written)] == [
        ("a",),
        ("b",),
        ("c", "d"),
        ("e",),
    ]


def test_two_writes_of_one_article_follow_each_other() -> None:
    writer, _ = written(sent("a"), sent("b"), sent("b", "c"), sent("d"))
    assert writer.groups == [[["a"]], [["b"]], [["b", "c"], ["d"]]]


def test_those_with_and_without_stubs_are_not_mixed() -> None:
    writer, _ = written(sent("a"), sent("b"), sent("c", stubs=False))
    assert writer.groups == [[["a"]], [["b"]], [["c"]]]


def test_an_error_is_told_to_who_caused_it_alone() -> None:
    writer, told = written(sent("a"), sent("b"), sent("bad"), sent("c"))
    assert writer.groups[1:] == [[["b"], ["bad"], ["c"]], [["b"]], [["bad"]], [["c"]]]
    assert [isinstance(one, InvalidArticleError) for one in told] == [False, False, True, False]


def test_that_another_process_writes_is_waited_for_once_and_told_to_all() -> None:
    def refuse(some: Sequence[Sent]) -> list[Written]:
        tried.append(len(some))
        raise IndexLockedError("another process writes")

    tried: list[int] = []
    together = WriteTogether(refuse)
    some = [sent("a"), sent("b"), sent("c")]
    together._waiting += some[1:]
    with pytest.raises(IndexLockedError):
        together.put(some[0])
    assert tried == [3]
    assert [type(one.error) for one in some] == [IndexLockedError] * 3


def test_who_may_wait_no_longer_writes_nothing() -> None:
    writer = Writer()
    together = WriteTogether(writer.write)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(together.put, sent("a"))
        assert writer.begun.wait(10)
        with within(Budget(0)), pytest.raises(TimeLimitError):
            together.put(sent("b"))
        writer.go_on.set()
        assert first.result(10).added == ("a",)
    assert writer.groups == [[["a"]]]


def test_who_may_wait_no_longer_is_told_what_became_of_it_once_it_is_being_written() -> None:
    writer = Writer()
    together = WriteTogether(writer.write)
    late, stopping = sent("b"), threading.Event()

    def put() -> Written:
        with within(Budget(inf, stopping)):
            return together.put(late)

    with ThreadPoolExecutor(2) as pool:
        together._turn.acquire()  # as another does who writes
        second = pool.submit(put)
        while not together._waiting:
            pass
        first = pool.submit(together._write_some)
        assert writer.begun.wait(10)
        stopping.set()
        assert not wait([second], 0.5).done  # it looks whether it may wait every 0.2 seconds
        writer.go_on.set()
        first.result(10)
        together._turn.release()
        assert second.result(10).added == ("b",)


def test_who_holds_the_lock_of_the_writer_waits_for_nobody_who_waits_for_it(
    index: Index,
) -> None:
    with ThreadPoolExecutor(1) as pool:
        with index.library.writing():  # as who writes the articles of a feed
            other = pool.submit(index.add, [make_article("b", "Notice")])
            while not index._components.indexer._together._turn.locked():
                pass
            with within(Budget(10)):  # so that it fails rather than hangs
                assert index.add([make_article("a", "Notice")]).added == ("a",)
        assert other.result(10).added == ("b",)
    assert sorted(ids(ask(index, "notice"))) == ["a", "b"]


def test_articles_that_many_send_at_once_are_all_found(index: Index) -> None:
    names = [f"n{number}" for number in range(24)]
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda one: index.add([make_article(one, "Notice")]), names))
    assert [one.added for one in told] == [(name,) for name in names]
    assert sorted(ids(ask(index, "notice"))) == sorted(names)
    again = index.add([make_article("n3", "Notice"), make_article("new", "Notice")])
    assert (again.added, again.unchanged) == (("new",), ("n3",))
