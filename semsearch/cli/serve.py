"""The HTTP service."""

import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from semsearch.cli.common import ConfigOption, IndexOption, settings_for, stderr, tell_repair
from semsearch.errors import StorageError

if TYPE_CHECKING:
    from fastapi import FastAPI


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command()(serve)


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535)] = 8000,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Processes.")] = 1,
    index_dir: IndexOption = None,
    config: ConfigOption = None,
    *,
    create: Annotated[
        bool, typer.Option("--create", help="Start with an empty index if there is none.")
    ] = False,
) -> None:
    """Serve the index over HTTP; documentation at /docs.

    Example: semsearch serve --index indexes/news --port 8000
    """
    run(index_dir, config, host=host, port=port, workers=workers, create=create)


def run(
    index_dir: Path | None,
    config: Path | None,
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    workers: int = 1,
    create: bool = False,
) -> None:
    """Serve until stopped.

    Raises:
        SemsearchError: The index or the model cannot be opened; nothing is served.
    """
    import uvicorn  # noqa: PLC0415 - other commands do without

    settings = settings_for(index_dir, config)
    _check_port(host, port)
    app = build_app(index_dir, config, create=create)
    stderr().print(
        f"Serving {settings.index} on http://{host}:{port} (documentation at /docs)", markup=False
    )
    options = {"host": host, "port": port, "log_level": "warning", "server_header": False}
    if workers == 1:
        uvicorn.run(app, **options)  # type: ignore[arg-type]
        return
    os.environ["SEMSEARCH_SERVE_INDEX"] = str(settings.index)
    os.environ["SEMSEARCH_SERVE_CONFIG"] = "" if config is None else str(config)
    uvicorn.run("semsearch.cli.serve:app", factory=True, workers=workers, **options)  # type: ignore[arg-type]


def _check_port(host: str, port: int) -> None:
    try:
        with socket.create_server((host, port)):
            pass
    except OSError as error:
        raise StorageError(
            f"Port {port} on {host} cannot be used: {error.strerror}.", "Name another: --port."
        ) from None


def app() -> "FastAPI":
    """The application of one worker process."""
    config = os.environ.get("SEMSEARCH_SERVE_CONFIG")
    return build_app(Path(os.environ["SEMSEARCH_SERVE_INDEX"]), Path(config) if config else None)


def build_app(index_dir: Path | None, config: Path | None, *, create: bool = False) -> "FastAPI":
    """The application over the configured index, with model and index loaded.

    Raises:
        SemsearchError: Either cannot be opened.
    """
    from semsearch.api.app import create_app  # noqa: PLC0415 - other commands do without
    from semsearch.assembly import open_index  # noqa: PLC0415

    settings = settings_for(index_dir, config)
    services = open_index(settings, create=create, on_repair=tell_repair)
    if create and services.library.generations.current_number() is None:
        with services.library.writing():
            services.library.remember_encoder()
            services.library.publish()
    services.library.encoder.encode_query("warm up")
    services.library.snapshot()
    return create_app(services, max_body_bytes=settings.service.max_body_bytes)
