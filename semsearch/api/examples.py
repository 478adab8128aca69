"""Examples in the OpenAPI document, from the sample corpus; a test holds them to the schemas."""

from typing import Any


def answers(example: dict[str, Any]) -> dict[int | str, dict[str, Any]]:
    """The ``responses`` of an operation whose answer looks like ``example``."""
    return {200: {"content": {"application/json": {"example": example}}}}


TEXT = "Dock workers at Brackwater have stopped work and all container berths are closed."

ARTICLE: dict[str, Any] = {
    "title": "Dockers walk out at Brackwater as pay talks collapse",
    "excerpt": "Every container berth in the port fell silent on Tuesday morning.",
    "body": "Cranes stood motionless over the Brackwater container berths on Tuesday.",
    "provider": "Harbour Ledger",
    "provider_domain": "harbourledger.example",
    "url": "https://harbourledger.example/2024/03/dockers-walk-out-at-brackwater",
    "published": "2024-03-05T15:20:00Z",
    "topics": ["Ports", "Labour"],
}

_PROVIDER = {"name": "Harbour Ledger", "domain": "harbourledger.example"}
_PASSAGE = {
    "field": "body",
    "start": 0,
    "end": 72,
    "text": "Cranes stood motionless over the Brackwater container berths on Tuesday.",
    "highlights": [[33, 43]],
    "answer": [0, 72],
}
SUMMARY = {
    "id": "7f0d5dbae9d3fb58c171",
    "title": ARTICLE["title"],
    "excerpt": ARTICLE["excerpt"],
    "url": ARTICLE["url"],
    "published": "2024-03-05T15:20:00Z",
    "provider": _PROVIDER,
    "topics": ["Ports", "Labour"],
    "category": "news",
    "type": "article",
    "language": "",
    "quality": 50,
    "heat": 12,
    "basis": "full",
    "stub": False,
}

SEARCH: dict[str, Any] = {
    "query": {
        "text": "Why did the dockers walk out at Brackwater?",
        "interpreted": {
            "text": "Why did the dockers walk out at Brackwater?",
            "filters": {},
            "notes": [],
        },
    },
    "generation": 1,
    "took_ms": 4.2,
    "answer_confidence": "high",
    "hits": [
        {
            "rank": 1,
            "score": 0.890349,
            "score_parts": {
                "title": 0.154797,
                "lead": 0.225122,
                "passage": 0.259795,
                "lexical_title": 0.069045,
                "lexical_lead": 0.066735,
                "lexical_body": 0.114855,
            },
            "article": SUMMARY,
            "passage": _PASSAGE,
            "duplicates": {"count": 1, "ids": ["a6b08eb225225339e811"]},
        }
    ],
    "providers": [
        {
            "domain": "harbourledger.example",
            "name": "Harbour Ledger",
            "hits": 1,
            "ranks": [1],
            "framing": {
                "article": "7f0d5dbae9d3fb58c171",
                "headline": ARTICLE["title"],
                "only_here": [{"start": 8, "end": 12, "text": "walk"}],
                "passage": _PASSAGE,
                "published": "2024-03-05T15:20:00Z",
                "lag_hours": 0.0,
                "basis": "full",
            },
        }
    ],
    "next_page_token": "mV0H2Qm3uY8pB1oHWzEsIDEwLCAyMDBd",
    "confidence_evidence": {
        "distance": 4.91,
        "gap": 0.43,
        "covered": 1.0,
        "names_missing": 0.0,
        "unknown_provider": 0.0,
        "outside_dates": 0.0,
        "logit": 0.98,
    },
}

QUESTIONS: dict[str, Any] = {
    "question": {
        "summary": "A question",
        "value": {"q": "Why did the dockers walk out at Brackwater?", "k": 5},
    },
    "filtered": {
        "summary": "A question with filters",
        "value": {
            "q": "port strike",
            "from": "2024-03-01",
            "to": "2024-03-31",
            "filter": {
                "operator": "AND",
                "conditions": [
                    {"field": "provider", "operator": "!=", "value": "dailyblare.example"},
                    {"field": "quality", "operator": ">=", "value": 30},
                ],
            },
        },
    },
}

SIMILAR: dict[str, Any] = {
    "article": "a6b08eb225225339e811",
    "generation": 1,
    "took_ms": 6.1,
    "hits": [
        {
            "rank": 1,
            "score": 0.731944,
            "score_parts": {"title": 0.201744, "text": 0.5302},
            "article": SUMMARY,
            "passage": {key: _PASSAGE[key] for key in ("field", "start", "end", "text")},
        }
    ],
}

ARTICLE_VIEW: dict[str, Any] = {
    **SUMMARY,
    "body": ARTICLE["body"],
    "zone_assumed": False,
    "related": [],
    "boilerplate": [],
    "extra": {"published": False},
}

WRITTEN: dict[str, Any] = {
    "added": ["7f0d5dbae9d3fb58c171"],
    "updated": [],
    "unchanged": [],
    "removed": [],
    "skipped": [],
    "sequence": 12,
    "generation": 5,
}
REMOVED: dict[str, Any] = {**WRITTEN, "added": [], "removed": ["7f0d5dbae9d3fb58c171"]}

PROVIDERS: dict[str, Any] = {
    "generation": 1,
    "providers": [{"provider": _PROVIDER, "articles": 14}],
}
TOPICS: dict[str, Any] = {"generation": 1, "topics": [{"topic": "Labour", "articles": 9}]}

STATUS: dict[str, Any] = {
    "version": "0.1.0",
    "generation": 1,
    "sequence": 1,
    "catalog_sequence": 1,
    "articles": 134,
    "stubs": 7,
    "passages": 441,
    "providers": 18,
    "topics": 96,
    "vectors": "auto",
    "segments": 1,
    "model": {
        "name": "all-MiniLM-L6-v2",
        "weights_sha256": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
        "dimension": 384,
        "max_tokens": 256,
        "pooling": "Transformer > Pooling(mean) > Normalize",
        "query_prompt": "",
        "document_prompt": "",
        "passage_tokens": 254,
        "passage_overlap": 1,
    },
    "bytes": {"catalog": 872448, "vectors": 338769, "lexical": 138622, "generation": 499269},
    "engine": {"catalog": "sqlite", "vectors": "FAISS, auto", "words": "tantivy"},
    "lag": {"writes": 0, "seconds": 0.0, "set_aside": 0},
}
