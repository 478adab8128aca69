"""The lineage of a duplicate group: who has the text from whom."""

from collections.abc import Sequence

from semsearch.model.coverage import Descent
from semsearch.model.relation import LineageKind
from semsearch.relate.agencies import credits_of
from semsearch.relate.descent import parents
from semsearch.relate.profile import Profile
from semsearch.relate.relate import compare


def descent(original: Profile, others: Sequence[Profile]) -> tuple[Descent, ...]:
    """From which earlier version each of ``others`` has its text, in their order."""
    return tuple(
        _from(parent, one) for parent, one in zip(parents(original, others), others, strict=True)
    )


def agencies_of(profile: Profile) -> tuple[str, ...]:
    """The news agencies that an article credits, in alphabetical order."""
    return tuple(sorted({credit.agency for credit in credits_of("a", profile.article)}))


def _from(parent: Profile, one: Profile) -> Descent:
    found = compare(parent, one)
    lineage = found.lineage
    return Descent(
        article=one.article.id,
        parent=parent.article.id,
        relation=found.relation,
        # Duplicates of the original need not be duplicates of each other.
        lineage=LineageKind.UNKNOWN if lineage is None else lineage.kind,
        source="" if lineage is None else lineage.source,
        reasons=() if lineage is None else lineage.reasons,
        agencies=agencies_of(one),
    )
