"""Bundled sample corpus: a small, wholly invented news archive.

Every provider, person, place, company, event and figure in it is made up; any
likeness to real ones is chance.  All addresses end in ``.example``.

``articles/`` holds the articles: ``.md`` files with a YAML front matter and an
optional body (many have a title and an excerpt only), and a few plain ``.txt``
files whose first line is the title and whose first paragraph is the excerpt.

``truth.yaml`` lists what is known about them, by file stem: the stories (events)
and their articles, verbatim copies, edited copies (cut, extended, updated),
follow-ups, pairs of notices made from one template, articles known only from a
``related`` list, related entries that are articles here, misspelt key words,
the removed article, the framing of two stories (shared, missing and conflicting
facts and contrasting labels, with the exact sentences), and questions with the
articles that answer them.

``watches.jsonl`` holds labelled watches for ``semsearch eval watches``: what each
should report of these articles.
"""
