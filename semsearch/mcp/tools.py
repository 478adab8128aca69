"""The tools that only read: each asks the index once and answers with what can be cited."""

from collections.abc import Callable
from threading import BoundedSemaphore
from typing import Annotated, Any, TypeVar

from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import CallToolResult
from pydantic import BeforeValidator
from pydantic import Field as Parameter
from pydantic_core import to_json

from semsearch.config import AssistantSettings
from semsearch.deadline import Budget, within
from semsearch.errors import SemsearchError
from semsearch.index import Index
from semsearch.mcp import answers, results
from semsearch.mcp.results import Answer
from semsearch.model.article import FIELDS, ArticleView, Field
from semsearch.model.clusters import CoverageOrder, CoverageQuery
from semsearch.model.filter_tree import moment_of
from semsearch.model.filters import Filters
from semsearch.model.search import Collapse, Query, Sort

T = TypeVar("T")
A = TypeVar("A", bound=Answer)

ArticleId = Annotated[str, Parameter(description="The id of an article, as answers give it.")]
Text = Annotated[str, Parameter(description="A text that need not be in the archive.")]
_OneOrMore = BeforeValidator(lambda value: [value] if isinstance(value, str) else value)
Providers = Annotated[
    tuple[str, ...],
    _OneOrMore,
    Parameter(description="Only these outlets, by name or domain.", max_length=50),
]
Topics = Annotated[
    tuple[str, ...], _OneOrMore, Parameter(description="Only these topics.", max_length=50)
]
Since = Annotated[str, Parameter(description="Published on this day or later: 2024-03-05.")]
Until = Annotated[str, Parameter(description="Published on this day or earlier.")]
Many = Annotated[int, Parameter(description="How many, 1-50.", ge=1, le=50)]
PageToken = Annotated[str, Parameter(description="next_page_token of the page before.")]

_MOST_RELATED = 50


