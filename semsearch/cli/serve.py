"""Commands that serve an index over HTTP: serve, demo."""

import ctypes
import gc
import os
import resource
import signal
import socket
import sys
from contextlib import suppress
from functools import partial
from importlib.resources import as_file, files
from multiprocessing import get_context, resource_tracker
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from semsearch.api.keys import key_ring
from semsearch.cli import render
from semsearch.cli.common import (
    CommonOptions,
    ConfigOption,
    IndexOption,
    console,
    exit_of,
    line_of,
    report_repair,
    stderr,
)
from semsearch.cli.progress import watching
from semsearch.config import Settings
from semsearch.errors import ConfigurationError, SemsearchError, StorageError
from semsearch.temporary import temporary_folder

if TYPE_CHECKING:
    from fastapi import FastAPI

QUESTION = "Why did the dockers walk out at Brackwater?"
_METRICS_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
# The C library's heaps: else each thread that answers takes one of its own, and keeps it. What is
# large goes back when it is freed: else more is kept, the larger what was freed before.
_HEAPS = {-8: 2, -3: 2**22, -1: 2**23}  # M_ARENA_MAX, M_MMAP_THRESHOLD, M_TRIM_THRESHOLD
_SWITCH_SECONDS = 0.001
"""How long a thread keeps the interpreter while others want it: a probe needs it several times."""
_CUT_OFF_SECONDS = 2
"""How long the server waits for requests that were told to end."""
_OTHER_FILES = 256
"""What a process has open beside connections and their bodies."""


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command()(serve)
    app.command()(demo)


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on.")] = 8000,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Processes.")] = 1,
    index_dir: IndexOption = None,
    config: ConfigOption = None,
    *,
    create: Annotated[
        bool, typer.Option("--create", help="Start with an empty index if there is none.")
    ] = False,
    root_path: Annotated[
        str, typer.Option(metavar="PATH", help="Path that a proxy publishes it below: /archive.")
    ] = "",
    insecure: Annotated[
        bool, typer.Option("--insecure", help="Let in everybody who can reach the address.")
    ] = False,
) -> None:
    """Serve the index over HTTP; documentation at /docs.

    Without keys (semsearch keys create) only this machine is served.

    Example: semsearch serve --index indexes/news --port 8000
    """
    import uvicorn  # noqa: PLC0415 - other commands do without

    from semsearch.api import logs  # noqa: PLC0415

    if root_path:
        os.environ["SEMSEARCH_SERVICE__ROOT_PATH"] = root_path.rstrip("/")  # for each worker, too
    settings = fit_open_files(CommonOptions(index_dir, config).settings())
    check_access(settings, host, insecure=insecure)
    check_port(host, port)
    serving = f"Serving {settings.index} on http://{host}:{port} (documentation at /docs)"
    options = {"host": host, "port": port, **server_options(settings)}
    if workers == 1:
        _spare_memory()
        app = build_app(index_dir, config, create=create, insecure=insecure)
        app.state.index.clear_leftovers()
        stderr().print(serving, markup=False)
        _prepare(app)
        uvicorn.run(app, **options)
        return
    # In a process of its own: what it loads is of no use to the one that watches over the workers.
    flags = {"create": create, "insecure": insecure}
    check = get_context("spawn").Process(target=_try, args=(index_dir, config), kwargs=flags)
    # Ctrl-C is for this process, which ends the other: that one inherits that it is blocked.
    resource_tracker.ensure_running()  # its start lifts what is blocked
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    check.start()
    try:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        check.join()
    except KeyboardInterrupt:
        check.terminate()
        raise
    if check.exitcode:
        if check.exitcode < 0:
            stderr().print(f"The check of the index was killed by signal {-check.exitcode}.")
        raise typer.Exit(abs(check.exitcode))
    stderr().print(serving, markup=False)
    logs.configure(settings.service.log_level)
    with temporary_folder() as metrics:
        os.environ[_METRICS_FOLDER] = str(metrics)
        os.environ["SEMSEARCH_SERVE_INDEX"] = "" if index_dir is None else str(index_dir)
        os.environ["SEMSEARCH_SERVE_CONFIG"] = "" if config is None else str(config)
        os.environ["SEMSEARCH_SERVE_INSECURE"] = "1" if insecure else ""
        uvicorn.run("semsearch.cli.serve:app", factory=True, workers=workers, **options)


def _try(index_dir: Path | None, config: Path | None, *, create: bool, insecure: bool) -> None:
    """See that the index can be served; else say why, and end."""
    try:
        app = build_app(index_dir, config, create=create, insecure=insecure)
        app.state.index.clear_leftovers()
        app.state.index.close()
    except SemsearchError as error:
        stderr().print(line_of(error), markup=False)
        sys.exit(exit_of(type(error)))


