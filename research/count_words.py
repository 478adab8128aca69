#!/usr/bin/env python
"""Write relate/idf.npz, the commonest words of two news archives: research/count_words.py DATA.

DATA is the folder of the development sets.
"""

import sys
from collections import Counter
from itertools import islice
from pathlib import Path

import numpy as np

from research.event_windows import articles
from semsearch.relate import idf
from semsearch.relate.idf import IdfTable
from semsearch.text.shingles import article_words, title_hashes

COMMON = 4096
KEPT = ("2019-06", "2019-10")
NEWS = {"realtimeqa.jsonl.xz": 8, "abp.jsonl.xz": 12}  # every how manieth article is read


def idf_table(data: Path) -> IdfTable:
    counts: Counter[int] = Counter()
    total = 0
    for name, every in NEWS.items():
        for article in islice(articles(data / name), 0, None, every):
            if article.published and f"{article.published:%Y-%m}" in KEPT:
                continue  # what the windows that are kept for measuring say is not looked at
            words = np.concatenate([article_words(article).hashes, title_hashes(article)])
            counts.update(np.unique(words).tolist())
            total += 1
    common = counts.most_common(COMMON)
    table = sorted((word, np.log((total + 1) / (held + 1))) for word, held in common)
    print(f"idf: {len(counts)} words of {total} articles")
    return IdfTable(
        np.array([word for word, _ in table], np.uint64),
        np.array([weight for _, weight in table], np.float16).astype(np.float32),
        float(np.log((total + 1) / (common[-1][1] + 1))),
    )


def main() -> None:
    table = idf_table(Path(sys.argv[1]))
    np.savez_compressed(
        Path(idf.__file__).with_name("idf.npz"),
        words=table.words,
        weights=table.weights.astype(np.float16),
        rare=np.float64(table.rare),
    )


if __name__ == "__main__":
    main()