class ReadTools:
    """Tools over one opened index, for several callers at once.

    Every tool raises ``ToolError``, which says what is wrong and what to do.
    """

    def __init__(self, index: Index, settings: AssistantSettings) -> None:
        self._index = index
        self._settings = settings
        self._turns = BoundedSemaphore(settings.concurrent)

    def search(
        self,
        question: Annotated[str, Parameter(description="A question in plain words.")],
        k: Many = 10,
        provider: Providers = (),
        topic: Topics = (),
        since: Since = "",
        until: Until = "",
        collapse: Annotated[
            Collapse, Parameter(description="Show one hit of each text, or of each story.")
        ] = Collapse.NONE,
        sort: Annotated[
            Sort, Parameter(description="Newest or oldest first among those that answer.")
        ] = Sort.RELEVANCE,
        page_token: PageToken = "",
    ) -> Annotated[CallToolResult, results.SearchAnswer]:
        """Ask the news archive: ranked articles, each with the passage that answers best.

        Read answer_confidence first. "none" means that the archive seems to hold no answer, and
        that the hits are only the nearest articles; "low" means that it may hold none.
        """
        found = self.ask(
            lambda: self._index.search(
                Query(
                    question,
                    k=k,
                    filters=_filters(provider, topic, since, until),
                    collapse=collapse,
                    sort=sort,
                    page_token=page_token or None,
                )
            )
        )
        answer = fitted(answers.of_question(found), self._settings.characters, "hits")
        if answer.left_out:  # the next page would begin after those that are missing here
            answer = answer.model_copy(update={"next_page_token": ""})
        return answers.with_links(answer, (hit.source for hit in answer.hits))

    def get(
        self,
        id: ArticleId,  # noqa: A002 - what every answer calls it
        start: Annotated[
            int, Parameter(description="Where in the body to begin; see next_start.", ge=0)
        ] = 0,
        characters: Annotated[
            int, Parameter(description="Of the body, at most.", ge=200, le=100_000)
        ] = 12_000,
    ) -> Annotated[CallToolResult, results.ArticleText]:
        """Read an article of the archive: title, excerpt, and its body part by part."""
        answer = self.part(self.ask(lambda: self._index.get(id)), start, characters)
        return answers.with_links(answer, [answer.source])

    def part(self, article: ArticleView, start: int, characters: int) -> results.ArticleText:
        """An article with a part of its body, as much as one call may return."""
        most = self._settings.characters
        empty = results.ArticleText(
            notice=results.NOTICE,
            source=results.source(article),
            topics=article.topics,
            language=article.language,
            quotes=(),
            body_characters=len(article.body),
            next_start=None,
            cut=(),
            related=tuple(link.id for link in article.related[:_MOST_RELATED]),
            left_out={},
        )
        empty = fitted(empty, most // 2, "related", "topics")
        room = most - json_length(empty) - 500  # what the quotes themselves take
        quotes = []
        for field in FIELDS:
            first = start if field is Field.BODY else 0
            text = getattr(article, field.value)[first : first + characters]
            text = beginning(text, max(room if field is Field.BODY else room // 3, 0))
            if text:
                quotes.append(results.Quote(article.id, field, first, first + len(text), text))
                room -= json_length(text)
        ends = {quote.field: quote.end for quote in quotes}
        end = ends.get(Field.BODY, start)
        cut = tuple(f for f in FIELDS if ends.get(f, 0) < len(getattr(article, f.value)))
        following = end if start <= end < len(article.body) else None
        changed = {"quotes": tuple(quotes), "next_start": following, "cut": cut}
        return empty.model_copy(update=changed)

    def similar(
        self,
        id: ArticleId = "",  # noqa: A002
        text: Text = "",
        k: Many = 10,
        provider: Providers = (),
        topic: Topics = (),
        since: Since = "",
        until: Until = "",
    ) -> Annotated[CallToolResult, results.SimilarAnswer]:
        """The nearest articles to an article of the archive, or to a text, best first.

        Near in meaning is not the same event, and not the same text: ask duplicates for that.
        """
        found = self.ask(
            lambda: self._index.similar(
                id, text=text, k=k, filters=_filters(provider, topic, since, until)
            )
        )
        answer = fitted(answers.of_similar(found), self._settings.characters, "hits")
        return answers.with_links(answer, (hit.source for hit in answer.hits))

    def duplicates(
        self,
        id: ArticleId = "",  # noqa: A002
        text: Text = "",
        min_probability: Annotated[
            float, Parameter(description="From which probability an article counts.", ge=0, le=1)
        ] = 0.5,
    ) -> Annotated[CallToolResult, results.DuplicatesAnswer]:
        """Which articles of the archive carry the text of an article, or of a text that you give.

        That one appeared earlier does not show that the other was made from it: "first" says
        what credits or dates tell, and is "unknown" where they tell nothing.
        """
        found = self.ask(
            lambda: self._index.duplicates(id, text=text, min_probability=min_probability)
        )
        answer = fitted(answers.of_duplicates(found), self._settings.characters, "duplicates")
        return answers.with_links(answer, (one.source for one in answer.duplicates))

    def stories(
        self,
        order: Annotated[
            CoverageOrder, Parameter(description="Largest, newest, or most independent texts.")
        ] = CoverageOrder.SIZE,
        k: Many = 20,
        provider: Annotated[str, Parameter(description="Only those this outlet reports.")] = "",
        since: Since = "",
        until: Until = "",
        min_articles: Annotated[int, Parameter(description="Articles at least.", ge=2)] = 2,
        page_token: PageToken = "",
    ) -> Annotated[CallToolResult, results.StoriesAnswer]:
        """The events that several articles of the archive report. Compare one by its id.

        Articles in one story seem to report one event. That a story names few outlets says
        nothing about outlets that the archive does not hold.
        """
        found = self.ask(
            lambda: self._index.stories(
                CoverageQuery(
                    order=order,
                    k=k,
                    provider=provider,
                    since=moment_of(since or None),
                    until=moment_of(until or None, after=True),
                    min_size=min_articles,
                    page_token=page_token or None,
                )
            )
        )
        answer = fitted(answers.of_stories(found), self._settings.characters, "stories")
        if answer.left_out:
            answer = answer.model_copy(update={"next_page_token": ""})
        return answers.with_links(answer, ())

    def compare(
        self,
        ids: Annotated[
            tuple[str, ...], Parameter(description="Two to 200 articles.", max_length=200)
        ] = (),
        story: Annotated[str, Parameter(description="Or the id of a story.")] = "",
        question: Annotated[
            str, Parameter(description="Or a question: what answers it best is compared.")
        ] = "",
    ) -> Annotated[CallToolResult, results.ComparisonAnswer]:
        """How outlets tell one story: what they share, what only one has, whom they name as source.

        Give ids, or a story, or a question. Quote the sentences; "evidence" says how often claims
        of each kind were right when they were measured. That something was not found in a text
        is no proof that the outlet never reported it, nor that it left it out on purpose.
        """
        found = self.ask(lambda: self._index.compare(*ids, story=story, question=question))
        answer = fitted(
            answers.of_comparison(found),
            self._settings.characters,
            *("shared_facts", "not_found", "shared_sources", "outlets", "articles"),
        )
        return answers.with_links(answer, answer.articles)

    def check(
        self,
        text: Annotated[str, Parameter(description="The draft, at most 100,000 characters.")],
    ) -> Annotated[CallToolResult, results.CheckAnswer]:
        """Compare a draft with the archive: its quotations, figures, sentences and copied runs.

        It says what the archive holds, and never that something is false: "not_found" is said of
        this archive alone, "altered" and "differs" show both wordings for a person to judge.
        """
        found = self.ask(lambda: self._index.check(text))
        answer = fitted(
            answers.of_check(found),
            self._settings.characters,
            *("sentences", "figures", "copied", "quotations", "articles"),
        )
        return answers.with_links(answer, answer.articles)

    def ask(self, question: Callable[[], T]) -> T:
        """What the index answers, in its turn and within its time.

        Raises:
            ToolError: It cannot answer.
        """
        if not self._turns.acquire(timeout=self._settings.seconds):
            raise ToolError("Others are asking. Ask again later.")
        try:
            with within(Budget(self._settings.seconds)):
                return question()
        except SemsearchError as error:
            raise ToolError(f"{error.message} {error.hint}".strip()) from error
        finally:
            self._turns.release()


def _filters(provider: tuple[str, ...], topic: tuple[str, ...], since: str, until: str) -> Filters:
    return Filters(
        provider=provider,
        topic=topic,
        since=moment_of(since or None),
        until=moment_of(until or None, after=True),
    )


def fitted(result: A, most: int, *lists: str) -> A:
    """The result with the ends of its lists left out until it is short enough.

    Lists are cut in the order in which they are named; ``most`` counts characters of JSON.

    Returns:
        The same where it fits. ``left_out`` says how many entries each list lost.
    """
    beyond = json_length(result) - most
    changed: dict[str, Any] = {}
    left_out: dict[str, int] = {}
    for name in lists:
        kept = list(getattr(result, name))
        if beyond > 0 and kept:
            beyond += len(name) + 12  # what left_out itself takes
        while kept and beyond > 0:
            beyond -= json_length(kept.pop()) + 1
            left_out[name] = left_out.get(name, 0) + 1
            changed[name] = tuple(kept)
    if not changed:
        return result
    return result.model_copy(update={"left_out": left_out, **changed})


def beginning(text: str, most: int) -> str:
    """The beginning of a text, as long as its JSON has at most so many characters."""
    kept = text[:most]
    while kept and (length := json_length(kept) - 2) > most:
        kept = kept[: min(len(kept) - 1, len(kept) * most // length)]
    return kept


def json_length(value: object) -> int:
    """Characters of the value as JSON."""
    return len(to_json(value).decode())
