"""How endpoints reach the use cases, and what else belongs to the application."""

from typing import Annotated, cast

from fastapi import Depends, Request

from semsearch.api.metrics import Metrics
from semsearch.api.settings import ApiSettings
from semsearch.index import Services


def _services(request: Request) -> Services:
    return cast("Services", request.app.state.services)


def _settings(request: Request) -> ApiSettings:
    return cast("ApiSettings", request.app.state.settings)


def metrics_of(request: Request) -> Metrics:
    """The figures of this process."""
    return cast("Metrics", request.app.state.metrics)


ServicesDependency = Annotated[Services, Depends(_services)]
SettingsDependency = Annotated[ApiSettings, Depends(_settings)]
MetricsDependency = Annotated[Metrics, Depends(metrics_of)]
