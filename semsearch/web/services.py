"""How pages reach the use cases."""

from typing import Annotated, cast

from fastapi import Depends, Request

from semsearch.index import Services


def _services(request: Request) -> Services:
    return cast("Services", request.app.state.services)


ServicesDependency = Annotated[Services, Depends(_services)]
