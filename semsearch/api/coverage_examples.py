"""Examples of answers about coverage, from the sample corpus; a test holds them to the schemas."""

from typing import Any

from semsearch.api.examples import SUMMARY, TEXT

_NONE: dict[str, Any] = {"agree": [], "only_a": [], "only_b": [], "conflict": False}
_TEXT = "Cranes stood motionless over the Brackwater container berths on Tuesday."
_SHARED: dict[str, Any] = {
    "field_a": "body",
    "start_a": 0,
    "end_a": 72,
    "field_b": "body",
    "start_b": 31,
    "end_b": 103,
    "words": 10,
    "boilerplate": False,
    "text": _TEXT,
}
_PROBABILITIES = {
    "copy": 0.08,
    "edited": 0.89,
    "story": 0.02,
    "related": 0.01,
    "unrelated": 0.0,
}
_LINEAGE: dict[str, Any] = {
    "kind": "edited_from",
    "first": "a",
    "source": "",
    "reasons": ["a was published 5 hours before b", "b has most of the text of a, and more"],
    "credits": [],
    "kept": [_SHARED],
    "added": [
        {
            "side": "b",
            "field": "body",
            "start": 0,
            "end": 30,
            "text": "Updated on Tuesday evening. - ",
        }
    ],
    "cut": [],
}
_OTHER: dict[str, Any] = {**SUMMARY, "id": "a6b08eb225225339e811"}

PAIRS: dict[str, Any] = {
    "pair": {
        "summary": "An article of the index and one that need not be there",
        "value": {"pairs": [[SUMMARY["id"], {"text": TEXT}]]},
    }
}

RELATIONS: dict[str, Any] = {
    "relations": [
        {
            "relation": "edited",
            "probabilities": _PROBABILITIES,
            "p_duplicate": 0.97,
            "calibration": "5b1f9b6a0c2e",
            "evidence": {
                "words_a": 214,
                "words_b": 188,
                "containment_a": 0.71,
                "containment_b": 0.83,
                "shared_words": 162,
                "shared": [_SHARED],
                "cosine": {
                    "title": 0.81,
                    "excerpt": 0.9,
                    "body": 0.97,
                    "lead": 0.92,
                    "text": 0.97,
                },
                "hours_apart": 5.0,
                "names": {**_NONE, "agree": ["brackwater"]},
                "numbers": _NONE,
                "months": _NONE,
                "regions": _NONE,
                "rested_on": ["83 % of the runs of five words of one are in the other"],
            },
            "lineage": _LINEAGE,
            "reason": "",
        }
    ]
}

DUPLICATE_GROUPS: dict[str, Any] = {
    "generation": 2,
    "total": 1,
    "groups": [
        {
            "id": "0d5dbae9d3fb58c1717f",
            "original": SUMMARY["id"],
            "title": SUMMARY["title"],
            "size": 2,
            "providers": 2,
            "first_published": SUMMARY["published"],
            "last_published": SUMMARY["published"],
            "members": [
                {"article": SUMMARY, "relation": None, "p_duplicate": None, "lag_hours": None},
                {"article": _OTHER, "relation": "edited", "p_duplicate": 0.97, "lag_hours": 5.0},
            ],
        }
    ],
    "next_page_token": None,
}

DUPLICATES: dict[str, Any] = {
    "article": SUMMARY["id"],
    "generation": 2,
    "took_ms": 9.3,
    "compared": 14,
    "group": "0d5dbae9d3fb58c1717f",
    "duplicates": [
        {
            "article": _OTHER,
            "relation": "edited",
            "p_duplicate": 0.97,
            "probabilities": _PROBABILITIES,
            "hours_apart": 5.0,
            "containment_a": 0.71,
            "containment_b": 0.83,
            "shared_words": 162,
            "rested_on": ["83 % of the runs of five words of one are in the other"],
            "lineage": _LINEAGE,
        }
    ],
    "reason": "",
}

_STORY: dict[str, Any] = {
    "id": "4c1f0b2e9a7d6c55",
    "title": SUMMARY["title"],
    "article": SUMMARY["id"],
    "size": 2,
    "origins": 1,
    "providers": 2,
    "first_seen": SUMMARY["published"],
    "last_seen": SUMMARY["published"],
}

STORIES: dict[str, Any] = {
    "generation": 2,
    "total": 1,
    "stories": [_STORY],
    "next_page_token": None,
}

STORY: dict[str, Any] = {
    "generation": 2,
    "story": _STORY,
    "members": [
        {"article": SUMMARY, "group": "0d5dbae9d3fb58c1717f"},
        {"article": _OTHER, "group": "0d5dbae9d3fb58c1717f"},
    ],
    "providers": [
        {
            "domain": "harbourledger.example",
            "name": "Harbour Ledger",
            "articles": [SUMMARY["id"]],
            "first_published": SUMMARY["published"],
            "lag_hours": 0.0,
        }
    ],
    "events": [
        {
            "event": "merged",
            "story": "9d1e2f3a4b5c6d7e",
            "other": "4c1f0b2e9a7d6c55",
            "at": "2024-03-06T09:00:00Z",
        }
    ],
}
