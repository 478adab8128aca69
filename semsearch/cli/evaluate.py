"""Measuring on one's own questions, and making a set of them."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from semsearch.cli.common import CommonOptions, command, stderr
from semsearch.cli.progress import Step, steps, watching
from semsearch.errors import InvalidRequestError, NotFoundError

if TYPE_CHECKING:
    from semsearch.evaluation.questions import SetFiles
    from semsearch.evaluation.report import LabelReport
    from semsearch.index import Index

OWN_INDEX = ".semsearch-eval"
_MAX_K = 50  # as deep as systems answer

DirArgument = Annotated[
    Path, typer.Argument(metavar="DIR", help="Folder with queries.jsonl and qrels.tsv.")
]
QueriesOption = Annotated[
    Path | None, typer.Option("--queries", metavar="FILE", help="Instead of DIR/queries.jsonl.")
]
QrelsOption = Annotated[
    Path | None, typer.Option("--qrels", metavar="FILE", help="Instead of DIR/qrels.tsv.")
]
SystemOption = Annotated[
    list[str] | None,
    typer.Option("--system", metavar="NAME", help="Only this system; repeatable."),
]


class _Group(TyperGroup):
    """``eval DIR`` is short for ``eval run DIR``; a folder named like a command is ``./label``."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the default command in front where none is named."""
        if not args or args[0] not in self.commands:
            args = ["run", *args]
        return super().parse_args(ctx, args)


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    group = typer.Typer(cls=_Group, help="Measure on your own questions.", rich_markup_mode=None)
    command(group)(run)
    command(group)(label)
    command(group)(watches)
    for name in ("coverage", "framing"):  # both go with the next version
        group.command(
            name,
            hidden=True,
            add_help_option=False,
            context_settings={"ignore_unknown_options": True, "allow_extra_args": True},
        )(moved_to_research)
    app.add_typer(group, name="eval")


def run(
    options: CommonOptions,
    folder: DirArgument,
    queries: QueriesOption = None,
    qrels: QrelsOption = None,
    system: SystemOption = None,
    k: Annotated[
        int, typer.Option("--k", "-k", min=1, max=_MAX_K, help="Cut-off of nDCG and recall.")
    ] = 10,
    worst: Annotated[
        int, typer.Option("--worst", min=0, metavar="N", help="Worst questions to explain.")
    ] = 5,
    *,
    asked_at: Annotated[
        bool | None,
        typer.Option(
            "--asked-at/--no-asked-at",
            help="Tell semsearch the day a question was asked; without either, both are measured.",
            show_default=False,
        ),
    ] = None,
    as_markdown: Annotated[bool, typer.Option("--markdown", help="Markdown on stdout.")] = False,
) -> None:
    """Measure the answers to your own questions; `semsearch eval label DIR` helps to make them.

    nDCG, MRR, recall, hit@1 and questions recognised as unanswerable, each with a 95 % interval,
    beside words alone, vectors alone and their plain fusion; then the worst questions, explained.
    Without --index the articles in DIR are indexed into DIR/.semsearch-eval first.

    Example: semsearch eval questions/ --index indexes/news --markdown > report.md
    """
    from semsearch.evaluation import evaluating, questions, rendering, systems  # noqa: PLC0415

    if options.as_json and as_markdown:
        raise InvalidRequestError("--json and --markdown exclude each other.")
    files = questions.set_files(folder, queries, qrels)
    with _indexed(files, options) as index:
        labelled = evaluating.load_set(files, index)
        dates = any(question.asked_at for question in labelled.questions)
        every = systems.build_systems(index, dated=asked_at if dates or asked_at else False)
        with steps(silent=options.as_json) as on_step:
            report = evaluating.evaluate(
                labelled,
                systems.chosen(every, system or ()),
                index,
                k=k,
                worst=worst,
                on_progress=lambda done, total: on_step(Step("Asking", done, total, "questions")),
            )
    if as_markdown:
        sys.stdout.write(rendering.markdown(report))
    else:
        options.print(report, rendering.terminal)


