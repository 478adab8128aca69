"""What a process that starts in milliseconds has imported and loaded already."""

from semsearch.text.language import language_of
from tests.support import workload

language_of("The ferry has left the harbour.")  # loads the model of languages

__all__ = ["workload"]
