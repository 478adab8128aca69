"""Filters in the terms of the engines beyond this process: SQL over ``documents``, and Milvus.

Both take conditions as ``store.milvus.documents.coded`` gives them, so values are numbers.
"""

from sqlalchemy import ColumnElement, and_, exists, false, not_, or_, true

from semsearch.model.filters import AllOf, AnyOf, Attribute, Between, Condition, Not, OneOf
from semsearch.store.catalog.search_schema import OPEN, document_topics, documents

_NEVER = f"added > {OPEN}"
_ALWAYS = f"added < {OPEN}"


def as_sql(condition: Condition) -> ColumnElement[bool]:
    """Whether a row of ``documents`` satisfies a condition; never NULL."""
    match condition:
        case AllOf(conditions):
            return and_(true(), *(as_sql(part) for part in conditions))
        case AnyOf(conditions):
            return or_(false(), *(as_sql(part) for part in conditions))
        case Not(inner):
            return not_(as_sql(inner))
        case Between(attribute, low, high):
            value = documents.c[attribute.value]
            bounds = [value != -OPEN]
            if low is not None:
                bounds.append(value >= low)
            if high is not None:
                bounds.append(value < high)
            return and_(*bounds)
        case OneOf(attribute, values):
            codes = [int(value) for value in values]
            if attribute is Attribute.TOPIC:
                return exists().where(
                    document_topics.c.article_pk == documents.c.article_pk,
                    document_topics.c.code.in_(codes),
                )
            return or_(*(documents.c[name].in_(codes) for name in _columns(attribute)))


def as_milvus(condition: Condition) -> str:
    """A boolean expression of Milvus over the fields of a passage."""
    match condition:
        case AllOf(conditions):
            return _joined(" and ", [as_milvus(part) for part in conditions]) or _ALWAYS
        case AnyOf(conditions):
            return _joined(" or ", [as_milvus(part) for part in conditions]) or _NEVER
        case Not(inner):
            return f"not ({as_milvus(inner)})"
        case Between(attribute, low, high):
            name = attribute.value
            bounds = [f"{name} != {-OPEN}"]
            if low is not None:
                bounds.append(f"{name} >= {low}")
            if high is not None:
                bounds.append(f"{name} < {high}")
            return _joined(" and ", bounds)
        case OneOf(attribute, values):
            if not values:
                return _NEVER
            codes = ", ".join(values)
            if attribute is Attribute.TOPIC:
                return f"array_contains_any(topics, [{codes}])"
            return _joined(" or ", [f"{name} in [{codes}]" for name in _columns(attribute)])


def _columns(attribute: Attribute) -> tuple[str, ...]:
    """A provider is named by its domain or by its name."""
    return ("domain", "name") if attribute is Attribute.PROVIDER else (attribute.value,)


def _joined(word: str, parts: list[str]) -> str:
    return word.join(f"({part})" for part in parts)
