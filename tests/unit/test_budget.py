"""Work that may not go on ends; work that nobody limits is left alone."""

from threading import Event

import pytest

from semsearch.deadline import Budget, go_on, stage, within
from semsearch.errors import StoppingError, TimeLimitError


def test_without_a_budget_everything_goes_on() -> None:
    go_on()
    with stage("encode"):
        pass


def test_work_ends_when_its_time_is_over() -> None:
    with within(Budget(-1)):
        with pytest.raises(TimeLimitError):
            go_on()
        with pytest.raises(TimeLimitError), stage("encode"):
            raise AssertionError
    go_on()


def test_work_ends_when_everything_ends() -> None:
    stopping = Event()
    with within(Budget(60, stopping)):
        go_on()
        stopping.set()
        with pytest.raises(StoppingError):
            go_on()


def test_stages_are_timed_and_summed() -> None:
    with within(Budget(60)) as budget:
        for name in ("encode", "vector", "encode"):
            with stage(name):
                pass
    assert set(budget.stages) == {"encode", "vector"}
    assert all(spent >= 0 for spent in budget.stages.values())


def test_a_stage_that_fails_is_timed_too() -> None:
    with within(Budget(60)) as budget, pytest.raises(KeyError), stage("encode"):
        raise KeyError
    assert "encode" in budget.stages
