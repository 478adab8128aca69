"""The tables of alerts: each alert, what is new in it, and who reports the event."""

from collections.abc import Iterable, Iterator

from semsearch.model.watch import Alert
from semsearch.tables import FLAG, NUMBER, NUMBERS, TEXT, TEXTS, TIME, WHOLE, Pair, Table, column

_ABOUT = (
    column("title", TEXT, "Its headline."),
    column("provider", TEXT, "Name of its outlet.", "provider.name"),
    column("provider_domain", TEXT, "Domain of its outlet.", "provider.domain"),
    column("published", TIME, "When it was published; null: unknown."),
    column("story", TEXT, "Id of its story; null: no other article reports the event."),
)

ALERTS = Table("alerts", "What a watch reports of one event, the newest first.", (
    column("id", TEXT, "Id of the alert."),
    column("watch", TEXT, "Id of the watch."),
    column("watch_name", TEXT, "Its name."),
    column("at", TIME, "When the alert was made."),
    column("article", TEXT, "Id of the article that it is about."),
    *_ABOUT,
    column("url", TEXT, "Address of the article; empty where it has none."),
    column("score", NUMBER, "As a search for the question gives it."),
    column("confidence", TEXT, "How sure it is that the article answers: `high`, `low` or `none`."),
    column("passage_field", TEXT, "Field that answers best; null: the watch has no question.",
           "passage.field"),
    column("passage_start", WHOLE, "Where the passage begins in it, in characters.",
           "passage.start"),
    column("passage_end", WHOLE, "Where it ends.", "passage.end"),
    column("passage", TEXT, "The passage.", "passage.text"),
    column("new", TEXTS, "Sentences that the watch had not seen of this event, at most 20.",
           lambda alert: [one.text for one in alert.new]),
    column("reports", TEXTS, "Ids of all articles that the watch has seen with this alert.",
           lambda alert: [one.article for one in alert.reports]),
    column("again", TEXT, "Id of the alert before, of the event or its affair; null: the first."),
    column("read", TIME, "When somebody marked it as read; null: nobody did."),
    column("score_parts", NUMBERS, "What the score is the sum of.",
           lambda alert: list(alert.score_parts.items())),
))  # fmt: skip

ALERT_SENTENCES = Table("alert_sentences", "One sentence that is new in an alert.", (
    column("alert", TEXT, "Id of the alert.", "whole.id"),
    column("article", TEXT, "Id of the article that has it.", "whole.article"),
    column("field", TEXT, "Its field.", "part.field"),
    column("start", WHOLE, "Where the sentence begins in it, in characters.", "part.start"),
    column("end", WHOLE, "Where it ends.", "part.end"),
    column("text", TEXT, "The sentence.", "part.text"),
))  # fmt: skip

ALERT_REPORTS = Table("alert_reports", "One article that reports the event of an alert.", (
    column("alert", TEXT, "Id of the alert.", "whole.id"),
    column("article", TEXT, "Id of the article.", "part.article"),
    column("relation", TEXT, "To the alert's article: `first` for that itself, `copy`, `edited`, "
           "`story`, `related` or `update`.", "part.relation"),
))  # fmt: skip

REPLAYED = Table("replayed_alerts", "What a watch would have reported.", (
    column("article", TEXT, "Id of the article."),
    *_ABOUT,
    column("score", NUMBER, "As a search for the question gives it."),
    column("confidence", TEXT, "How sure it is that the article answers: `high`, `low` or `none`."),
    column("new", TEXTS, "Sentences that were not seen of this event before.",
           lambda alert: list(alert.new)),
    column("reports", TEXTS, "Ids of all articles that joined it.",
           lambda alert: list(alert.reports)),
    column("again", FLAG, "Whether the event, or another of its affair, was reported before."),
))  # fmt: skip


def new_sentences(alerts: Iterable[Alert]) -> Iterator[Pair]:
    """The rows of ``ALERT_SENTENCES``."""
    return (Pair(alert, one) for alert in alerts for one in alert.new)


def reports(alerts: Iterable[Alert]) -> Iterator[Pair]:
    """The rows of ``ALERT_REPORTS``."""
    return (Pair(alert, one) for alert in alerts for one in alert.reports)
