"""Record the answers of this checkout: python -m tests.recorded FOLDER-OF-ARCHIVES."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.recorded.recording import (
    answers,
    archive_questions,
    coverage,
    relations,
    sample_questions,
    served,
    write,
)

here, archives = Path(__file__).parent, Path(sys.argv[1])
with TemporaryDirectory() as folder, served(Path(folder)) as client:
    write(here / "sample-answers.jsonl", answers(client, sample_questions()))
    write(here / "sample-coverage.jsonl", coverage(client))
    write(here / "relations.jsonl", relations(client, archives))
archive = archives / "everyday_azure_md.tar.xz"
with TemporaryDirectory() as folder, served(Path(folder), archive) as client:
    questions = archive_questions(archives / "questions_dev", Path(folder) / "articles")
    write(here / "everyday-answers.jsonl", answers(client, questions))
