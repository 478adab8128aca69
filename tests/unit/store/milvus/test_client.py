"""Milvus' errors become ours at one edge; everybody else's stay what they are."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import pytest

from semsearch.errors import DamagedIndexError, EngineUnavailableError
from semsearch.store.milvus import connection as module
from semsearch.store.milvus.client import Milvus
from semsearch.store.milvus.connection import RefusedError

grpc = pytest.importorskip("grpc", reason="pymilvus is not installed: semsearch[milvus]")
pymilvus = pytest.importorskip("pymilvus", reason="it is not installed: semsearch[milvus]")


def failing(tmp_path: Path, make: Callable[[], Exception]) -> tuple[Milvus, list[str]]:
    """A Milvus whose every call fails, and a note of each call."""
    calls: list[str] = []

    class Client:
        def __getattr__(self, name: str) -> Callable[..., NoReturn]:
            def fail(*_: Any, **__: Any) -> NoReturn:
                calls.append(name)
                raise make()

            return fail

    milvus = Milvus(f"milvus+file:{tmp_path / 'milvus.db'}")
    milvus.__dict__["_client"] = Client()
    return milvus, calls


@pytest.mark.parametrize("error", [TypeError("a wrong argument"), KeyError("entity")])
def test_an_error_of_ours_is_neither_renamed_nor_tried_again(
    tmp_path: Path, error: Exception
) -> None:
    milvus, calls = failing(tmp_path, lambda: error)
    with pytest.raises(type(error)) as raised:
        milvus.collections()
    assert raised.value is error
    assert calls == ["list_collections"]


@pytest.mark.parametrize(
    ("code", "meaning"), [(100, DamagedIndexError), (1100, RefusedError), (1102, RefusedError)]
)
def test_an_answer_of_milvus_is_not_asked_for_again(
    tmp_path: Path, code: int, meaning: type[Exception]
) -> None:
    milvus, calls = failing(
        tmp_path, lambda: pymilvus.exceptions.MilvusException(code=code, message="told")
    )
    with pytest.raises(meaning, match="told"):
        milvus.collections()
    assert len(calls) == 1


@pytest.mark.parametrize(
    "make",
    [
        lambda: pymilvus.exceptions.MilvusException(message="no connection"),
        lambda: grpc.RpcError("unavailable"),
        lambda: ConnectionRefusedError("refused"),
        lambda: TimeoutError("too late"),
        lambda: ValueError("Cannot invoke RPC on closed channel!"),
    ],
)
def test_who_does_not_answer_is_asked_again_for_a_while(
    tmp_path: Path, make: Callable[[], Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PAUSE", 0.01)
    milvus, calls = failing(tmp_path, make)
    with pytest.raises(EngineUnavailableError, match="does not answer"):
        milvus._ask(lambda client: client.list_collections(), 0.05)
    assert len(calls) > 1