def label(
    options: CommonOptions,
    folder: DirArgument,
    queries: QueriesOption = None,
    qrels: QrelsOption = None,
    system: SystemOption = None,
) -> None:
    """Grade what the systems find, in the terminal; every grade is kept at once.

    Without queries.jsonl it asks for questions first. What is graded is not asked again.

    Example: semsearch eval label questions/ --index indexes/news
    """
    from semsearch.evaluation import labelling, questions, systems  # noqa: PLC0415

    files = questions.set_files(folder, queries, qrels)
    with _indexed(files, options) as index:
        pooled = systems.chosen(systems.build_systems(index, dated=False), system or ())
        labeller = labelling.Labeller(
            files.queries, files.qrels, pooled, index, _read_line, _print_line
        )
        report = labeller.run()
    options.print(report, _label_line)


def watches(
    options: CommonOptions,
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="Labelled watches, as JSON Lines.")
    ] = None,
    *,
    sample: Annotated[
        bool, typer.Option("--sample", help="Those of the sample corpus, instead of FILE.")
    ] = False,
) -> None:
    """Measure watches on a labelled file: precision, recall, repeats and delay.

    Each watch is replayed over its days, and nothing is written. docs/evaluate.md has the format.

    Example: semsearch eval watches watches.jsonl --index indexes/news
    """
    from semsearch.evaluation import rendering  # noqa: PLC0415
    from semsearch.evaluation.watches import evaluate_watches, read_watches  # noqa: PLC0415

    if (file is None) is not sample:
        raise InvalidRequestError("Name a FILE of labelled watches, or say --sample.")
    with (
        resources.as_file(resources.files("semsearch.sample") / "watches.jsonl") as own,
        options.opened() as index,
    ):
        labelled = read_watches(file or own, index)
        with steps(silent=options.as_json) as on_step:
            report = evaluate_watches(
                labelled,
                index,
                lambda done, total: on_step(Step("Replaying", done, total, "watches")),
            )
    options.print(report, rendering.watches)


def moved_to_research(context: typer.Context) -> None:
    """Measured on labelled data by a script of the project; the command was dropped."""
    script = f"research/measure_{context.info_name}.py"
    raise InvalidRequestError(
        f"semsearch eval {context.info_name} is no command any more.",
        f"In a checkout of the project: .venv/bin/python {script}",
    )


def _label_line(done: "LabelReport") -> str:
    return (
        f"{done.asked} questions added, {done.judged} articles graded, {done.skipped} skipped, "
        f"{done.left} left."
    )


def _read_line(prompt: str) -> str:
    """A line from the terminal; the prompt goes to stderr, so that stdout holds results only."""
    sys.stderr.write(prompt)
    sys.stderr.flush()
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    return line


def _print_line(text: str) -> None:
    stderr().print(text, markup=False)


@contextmanager
def _indexed(files: "SetFiles", options: CommonOptions) -> Iterator["Index"]:
    """The index that was named, or one of the articles in the folder, brought up to date."""
    if options.index is not None:
        with options.opened() as index:
            yield index
        return
    articles = files.articles()
    if not articles:
        raise NotFoundError(
            f"There are no articles in {files.folder}.", "Name an index with --index DIR."
        )
    own = replace(options, index=files.folder / OWN_INDEX)
    with own.opened(create=True, whole=True) as index:
        gone = [Path(path) for path in index.files() if Path(path) not in articles]
        with watching(silent=options.as_json) as on_progress:
            report = index.add_files(*articles, *gone, prune=True, on_progress=on_progress)
        skipped = [one for one in report.skipped if Path(one.path) not in gone]
        if skipped and not options.as_json:
            _print_line(
                f"{len(skipped)} records cannot be read; the first: {skipped[0].path}: "
                f"{skipped[0].reason}"
            )
        yield index