def demo(
    index_dir: Annotated[Path, typer.Option("--index", metavar="DIR", help="Index folder.")] = Path(
        "indexes/sample"
    ),
    config: ConfigOption = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on.")] = 8000,
    *,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="Stop after the answer.")] = False,
) -> None:
    """Index the bundled sample corpus, answer one question and serve it.

    Example: semsearch demo --no-serve
    """
    with (
        as_file(files("semsearch.sample") / "articles") as corpus,
        CommonOptions(index_dir, config).opened(create=True) as index,
    ):
        with watching(silent=False) as on_progress:
            report = index.add_files(corpus, on_progress=on_progress)
        console().print(render.report(report))
        console().rule(QUESTION)
        console().print(render.search_results(index.search(QUESTION, k=3)))
    if not no_serve:
        serve(port=port, index_dir=index_dir, config=config)


def fit_open_files(settings: Settings) -> Settings:
    """Allow this process the files that its connections need, or itself fewer connections.

    A connection is an open file, and so is a body that it sends.
    """
    service = settings.service
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = 2 * service.connections + _OTHER_FILES
    most = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    if most == needed:
        return settings
    connections = max((hard - _OTHER_FILES) // 2, hard // 8, 1)
    stderr().print(
        f"This process may open {hard:,} files and takes {connections:,} connections for it; "
        f"for service.connections ({service.connections:,}) allow it {needed:,} (ulimit -n).",
        markup=False,
        soft_wrap=True,
    )
    return settings.model_copy(
        update={"service": service.model_copy(update={"connections": connections})}
    )


def server_options(settings: Settings) -> dict[str, Any]:
    """How the server treats connections."""
    from semsearch.api.connections import Connection  # noqa: PLC0415

    service = settings.service
    return {
        "http": partial(Connection, limits=service),
        "ws": "none",
        "timeout_keep_alive": service.head_seconds,
        "timeout_graceful_shutdown": service.stop_seconds + _CUT_OFF_SECONDS,
        "limit_concurrency": service.connections,
        "backlog": service.connections,
        "server_header": False,
        "access_log": False,  # api.request_context writes its own
        "log_config": None,
    }


def check_access(settings: Settings, host: str, *, insecure: bool) -> None:
    """Refuse to listen where everybody could ask.

    Raises:
        ConfigurationError: There are no keys, and the address is reached from elsewhere.
    """
    from semsearch.api.access import is_loopback  # noqa: PLC0415

    if insecure or is_loopback(host) or key_ring(settings).keys() is not None:
        return
    raise ConfigurationError(
        f"There are no keys, so everybody who can reach {host} could read and write.",
        "Make a key with semsearch keys create NAME, or say --insecure.",
    )


def check_port(host: str, port: int) -> None:
    """See that the port is free.

    Raises:
        StorageError: It is not.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.create_server((host, port), family=family):
            pass
    except OSError as error:
        raise StorageError(
            f"Port {port} on {host} cannot be used: {error.strerror}.", "Name another: --port."
        ) from None


def app() -> "FastAPI":
    """The application of one worker process."""
    config = os.environ.get("SEMSEARCH_SERVE_CONFIG")
    index = os.environ.get("SEMSEARCH_SERVE_INDEX")
    _spare_memory()
    built = build_app(
        Path(index) if index else None,
        Path(config) if config else None,
        insecure=bool(os.environ.get("SEMSEARCH_SERVE_INSECURE")),
    )
    _prepare(built)
    return built


def _spare_memory() -> None:
    """Have the C library give back what is freed; before anything large is loaded."""
    with suppress(OSError, AttributeError):  # another C library
        library = ctypes.CDLL(None)
        for option, value in _HEAPS.items():
            library.mallopt(option, value)


def _prepare(app: "FastAPI") -> None:
    from semsearch.web import site  # noqa: PLC0415 - other commands do without

    sys.setswitchinterval(_SWITCH_SECONDS)
    site.prepare()
    app.openapi()
    app.state.index.prepare()
    gc.collect()
    gc.freeze()  # it stays as long as the process: a pass over it would find nothing


def build_app(
    index_dir: Path | None, config: Path | None, *, create: bool = False, insecure: bool
) -> "FastAPI":
    """The application over the configured index, with model and index loaded.

    Raises:
        SemsearchError: Either cannot be opened.
    """
    from semsearch.api import logs  # noqa: PLC0415 - other commands do without
    from semsearch.api.app import create_app  # noqa: PLC0415
    from semsearch.assembly import open_index  # noqa: PLC0415
    from semsearch.web import site  # noqa: PLC0415

    settings = CommonOptions(index_dir, config).settings()
    logs.configure(settings.service.log_level)
    service = settings.service
    index = open_index(
        settings,
        create=create,
        on_repair=report_repair,
        limits=service,
    )
    if create:
        index.publish_first()
    index.readiness()  # what is wrong with model or index is told before anybody asks
    app = create_app(
        index,
        settings=service,
        ring=key_ring(settings),
        insecure=insecure,
        pages=[site.router],
        catch_up=True,
        poll_feeds=settings.feeds.poll,
        send_alerts=True,
    )
    app.add_middleware(site.ProblemPages)
    return app
