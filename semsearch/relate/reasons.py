"""The signals of a pair in words."""

from collections.abc import Callable
from math import expm1

from semsearch.model.relation import RelationKind
from semsearch.relate.classify import Model
from semsearch.relate.evidence import Features

_LEAST = 0.2
"""Log-odds below which a signal decided nothing."""
_MOST = 5

_IN_WORDS: dict[str, Callable[[Features], str]] = {
    "larger": lambda f: f"{f.larger:.0%} of the runs of five words of one stand in the other",
    "smaller": lambda f: f"{f.smaller:.0%} of the runs of five words of the fuller one are shared",
    "shared": lambda f: f"{expm1(f.shared):.0f} runs of five words are shared",
    "words": lambda f: f"{f.words:.0%} of the different words of one stand in the other",
    "text": lambda f: f"the texts are alike in meaning by {f.text:.2f} (cosine)",
    "opening": lambda f: f"each beginning is met in the other text by {f.opening:.2f} (cosine)",
    "agree": lambda f: f"{f.agree:.0%} of the names at the beginnings stand in both",
    "figures": lambda f: (
        f"{expm1(f.figures):.0f} figures or dates of each beginning are not in the other"
        if f.figures
        else "no figures or dates conflict"
    ),
    "short_clash": lambda f: (
        "short texts that differ in names, figures or dates"
        if f.short_clash
        else "no names, figures or dates set short texts apart"
    ),
    "slots": lambda f: f"{f.slots:.0%} of the words that differ are names, figures or dates",
    "recurs": lambda f: (
        "what differs are names, figures and dates, as in a series"
        if f.recurs
        else "what differs is not just names, figures and dates"
    ),
    "brief": lambda f: (
        "a text of a sentence or two" if f.brief else "both texts are longer than a teaser"
    ),
    "days": lambda f: (
        f"{expm1(f.days):.1f} days lie between the two dates"
        if f.days
        else "the dates are not apart, or one is unknown"
    ),
    "one_outlet": lambda f: (
        "both are of one outlet" if f.one_outlet else "the outlets differ, or are unknown"
    ),
}


def rested_on(model: Model, relation: RelationKind, features: Features) -> tuple[str, ...]:
    """The signals that spoke for a class, the weightiest first, at most five."""
    effects = model.effects(relation, features)
    telling = sorted(
        (name for name, effect in effects.items() if effect >= _LEAST),
        key=lambda name: (-effects[name], name),
    )
    return tuple(_IN_WORDS[name](features) for name in telling[:_MOST])
