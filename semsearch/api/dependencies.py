"""How endpoints reach the use cases, and what else belongs to the application."""

from typing import Annotated, cast

from fastapi import Depends, Request

from semsearch.api.metrics import Metrics
from semsearch.api.settings import ApiSettings
from semsearch.index import Index


def _index(request: Request) -> Index:
    return cast("Index", request.app.state.index)


def _settings(request: Request) -> ApiSettings:
    return cast("ApiSettings", request.app.state.settings)


def metrics_of(request: Request) -> Metrics:
    """The figures of this process."""
    return cast("Metrics", request.app.state.metrics)


IndexDependency = Annotated[Index, Depends(_index)]
SettingsDependency = Annotated[ApiSettings, Depends(_settings)]
MetricsDependency = Annotated[Metrics, Depends(metrics_of)]
