"""A bucket that fills at a steady rate."""

import pytest

from semsearch.api.access import RateLimit


def test_without_a_rate_there_is_no_limit() -> None:
    limit = RateLimit(0, 1)
    assert [limit.take("a") for _ in range(100)] == [0.0] * 100


def test_a_burst_is_let_through_and_then_the_rate_counts() -> None:
    now = [0.0]
    limit = RateLimit(2, 3, clock=lambda: now[0])
    assert [limit.take("a") for _ in range(3)] == [0.0] * 3
    assert limit.take("a") == pytest.approx(0.5)
    now[0] = 0.25
    assert limit.take("a") == pytest.approx(0.25)
    now[0] = 0.5
    assert limit.take("a") == 0.0
    now[0] = 1000
    assert [limit.take("a") for _ in range(3)] == [0.0] * 3
    assert limit.take("a") > 0


def test_each_key_has_a_bucket_of_its_own() -> None:
    limit = RateLimit(1, 1, clock=lambda: 0.0)
    assert limit.take("a") == 0.0
    assert limit.take("b") == 0.0
    assert limit.take("a") > 0
