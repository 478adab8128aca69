"""The command that serves an index to assistants."""

import importlib.util
from typing import TYPE_CHECKING, Annotated

import typer

from semsearch.api.keys import Scope, key_ring
from semsearch.cli.common import CommonOptions, ConfigOption, IndexOption, stderr
from semsearch.cli.serve import check_access, check_port, fit_open_files, server_options
from semsearch.config import Settings
from semsearch.errors import ConfigurationError

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from semsearch.index import Index


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command()(mcp)


def mcp(
    index_dir: IndexOption = None,
    config: ConfigOption = None,
    host: Annotated[str, typer.Option(help="Address to listen on, with --http.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port to listen on, with --http.")
    ] = 8001,
    *,
    http: Annotated[
        bool, typer.Option("--http", help="Listen at /mcp, in place of stdin and stdout.")
    ] = False,
    allow_writes: Annotated[
        bool, typer.Option("--allow-writes", help="Offer tools that add and delete articles.")
    ] = False,
    insecure: Annotated[
        bool,
        typer.Option("--insecure", help="Without keys let in everybody who can reach the address."),
    ] = False,
) -> None:
    """Serve the index to an assistant over the Model Context Protocol (MCP).

    An assistant starts it itself and speaks with it over stdin and stdout. With --http it listens
    at http://HOST:PORT/mcp, and asks for the keys of the index as the service does.

    Example: semsearch mcp --index indexes/news
    """
    if importlib.util.find_spec("mcp") is None:
        raise ConfigurationError(
            "The library of the Model Context Protocol is not installed.",
            "Install it with: pip install 'semsearch[mcp]'",
        )
    common = CommonOptions(index_dir, config)
    settings = common.settings()
    if http:
        settings = fit_open_files(settings)
        check_access(settings, host, insecure=insecure)
        check_port(host, port)
    with common.opened() as index:
        index.readiness()  # what is wrong with model or index is told before anybody asks
        if not http:
            _over_stdio(index, settings, writes=allow_writes)
            return
        import uvicorn  # noqa: PLC0415 - other commands do without

        from semsearch.mcp.server import PATH  # noqa: PLC0415

        stderr().print(f"Serving {settings.index} to assistants on http://{host}:{port}{PATH}")
        app = _over_http(index, settings, writes=allow_writes, insecure=insecure)
        uvicorn.run(app, host=host, port=port, **server_options(settings))


def _over_stdio(index: "Index", settings: Settings, *, writes: bool) -> None:
    from semsearch.api import logs  # noqa: PLC0415 - other commands do without
    from semsearch.mcp.server import create_server  # noqa: PLC0415

    logs.configure(settings.service.log_level)
    create_server(index, settings.assistants, writes=writes).run("stdio")


def _over_http(index: "Index", settings: Settings, *, writes: bool, insecure: bool) -> "ASGIApp":
    """The server behind the keys, limits and log of the service."""
    from semsearch.api import logs  # noqa: PLC0415
    from semsearch.api.access import AccessControl  # noqa: PLC0415
    from semsearch.api.limits import HeadLimit  # noqa: PLC0415
    from semsearch.api.metrics import Metrics  # noqa: PLC0415
    from semsearch.api.request_context import RequestContext  # noqa: PLC0415
    from semsearch.mcp.server import create_server, http_app  # noqa: PLC0415

    service = settings.service
    logs.configure(service.log_level)
    server = create_server(index, settings.assistants, writes=writes)
    app: ASGIApp = http_app(server, max_bytes=service.max_text_bytes)
    also = (Scope.WRITE,) if writes else ()
    ring = key_ring(settings)
    app = AccessControl(app, ring=ring, settings=service, insecure=insecure, also=also)
    return RequestContext(HeadLimit(app, service), Metrics())
