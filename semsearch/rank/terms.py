"""The words of a question that are worth looking up."""

STOP_WORDS = frozenset(
    """a about above after again all also am an and any are as at be because been before being
    below between both but by can could did do does doing down during each few for from further
    had has have having he her here hers him his how i if in into is it its itself just let me
    more most my no nor not now of off on once only or other our out over own please same she
    should so some such tell than that the their them then there these they this those through
    to too under until up very was we were what when where which while who whom whose why will
    with would you your s t d ll re ve m""".split()
)

_MAX_TERMS = 64


def content_words(tokens: list[tuple[str, str]]) -> list[str]:
    """The index terms of a question without its stop words; all of them if nothing else is left.

    Args:
        tokens: The words as typed, lower case, and their index terms.

    Returns:
        At most 64 different terms, in order of first use.
    """
    terms = [term for word, term in tokens if word not in STOP_WORDS]
    if not terms:
        terms = [term for _, term in tokens]
    return list(dict.fromkeys(terms))[:_MAX_TERMS]
