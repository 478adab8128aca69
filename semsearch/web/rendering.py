"""Templates of this package: what does not say that it is markup is escaped."""

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from semsearch.web.formatting import clean


@cache
def environment(folder: str) -> Environment:
    """The templates of a folder of this package, read once."""
    return Environment(
        loader=PackageLoader("semsearch.web", folder),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalized,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _finalized(value: object) -> object:
    """Text without control characters; what is markup stays."""
    return clean(value) if isinstance(value, str) and not hasattr(value, "__html__") else value
