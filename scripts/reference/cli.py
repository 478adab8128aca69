"""The reference of commands, from what typer knows of them."""

import inspect
from collections.abc import Iterator
from typing import Any

from typer.main import get_command

from scripts.reference.tables import NOTE, table
from semsearch.cli.app import command_line
from semsearch.cli.common import Exit

HEAD = f"""# Commands

{NOTE}

`semsearch COMMAND --help` shows the same. Options that may be repeated say so.
"""
EXITS = {
    Exit.DONE: "done",
    Exit.FAILED: "failed",
    Exit.USAGE: "bad usage, a wrong setting, or records skipped under `--strict`",
    Exit.NOT_FOUND: "no such index, article, group, story, feed or key",
    Exit.INTERRUPTED: "interrupted; what was written stays",
}


def page() -> str:
    """Every command, and what it may end with."""
    lines = [HEAD]
    for path, context in commands():
        command = context.command
        usage = " ".join([path, *command.collect_usage_pieces(context)])
        text, _, example = inspect.cleandoc(command.help or "").partition("Example: ")
        lines += [f"## {path}\n", f"{text.strip()}\n", f"```sh\n{usage}\n```\n"]
        if example:
            lines += [f"For example:\n\n```sh\n{' '.join(example.split())}\n```\n"]
        records = [found for one in command.get_params(context) if (found := option(one, context))]
        lines += table(("argument or option", "meaning"), records)
    lines += ["## Exit codes\n"]
    lines += table(("code", "meaning"), [(f"`{int(one)}`", text) for one, text in EXITS.items()])
    return "\n".join(lines)


def commands() -> Iterator[tuple[str, Any]]:
    """Every command with its context, the program itself and groups of commands included."""

    def walk(group: Any, parent: Any) -> Iterator[tuple[str, Any]]:
        for name, command in group.commands.items():
            if command.hidden:
                continue
            context = command.make_context(name, [], parent=parent, resilient_parsing=True)
            yield context.command_path, context
            yield from walk(command, context) if hasattr(command, "commands") else ()

    root = get_command(command_line())
    context = root.make_context("semsearch", [], resilient_parsing=True)
    yield "semsearch", context
    yield from walk(root, context)


def option(parameter: Any, context: Any) -> tuple[str, str] | None:
    """How an argument or option is written, and what it means."""
    record = parameter.get_help_record(context)
    if record is None:
        return None
    written, meaning = record
    if parameter.param_type_name == "argument":
        written = parameter.metavar or parameter.name.upper()
    return f"`{written}`".replace("`--help`", "--help"), meaning
