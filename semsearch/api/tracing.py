"""Traces for OpenTelemetry, made by its own library where it is installed."""

from fastapi import FastAPI

from semsearch.errors import ConfigurationError


def trace(app: FastAPI) -> None:
    """Send a trace of every request to where the ``OTEL_*`` variables say.

    Raises:
        ConfigurationError: The library is not installed.
    """
    try:
        from opentelemetry import trace as api  # noqa: PLC0415 - an extra
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415
            OTLPSpanExporter,
        )
        from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor  # noqa: PLC0415
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
    except ImportError as error:
        raise ConfigurationError(
            f"service.traces is set, but {error.name} is not installed.",
            "Install it with: pip install 'semsearch[otel]'",
        ) from None
    provider = TracerProvider(resource=Resource.create({"service.name": "semsearch"}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    api.set_tracer_provider(provider)
    FastAPIInstrumentor.instrument_app(
        app, tracer_provider=provider, excluded_urls="livez,readyz,metrics"
    )
