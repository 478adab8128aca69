"""How pages reach the use cases."""

from typing import Annotated, cast

from fastapi import Depends, Request

from semsearch.index import Index


def _index(request: Request) -> Index:
    return cast("Index", request.app.state.index)


IndexDependency = Annotated[Index, Depends(_index)]
