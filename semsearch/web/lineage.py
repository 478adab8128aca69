"""The lineage of a group of articles with the same text, as a tree."""

from dataclasses import dataclass

from semsearch.model.clusters import Descent, GroupMember, GroupView

_DEEPEST = 6  # nested lists beyond this would leave no room on a phone


@dataclass(frozen=True, slots=True)
class Branch:
    """An article, how it came by its text, and those that have it from this one."""

    member: GroupMember
    descent: Descent | None
    agencies: tuple[str, ...]
    below: tuple["Branch", ...]


def tree(view: GroupView) -> Branch:
    """The lineage of a group, from its original down; what lies too deep hangs higher up."""
    members = {one.article.id: one for one in view.group.members}
    below: dict[str, list[Descent]] = {}
    for one in view.descent:
        below.setdefault(one.parent, []).append(one)

    def grown(descent: Descent, depth: int) -> tuple[Branch, ...]:
        deeper = [each for one in below.get(descent.article, ()) for each in grown(one, depth + 1)]
        flat = depth >= _DEEPEST
        own = Branch(
            members[descent.article], descent, descent.agencies, () if flat else tuple(deeper)
        )
        return (own, *deeper) if flat else (own,)

    return Branch(
        member=view.group.members[0],
        descent=None,
        agencies=view.agencies,
        below=tuple(each for one in below.get(view.group.original, ()) for each in grown(one, 1)),
    )
