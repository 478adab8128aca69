"""The ``semsearch`` command."""

import gc


def main() -> None:
    """Run the command line; see ``semsearch.cli.app``."""
    # What is imported stays. Looking for garbage among it while it is loaded and again when the
    # process ends takes a third of the time of a short command (docs/measured.md).
    gc.disable()
    from semsearch.cli.app import main as run  # noqa: PLC0415 - after the line above

    gc.freeze()
    gc.enable()
    run()
