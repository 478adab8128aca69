"""A question passes through few modules, so that one person can follow it."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

from semsearch.model.search import Collapse, Query
from tests.support.articles import GAZETTE, HERALD, make_article
from tests.support.encoder import HashingEncoder
from tests.support.indexes import open_index

MOST = 40
QUESTION = 'What did the Lisk Gazette report about hrabour "salt bank" and the HPA in March 2021?'


def test_a_question_passes_through_few_modules(tmp_path: Path) -> None:
    index = open_index(tmp_path / "index", HashingEncoder())
    excerpt = "The Harbour Port Authority (HPA) closed the salt bank."
    index.add(
        make_article(f"a{n}", f"Harbour {n}", excerpt=excerpt, provider=(HERALD, GAZETTE)[n % 2])
        for n in range(30)
    )
    modules: set[str] = set()

    def note(frame: FrameType, event: str, _argument: object) -> None:
        if event == "call" and frame.f_globals.get("__name__", "").startswith("semsearch."):
            modules.add(frame.f_globals["__name__"])

    moment = datetime(2021, 4, 1, tzinfo=UTC)
    query = Query(QUESTION, asked_at=moment, collapse=Collapse.DUPLICATES, explain=True)
    index.search(Query("harbour"))  # what is read once is not part of a question
    sys.setprofile(note)
    try:
        results = index.search(query)
    finally:
        sys.setprofile(None)
    index.close()
    assert results.hits
    assert len(modules) <= MOST, "\n".join(sorted(modules))
