"""Invented articles ready to be compared."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from semsearch.compare.frames import Frames, FrameSentences, build_frames
from semsearch.compare.sentences import ComparedText, prepare
from semsearch.model.article import Article, Provider
from semsearch.text.sentences import article_sentences
from tests.support.encoder import HashingEncoder

ENCODER = HashingEncoder()
NOON = datetime(2024, 3, 5, 12, tzinfo=UTC)

STRIKE = (
    "Dockers walked out of the port of Brackwater at six on Tuesday morning. "
    "They had rejected an offer of 4.5 percent from the operator Sundhaven. "
    "Mediator Ilse Harrowgate will meet both sides on Friday in the old customs house. "
    "A lasher named Tomas Renn was killed in January when a crane cable snapped."
)
STOPPAGE = (
    "The port of Brackwater has been idle since dockers walked out at six on Tuesday morning. "
    "The operator Sundhaven had offered 4.5 percent, which the dockers rejected. "
    "Both sides will meet mediator Ilse Harrowgate on Friday in the customs house. "
    "Lasher Tomas Renn was killed by a snapped crane cable in January."
)
MARKETS = (
    "Dockers walked out of the port of Brackwater on Tuesday morning. "
    "Pear growers fear that their fruit will spoil before it reaches supermarkets abroad. "
    "Insurers expect seventy claims for refrigerated cargo within a fortnight. "
    "Freight rates on the strait feeder route rose overnight."
)


def article(identity: str, body: str = "", **values: object) -> Article:
    hours = values.pop("hours", 0)
    assert isinstance(hours, int)
    fields: dict[str, object] = {
        "title": f"Headline of {identity}",
        "provider": Provider(identity.title(), f"{identity}.example"),
        "published": NOON + timedelta(hours=hours),
        **values,
    }
    return Article(id=identity, body=body, **fields)  # type: ignore[arg-type]


def ready(given: Article) -> ComparedText:
    spans = article_sentences(given)
    texts = [given.text(span.field)[span.start : span.end] for span in spans]
    return prepare(given, spans, ENCODER.encode_documents(texts))


def story() -> list[ComparedText]:
    return [
        ready(article("ledger", STRIKE, title="Dockers walk out at Brackwater")),
        ready(article("weekly", STOPPAGE, title="Brackwater port idle", hours=3)),
        ready(article("ducat", MARKETS, title="Growers count the cost", hours=5)),
    ]


def frames(names: Sequence[str] = ("labour", "trade")) -> Frames:
    prototypes = {
        "labour": ["Dockers walked out.", "Workers rejected the offer.", "A worker was killed."],
        "trade": [
            "Freight rates rose.",
            "Growers fear for their fruit.",
            "Insurers expect claims.",
        ],
    }
    described = [FrameSentences(name, tuple(prototypes[name])) for name in names]
    encoded = [text for frame in described for text in frame.encoded]
    return build_frames(described, ENCODER.encode_documents(encoded))
