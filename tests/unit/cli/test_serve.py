"""What a serving process asks of the system."""

import resource

import pytest

from semsearch.cli.serve import fit_open_files
from semsearch.config import ServiceSettings, Settings

Limits = list[tuple[int, int]]


@pytest.fixture
def limits(monkeypatch: pytest.MonkeyPatch) -> Limits:
    """The limit of open files, soft and hard, as it is set; the last one holds."""
    limits: Limits = []
    monkeypatch.setattr(resource, "getrlimit", lambda _: limits[-1])
    monkeypatch.setattr(resource, "setrlimit", lambda _, pair: limits.append(pair))
    return limits


@pytest.mark.parametrize(
    ("before", "after", "connections"),
    [
        ((1024, 1_048_576), (2256, 1_048_576), 1000),
        ((1024, resource.RLIM_INFINITY), (2256, resource.RLIM_INFINITY), 1000),
        ((4096, 4096), (4096, 4096), 1000),
        ((resource.RLIM_INFINITY, resource.RLIM_INFINITY), None, 1000),
        ((256, 1024), (1024, 1024), 384),
        ((1024, 1024), (1024, 1024), 384),
        ((64, 64), (64, 64), 8),
    ],
)
def test_connections_and_open_files_fit(
    limits: Limits,
    before: tuple[int, int],
    after: tuple[int, int] | None,
    connections: int,
    capsys: pytest.CaptureFixture[str],
) -> None:
    limits.append(before)
    settings = fit_open_files(Settings(service=ServiceSettings(connections=1000)))
    assert limits[-1] == (after or before)
    assert settings.service.connections == connections
    said = capsys.readouterr().err
    assert said.count("\n") == (connections != 1000)
    assert ("service.connections" in said) == (connections != 1000)
