"""The forms in which results are given away, and what each is called where."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, get_args

from semsearch.errors import InvalidRequestError
from semsearch.export.citations import Citable, bibtex, csl_json, references, ris
from semsearch.export.markdown import Told, markdown


class Form(StrEnum):
    """A form beside JSON."""

    MD = "md"
    RIS = "ris"
    BIBTEX = "bibtex"
    CSL_JSON = "csl-json"


@dataclass(frozen=True, slots=True)
class FileType:
    """How a form is called.

    Attributes:
        label: On a page.
        ending: Of a file's name.
        media_type: Of an answer.
    """

    label: str
    ending: str
    media_type: str


FILE_TYPES = {
    Form.MD: FileType("Markdown", "md", "text/markdown"),
    Form.RIS: FileType("RIS", "ris", "application/x-research-info-systems"),
    Form.BIBTEX: FileType("BibTeX", "bib", "application/x-bibtex"),
    Form.CSL_JSON: FileType("CSL-JSON", "csl.json", "application/vnd.citationstyles.csl+json"),
}

_CITATIONS: dict[Form, Callable[..., str]] = {
    Form.RIS: ris,
    Form.BIBTEX: bibtex,
    Form.CSL_JSON: csl_json,
}


def exported(result: Any, form: Form) -> bytes:
    """A result as a file.

    Raises:
        InvalidRequestError: It has no such form.
    """
    if form is Form.MD and isinstance(result, Told):
        return markdown(result).encode()
    if form in _CITATIONS and isinstance(result, Citable):
        return _CITATIONS[form](references(result)).encode()
    forms = ", ".join(forms_of(type(result)))
    raise InvalidRequestError(f"There is no {form.value} of this.", f"There are: json, {forms}.")


def forms_of(kind: type[object]) -> tuple[Form, ...]:
    """The forms that results of a kind have."""
    citable = kind in get_args(Citable)
    return tuple(form for form in Form if (kind in get_args(Told) if form is Form.MD else citable))
