"""Answers of the index as tools give them: shortened, with what can be cited beside each claim."""

from collections.abc import Iterable

from mcp_types import CallToolResult, ContentBlock, ResourceLink, TextContent
from pydantic_core import to_json, to_jsonable_python

from semsearch.mcp import results
from semsearch.mcp.results import NOTICE, Quote, Said, Source, source
from semsearch.model.check import DraftCheck
from semsearch.model.clusters import DuplicatesFound, FoundDuplicate, Stories
from semsearch.model.comparison import Comparison, FactSentence, ProviderView, Span
from semsearch.model.relation import Lineage
from semsearch.model.search import Hit, SearchResults, SimilarResults


def with_links(answer: object, sources: Iterable[Source]) -> CallToolResult:
    """An answer as a tool returns it: typed, as text for clients that take only text, and links.

    In JSON no quoted text can pretend to end its quotation.
    """
    content: list[ContentBlock] = [TextContent(text=to_json(answer).decode())]
    content += [
        ResourceLink(
            uri=one.resource,
            name=one.id,
            title=one.title or one.id,
            description=", ".join(filter(None, (one.outlet, one.published))),
            mime_type="application/json",
        )
        for one in {one.id: one for one in sources}.values()
    ]
    return CallToolResult(content=content, structured_content=to_jsonable_python(answer))


def of_question(found: SearchResults) -> results.SearchAnswer:
    """Hits for a question."""
    return results.SearchAnswer(
        notice=NOTICE,
        question=found.query.text,
        read_as=found.query.interpreted.notes,
        answer_confidence=found.answer_confidence,
        hits=tuple(map(_hit, found.hits)),
        total=found.total,
        left_out={},
        next_page_token=found.next_page_token or "",
    )


def of_similar(found: SimilarResults) -> results.SimilarAnswer:
    """Nearest articles."""
    return results.SimilarAnswer(
        notice=NOTICE, read_as=found.notes, hits=tuple(map(_hit, found.hits)), left_out={}
    )


def _hit(hit: Hit) -> results.FoundArticle:
    passage = hit.passage
    return results.FoundArticle(
        hit.rank,
        hit.score,
        source(hit.article),
        Quote(hit.article.id, passage.field, passage.start, passage.end, passage.text),
        hit.duplicates.ids,
        hit.story.id if hit.story else "",
    )


def of_duplicates(found: DuplicatesFound) -> results.DuplicatesAnswer:
    """Articles with the same text."""
    return results.DuplicatesAnswer(
        notice=NOTICE,
        compared=found.compared,
        duplicates=tuple(map(_same_text, found.duplicates)),
        reason=found.reason,
        left_out={},
    )


def _same_text(one: FoundDuplicate) -> results.SameText:
    lineage = one.lineage
    return results.SameText(
        source(one.article),
        one.relation,
        one.p_duplicate,
        one.shared_words,
        lineage.kind.value if lineage else "",
        _first(lineage),
        lineage.source if lineage else "",
        (*one.rested_on, *(lineage.reasons if lineage else ())),
    )


def _first(lineage: Lineage | None) -> str:
    """Side a of the evidence is the text that was asked about."""
    if lineage is None or lineage.first is None:
        return "unknown"
    return "asked" if lineage.first == "a" else "found"


def of_stories(found: Stories) -> results.StoriesAnswer:
    """A page of stories."""
    return results.StoriesAnswer(
        notice=NOTICE,
        read_as=found.notes,
        stories=tuple(
            results.StoryLine(
                story.id,
                results.shortened(story.title),
                story.size,
                story.origins,
                story.providers,
                story.first_seen,
                story.last_seen,
                story.statement,
            )
            for story in found.stories
        ),
        total=found.total,
        left_out={},
        next_page_token=found.next_page_token or "",
    )


def of_comparison(found: Comparison) -> results.ComparisonAnswer:
    """How outlets tell a story."""
    return results.ComparisonAnswer(
        notice=NOTICE,
        title=results.shortened(found.title),
        answer_confidence=found.answer_confidence,
        read_as=found.notes,
        articles=tuple(map(source, found.articles)),
        outlets=tuple(map(_outlet, found.providers)),
        shared_facts=tuple(_said(fact.sentences) for fact in found.shared_facts),
        not_found=tuple(
            results.NotFound(fact.provider, fact.articles, _said(fact.sentences))
            for fact in found.reported_by_others_not_here
        ),
        shared_sources=tuple(
            results.SharedSource(one.name, one.providers, tuple(map(_quote, one.spans)))
            for one in found.common_upstream
        ),
        evidence=found.evidence,
        left_out={},
    )


def of_check(found: DraftCheck) -> results.CheckAnswer:
    """What the archive holds of a draft."""
    return results.CheckAnswer(
        notice=NOTICE,
        quotations=found.quotations,
        figures=found.figures,
        sentences=found.sentences,
        copied=found.copied,
        articles=tuple(map(source, found.articles)),
        archive=found.archive,
        read_as=found.notes,
        left_out={},
    )


def _outlet(view: ProviderView) -> results.OutletView:
    told = view.sentences
    return results.OutletView(
        view.key,
        view.name or view.domain,
        view.articles,
        view.basis,
        results.moment(view.published, view.precision),
        view.lag_hours,
        tuple(map(_quote, told.only_here_sentences)) if told.against else None,
    )


def _said(sentences: Iterable[FactSentence]) -> tuple[Said, ...]:
    return tuple(Said(one.providers, _quote(one.sentence)) for one in sentences)


def _quote(span: Span) -> Quote:
    return Quote(span.article, span.field, span.start, span.end, span.text)
