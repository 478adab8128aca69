"""What a text puts between quotation marks: the words of another."""

import re
from collections.abc import Iterator

# A paragraph may leave its quotation open for the next one to go on. Single marks are apostrophes,
# too: they open before a word and close after one.
_QUOTATION = re.compile(
    r"“[^“”\n]+(?:”|(?=\n|$))"
    r"|„[^„“”\n]+(?:[“”]|(?=\n|$))"
    r"|«[^«»\n]+(?:»|(?=\n|$))"
    r"|「[^「」\n]+」|『[^『』\n]+』"
    r"|(?<!\w)\"(?=\S)[^\"\n]+(?:\"(?!\w)|(?=\n|$))"
    r"|(?<![\w’'])[‘'](?=\w)(?:[^\n‘’'“”\"]|(?<=\w)[’'](?=\w)){8,800}[’'](?!\w)"
)


def quotations(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each quotation, marks included, in order; none within another."""
    for match in _QUOTATION.finditer(text):
        yield match.span()
