"""A client of the Model Context Protocol, called from tests that are not asynchronous."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from anyio.from_thread import BlockingPortal, start_blocking_portal
from mcp import Client
from mcp.types import CallToolResult, ReadResourceResult, Tool


class Assistant:
    """What an assistant can do with a server."""

    def __init__(self, portal: BlockingPortal, client: Client) -> None:
        self._portal = portal
        self.client = client

    def tools(self) -> dict[str, Tool]:
        """The tools that are offered, by name."""
        return {tool.name: tool for tool in self._portal.call(self.client.list_tools).tools}

    def call(self, tool: str, **arguments: Any) -> CallToolResult:
        """The result of a tool."""
        return self._portal.call(partial(self.client.call_tool, tool, arguments))

    def ask(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """The answer of a tool, which must be no error."""
        result = self.call(tool, **arguments)
        assert not result.is_error, result.content
        assert isinstance(result.structured_content, dict)
        return result.structured_content

    def refused(self, tool: str, **arguments: Any) -> str:
        """What a tool says that went wrong."""
        result = self.call(tool, **arguments)
        assert result.is_error, result.structured_content
        (said,) = result.content
        assert said.type == "text"
        return said.text

    def read(self, uri: str) -> ReadResourceResult:
        """A resource."""
        return self._portal.call(self.client.read_resource, uri)


@contextmanager
def assistant(server: Any) -> Iterator[Assistant]:
    """An assistant that is connected to a server: one in this process, a transport, an address."""
    client = Client(server)
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(client):
        yield Assistant(portal, client)
