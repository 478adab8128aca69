"""Answer in the form that a request asks for: JSON, or a file of another kind."""

from typing import Annotated, Any, Literal

from fastapi import Depends, Request
from fastapi import Query as Parameters
from fastapi.responses import Response
from pydantic import ValidationError, ValidatorFunctionWrapHandler, WrapValidator
from pydantic_core import PydanticCustomError
from starlette.datastructures import Headers

from semsearch.errors import InvalidRequestError
from semsearch.export.forms import FILE_TYPES, Form, exported

DESCRIPTION = (
    "csv (csv-bom for Excel) and parquet hold a table; md cites its sources; "
    "ris, bibtex and csl-json cite the articles. json is the default; the header "
    "Accept says it, too."
)
_LIST = {"type": "array", "items": {"type": "object"}}
IN_FORMS: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {
            one.media_type: {"schema": _LIST if "json" in one.media_type else {"type": "string"}}
            for one in FILE_TYPES.values()
        }
    }
}
"""What the operations that have forms say of their answers."""

_BY_TYPE = {one.media_type: form for form, one in reversed(FILE_TYPES.items())}
_JSON = frozenset({"application/json", "application/*", "*/*"})


def _known(value: object, known: ValidatorFunctionWrapHandler) -> Any:
    """The form; an error names the parameter and all forms, not the parts of a union."""
    try:
        return known(value)
    except ValidationError:
        *forms, last = (f"'{form}'" for form in ("json", *Form))
        raise PydanticCustomError(
            "enum", "Input should be {forms}", {"forms": f"{', '.join(forms)} or {last}"}
        ) from None


AskedForm = Annotated[Form | Literal["json"] | None, WrapValidator(_known)]
"""``json`` is what comes without a form, whatever ``Accept`` says."""


async def _form(
    form: Annotated[AskedForm, Parameters(alias="format", description=DESCRIPTION)] = None,
) -> AskedForm:
    return form


FormDependency = Annotated[AskedForm, Depends(_form)]


def in_form(request: Request, result: Any, form: AskedForm) -> Any:
    """The result as it is, for JSON, or as a file.

    Without a name of a form the header ``Accept`` counts.

    Raises:
        InvalidRequestError: It has no such form.
    """
    wanted = form or _accepted(Headers(scope=request.scope).get("accept", ""))
    if wanted is None or wanted == "json":
        return result
    headers = {"Vary": "Accept"}
    token = getattr(result, "next_page_token", None)
    if token is not None and request.method != "POST":  # a file has no other place for it
        headers["Link"] = (
            f'<?{request.url.include_query_params(page_token=token).query}>; rel="next"'
        )
    media_type = FILE_TYPES[wanted].media_type
    return Response(exported(result, wanted), media_type=media_type, headers=headers)


def _accepted(header: str) -> Form | None:
    """The form that a header likes best; None: JSON, or nothing that is known."""
    best, found = 0.0, None
    for part in header.split(","):
        name, *parameters = (one.strip().lower() for one in part.split(";"))
        quality = _quality(parameters)
        if quality > best and (name in _BY_TYPE or name in _JSON):
            best, found = quality, _BY_TYPE.get(name)
    return found


def _quality(parameters: list[str]) -> float:
    given = next((one[2:] for one in parameters if one.startswith("q=")), "1")
    try:
        return float(given)
    except ValueError:
        raise InvalidRequestError("The header Accept cannot be read.") from None
