"""Errors as exit codes and one line on stderr."""

from enum import IntEnum

from semsearch import errors


class Exit(IntEnum):
    """What a command ends with."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    NOT_FOUND = 3
    INTERRUPTED = 130


EXIT: dict[type[errors.SemsearchError], Exit] = {
    errors.InvalidRequestError: Exit.USAGE,
    errors.ConfigurationError: Exit.USAGE,
    errors.NotFoundError: Exit.NOT_FOUND,
    errors.ConflictError: Exit.FAILED,
    errors.DamagedIndexError: Exit.FAILED,
    errors.StorageError: Exit.FAILED,
    errors.EngineUnavailableError: Exit.FAILED,
    errors.ModelUnavailableError: Exit.FAILED,
    errors.InterruptedWorkError: Exit.FAILED,
}
"""The exit code of a class holds for its subclasses unless they have their own."""


def exit_of(error: type[errors.SemsearchError]) -> Exit:
    """The exit code of an error class: its own or that of its nearest ancestor.

    Raises:
        KeyError: Neither is mapped.
    """
    return next(EXIT[ancestor] for ancestor in error.__mro__ if ancestor in EXIT)


def line_of(error: errors.SemsearchError) -> str:
    """The error in one line."""
    message = error.message if error.message.endswith((".", "!", "?")) else f"{error.message}."
    text = f"{message} {error.hint}".strip()
    return "semsearch: " + " ".join(text.split())
