"""Invented comparisons for reports."""

from dataclasses import replace

from semsearch.compare.comparison import compare
from semsearch.model.article import Article, Provider
from semsearch.model.comparison import Comparison
from tests.unit.compare.samples import MARKETS, STOPPAGE, STRIKE, article, frames, ready

HOSTILE = '<script>alert("x")</script> =1+1 | [a](javascript:x) \x1b[31m \u202e*b*'


def plain() -> Comparison:
    """Three outlets with bodies, a copy, and an outlet with an excerpt."""
    ledger = article("ledger", STRIKE, title="Dockers walk out at Brackwater")
    texts = [
        ledger,
        article("weekly", STOPPAGE, title="Brackwater port idle", hours=3),
        article("ducat", MARKETS, title="Growers count the cost", hours=5),
        replace(ledger, id="copy", provider=Provider("Copy", "copy.example")),
        article("blare", excerpt="The port is idle.", hours=80),
    ]
    return compared(texts)


def hostile() -> Comparison:
    """Every text and name tries to get out of where it stands; nothing is dated."""
    texts = [
        article(
            name,
            f"{HOSTILE} {body}",
            title=f"{HOSTILE} {name}",
            url=f"javascript:alert('{name}')",
            published=None,
            provider=Provider(f"{HOSTILE} {name}", ""),
        )
        for name, body in (("a", STRIKE), ("b", STRIKE), ("c", STOPPAGE))
    ]
    return compared(texts, duplicates=())


def compared(
    texts: list[Article], duplicates: tuple[tuple[str, ...], ...] = (("ledger", "copy"),)
) -> Comparison:
    return compare([ready(one) for one in texts], frames(), duplicates=duplicates, sentences=True)
