"""Examples of comparisons, from the sample corpus; a test holds them to the schemas."""

from typing import Any

from semsearch.api.examples import SUMMARY, TEXT

_OTHER = "a6b08eb225225339e811"
_PRECISION = {
    "precision": {
        "value": 0.9504,
        "interval": [0.9074, 0.984],
        "n": 121,
        "of": "sentences called shared that the other reports",
    }
}
_ABSENCE = {
    "precision": {
        "value": 0.9205,
        "interval": [0.8451, 0.9768],
        "n": 88,
        "of": "sentences called not found that are not there",
    }
}
_UNMEASURED = {"precision": None}
_ALIGNED = "sentences aligned by vectors, words, numbers and neighbouring sentences"
_MINE = {
    "article": SUMMARY["id"],
    "field": "body",
    "start": 0,
    "end": 72,
    "text": "Cranes stood motionless over the Brackwater container berths on Tuesday.",
}
_THEIRS = {
    "article": _OTHER,
    "field": "body",
    "start": 31,
    "end": 92,
    "text": "No crane moved at the container berths of Brackwater Tuesday.",
}
_FULL: dict[str, Any] = {"basis": "full", "evidence": _UNMEASURED}

COMPARED: dict[str, Any] = {
    "articles": {
        "summary": "An article of the index and one that need not be there",
        "value": {"articles": [SUMMARY["id"], {"text": TEXT}], "detail": "sentences"},
    },
    "story": {"summary": "A story", "value": {"story": "9d1e2f3a4b5c6d7e"}},
    "question": {
        "summary": "The answers to a question",
        "value": {"question": "Why did the dockers walk out?"},
    },
}

COMPARISON: dict[str, Any] = {
    "articles": [
        {
            "id": SUMMARY["id"],
            "title": SUMMARY["title"],
            "url": SUMMARY["url"],
            "published": SUMMARY["published"],
            "provider": SUMMARY["provider"],
            "basis": "full",
            "stub": False,
        }
    ],
    "voices": [
        {
            "article": SUMMARY["id"],
            "carriers": [SUMMARY["id"]],
            "providers": ["harbourledger.example"],
        }
    ],
    "providers": [
        {
            "domain": "harbourledger.example",
            "name": "Harbour Ledger",
            "articles": [SUMMARY["id"]],
            "basis": "full",
            "published": SUMMARY["published"],
            "lag_hours": 0.0,
            "headlines": [
                {
                    **_FULL,
                    "article": SUMMARY["id"],
                    "text": SUMMARY["title"],
                    "only_here": [{"start": 34, "end": 37, "text": "pay"}],
                    "closest": _OTHER,
                    "own_sentence": _MINE,
                    "method": "words that no other headline uses; closest headline and own "
                    "sentence by cosine",
                }
            ],
            "sentences": {
                "sentences": 1,
                "shared": 1.0,
                "unclear": 0.0,
                "only_here": 0.0,
                "shared_sentences": [_MINE],
                "unclear_sentences": [],
                "only_here_sentences": [],
                "against": [_OTHER],
                "basis": "full",
                "method": _ALIGNED,
                "evidence": _PRECISION,
                "evidence_only_here": _ABSENCE,
            },
            "frames": {
                **_FULL,
                "counts": [
                    {"frame": "economic", "sentences": 1, "strongest": _MINE, "score": 0.41}
                ],
                "unassigned": 0,
                "method": "cosine to prototype sentences of generic frames "
                "(after the Media Frames Corpus)",
            },
            "sourcing": {
                **_FULL,
                "agencies": [],
                "outlets": [],
                "anonymous": [],
                "quotes": [],
                "quoted_share": 0.0,
                "method": "agencies, names of outlets, phrases of attribution and quotation marks "
                "in the text",
            },
        }
    ],
    "shared_facts": [
        {
            "sentences": [
                {"providers": ["harbourledger.example"], "sentence": _MINE},
                {"providers": ["lagoonpost.example"], "sentence": _THEIRS},
            ],
            "wording": [
                {
                    "a": 0,
                    "b": 1,
                    "score": 0.97,
                    "only_a": [{"start": 7, "end": 23, "text": "stood motionless"}],
                    "only_b": [{"start": 9, "end": 14, "text": "moved"}],
                    "labels": [],
                }
            ],
            "basis": "full",
            "method": _ALIGNED,
            "evidence": _PRECISION,
        }
    ],
    "reported_by_others_not_here": [],
    "differs": [],
    "may_differ": [],
    "common_upstream": [],
    "frame_contrast": [],
    "timeline": [
        {
            **_FULL,
            "article": SUMMARY["id"],
            "provider": "harbourledger.example",
            "headline": SUMMARY["title"],
            "published": SUMMARY["published"],
            "lag_hours": 0.0,
            "method": "publication dates as the articles give them",
        }
    ],
    "evidence": {
        "shared": _PRECISION,
        "not_found": _ABSENCE,
        "differs": _UNMEASURED,
        "may_differ": _UNMEASURED,
    },
    "sentences": [
        {
            **_MINE,
            "others": [
                {
                    "article": _OTHER,
                    "status": "stated",
                    "score": 0.97,
                    "match": {"field": "body", "start": 31, "end": 92},
                }
            ],
        }
    ],
}
