"""Every error has a status, and every status a problem document."""

from collections.abc import Iterator

import pytest

from semsearch import errors
from semsearch.api.problems import problem_type, status_of
from semsearch.cli.common import Exit, exit_of, line_of


def all_errors(root: type[errors.SemsearchError]) -> Iterator[type[errors.SemsearchError]]:
    for child in root.__subclasses__():
        yield child
        yield from all_errors(child)


ERRORS = sorted(all_errors(errors.SemsearchError), key=lambda error: error.__name__)


@pytest.mark.parametrize("error", ERRORS)
def test_every_error_is_mapped_to_a_status_and_an_exit_code(
    error: type[errors.SemsearchError],
) -> None:
    assert 400 <= status_of(error) < 600
    assert exit_of(error) in set(Exit) - {Exit.DONE}
    assert problem_type(error) in problem_type(error).lower()


def test_the_root_is_mapped_nowhere_so_that_a_new_branch_is_noticed() -> None:
    with pytest.raises(StopIteration):
        status_of(errors.SemsearchError)
    with pytest.raises(StopIteration):
        exit_of(errors.SemsearchError)


@pytest.mark.parametrize("error", ERRORS)
def test_the_tree_in_the_docstring_names_every_error(error: type[errors.SemsearchError]) -> None:
    assert error.__name__ in (errors.__doc__ or "")


@pytest.mark.parametrize("error", ERRORS)
def test_an_error_is_one_line_on_stderr(error: type[errors.SemsearchError]) -> None:
    line = line_of(error("It broke\nin two.", "Try\nagain."))
    assert line == "semsearch: It broke in two. Try again."


def test_kinds_are_the_names_in_kebab_case() -> None:
    assert problem_type(errors.NoSuchArticleError) == "no-such-article"
