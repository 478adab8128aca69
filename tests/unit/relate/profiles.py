"""Invented articles as profiles, with vectors that count words."""

from datetime import UTC, datetime, timedelta

from semsearch.model.article import Article, Provider
from semsearch.relate.profile import Profile
from semsearch.text.passages import split_article
from tests.support.encoder import HashingEncoder

START = datetime(2024, 3, 5, 9, 30, tzinfo=UTC)
ENCODER = HashingEncoder(dimension=256)

REPORT = (
    "The harbour board of Pellworth voted on Tuesday to close the old swing bridge to lorries"
    " from the first of May, after divers found cracks in two of its four piers.\n\n"
    "Chairwoman Ines Okafor said repairs would cost 3.2 million crowns and take eleven months."
    " “Nobody in this room wants to wait until a truck ends up in the water,” she said.\n\n"
    "Hauliers protested outside the hall. The detour through Ashcombe adds 27 kilometres to the"
    " way from the fish market to the motorway, said Radu Tamm, who owns nine lorries.\n\n"
    "The bridge was built in 1931 and carried 4,100 vehicles a day last year. Engineers from the"
    " university had warned of corrosion twice, in reports that the board kept to itself.\n\n"
    "Cars and buses may still cross, one at a time, at walking pace. The board will meet again in"
    " June to decide whether to build a tunnel instead."
)
OTHER = (
    "A retired teacher from Marrowby has grown the heaviest pumpkin ever weighed in the province."
    " It came to 611 kilograms at the fair on Saturday and had to be lifted by a crane.\n\n"
    "Odile Brask, 71, credits rain water and patience. She sleeps beside her plants in a tent when"
    " frost is forecast and plays them the radio, which she says keeps the deer away.\n\n"
    "The old record of 540 kilograms was set by her neighbour nine years ago. He congratulated her"
    " with a jar of his own soup, which the jury found a little salty.\n\n"
    "Seeds of the giant will be given to schools in the valley this winter."
)
SAME_EVENT = (
    "Trucks will be banned from Pellworth's swing bridge in May because its foundations are"
    " cracking, port officials decided.\n\n"
    "The measure, which passed by seven votes to two, follows an underwater inspection in the"
    " winter. Ines Okafor, who heads the harbour board, put the bill at 3.2 million crowns.\n\n"
    "Drivers fear for their living: Radu Tamm told this paper the longer road would cost him a"
    " round trip a day. A tunnel has been talked about since his father drove the same route."
)


def profile(
    body: str = "",
    *,
    title: str = "",
    excerpt: str = "",
    provider: str = "",
    name: str = "",
    hours: float | None = 0,
    identity: str = "a",
) -> Profile:
    """The profile of an article; ``hours`` after a fixed moment, None: undated."""
    return profile_of(
        Article(
            identity,
            title,
            excerpt,
            body,
            provider=Provider(name, provider),
            published=None if hours is None else START + timedelta(hours=hours),
        )
    )


def profile_of(article: Article) -> Profile:
    """The profile of an article."""
    pieces = split_article(article, ENCODER.count_tokens, ENCODER.passage_budget, 1)
    vectors = ENCODER.encode_documents([piece.text for piece in pieces])
    return Profile.of(article, [piece.passage for piece in pieces], vectors)


def paragraphs(text: str) -> list[str]:
    return text.split("\n\n")
