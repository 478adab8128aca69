"""Invented news for watches: events with copies, further reports and other events."""

from semsearch.model.article import Article
from tests.support.articles import GAZETTE, HERALD, make_article

QUESTION = "What happened in the ferry collision in Senn harbour?"
COLLISION = (
    "A ferry collision in Senn harbour injured twelve people on Tuesday morning, the coastguard "
    "said. The ferry was on its way to Lisk when a copper barge crossed the channel. Divers looked "
    "for the barge until noon."
)
FURTHER = (
    "Twelve people were injured when a ferry and a barge collided in Senn harbour on Tuesday. "
    "The coastguard said that the ferry had left for Lisk that morning."
)
FACT = (
    " Prosecutor Ivo Maas arrested Captain Orla Brandt of the Senn ferry because her licence "
    "expired in 2019."
)


def quiet(number: int) -> Article:
    """An article that answers nothing."""
    return make_article(
        f"q{number}",
        f"Orchid market number {number}",
        body=f"The orchid market of ward {number} opened at noon. Violins and lanterns sold well.",
    )


def collision(identity: str = "c1", body: str = COLLISION, title: str = "") -> Article:
    """A report of the collision by the Gazette."""
    return make_article(
        identity, title or "Ferry collision in Senn harbour", body=body, provider=GAZETTE
    )


def further(identity: str = "c2", body: str = FURTHER, title: str = "") -> Article:
    """Another outlet's own report."""
    return make_article(
        identity, title or "Ferry and barge collide in Senn harbour", body=body, provider=HERALD
    )
