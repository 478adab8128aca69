"""What a question leaves out: "-word", "NOT (a OR b)", "without X", "that do not mention X".

What only tells of something ("left without water", "is not about money", "nothing but hydrogen")
leaves nothing out; where it may have been meant as an exclusion, a note says how to write one.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import chain

from semsearch.ask.terms import STOP_WORDS
from semsearch.ask.wording import FIELDS, HELD, Held, Wish, is_shouted

_A_WORD = r"(?P<word>[\ue000-\ue0ff]|[^\W\d_][\w'’.&-]*\w|[^\W\d_])"
_ABOUT = r"(?:about|on|at|in|from|by|of|near|involving|including|concerning|regarding|mentioning)"
# A dash that comes again behind a word parts a sentence: "the plan –they say– failed".
_MINUS = r"(?<![^\s(,])(?:--?|[−‐‑－]|–(?![^–]*\w[,.]?–))"
_LEFT_OUT = re.compile(
    rf"(?:{_MINUS}|(?:\bAND\s+)?\b(?:NOT:?\s+)+(?!NOT\b|{_ABOUT}\b|{FIELDS}\s*:)(?:the\s+)?){_A_WORD}(?!\w|:\S)"
)
# A field that questions do not have: "-title:hydrogen".
_LEFT_OUT_FIELD = re.compile(
    rf"{_MINUS}(?!{FIELDS}\b)[^\W\d_]+:(?P<value>[^\s,;?!()]+)", re.IGNORECASE
)
_MINUS_NUMBER = re.compile(r"(?<!\S)[-−]\d[\w.,]*")

# --- groups ---------------------------------------------------------------------------------------

_GROUP = re.compile(
    rf"(?P<no>{_MINUS}|\b(?:(?:but|and)\s+)?(?:not|without|except(?:\s+for)?|excluding)\s*)?"
    rf"(?P<field>\b{FIELDS}\s*[:=]\s*)?[(\[{{](?P<inner>[^()\[\]{{}}]+)[)\]}}]",
    re.IGNORECASE,
)
_ALTERNATIVES = re.compile(r"\s*(?:\bor\b|\||,|;)\s*", re.IGNORECASE)
_BRACKET = re.compile(r"[(\[{]")
_GROUPED = re.compile(r"[^\W_][\w'’-]*")
_BOOLEAN = ("AND", "OR", "NOT")
_MAX_ALTERNATIVE = 5


def spread_groups(held: Held, text: str) -> tuple[Held, str]:
    """A question with each group that is left out written word by word: "NOT (a OR b)" is "-a -b".

    The same holds for alternatives of a field: "topic:(A OR B)". Several words of an alternative
    are one phrase.
    """
    if not _BRACKET.search(text):
        return held, text
    phrases = list(held.phrases)

    def spread(match: re.Match[str]) -> str:
        parts = [part.strip() for part in _ALTERNATIVES.split(match["inner"])]
        few = all(0 < len(part.split()) <= _MAX_ALTERNATIVE for part in parts)
        if not few or (match["no"] is None and match["field"] is None):
            return match[0]
        in_words = (match["no"] or "-")[:1].islower()
        if len(parts) == 1 and (" " in parts[0] or in_words) and match["field"] is None:
            return match[0]  # neither of both, or not both together; "not (yet) approved"
        marked = []
        for part in parts:
            name = part
            if " " in part and ":" not in part and not HELD.search(part):
                name = held.add(phrases, part)
            marked.append(("-" if match["no"] else "") + (match["field"] or "").strip() + name)
        return f" {' '.join(marked)} "

    left = _GROUP.sub(spread, text)
    return Held(left, tuple(phrases)), left


def _unread_groups(text: str) -> list[str]:
    """Groups in brackets that are not read, in sentences."""
    notes = []
    for match in _GROUP.finditer(text):
        words = [one for one in _GROUPED.findall(match["inner"]) if one not in _BOOLEAN]
        if len(words) > 1 and match["no"] and not match["no"][:1].islower():
            minus = " ".join(f"-{word}" for word in words)
            notes.append(
                f'"{match[0].strip()}" is searched as words; to leave out articles that hold any of'
                f" them, write {minus}."
            )
    return notes


# --- operators ------------------------------------------------------------------------------------


def read_minus(
    held: Held, text: str, outlet_at: Callable[[str, int], int]
) -> tuple[str, list[Wish], list[str], list[str]]:
    """What "-word", '-"a phrase"' and "NOT word" leave out.

    ``outlet_at`` gives where the name of an outlet that begins at a place ends; the place if none
    does.

    Returns:
        The text without it, words, names of outlets, and what cannot be read, in sentences.
    """
    wishes: list[Wish] = []
    outlets: list[str] = []
    notes: list[str] = []
    shouted = is_shouted(held, text)
    place, left = 0, ""
    for match in _LEFT_OUT.finditer(text):
        start = match.start("word")
        if match.start() < place:
            continue
        exact = bool(HELD.fullmatch(match["word"]))
        word = held.phrase(match["word"]) if exact else match["word"]
        if "NOT" in match[0][: start - match.start()] and (
            shouted or _follows_auxiliary(text[: match.start()])
        ):
            notes.append(_not_read(held.quoted(match[0]), Wish(word, exact)))
            continue
        end = outlet_at(text, start)
        if end > start:
            outlets.append(text[start:end])
        if end <= match.end("word"):
            end = match.end("word")
            wishes.append(Wish(word, exact))
        left += text[place : match.start()] + " "
        place = end
    left += text[place:]
    notes += _unread_groups(left) if _BRACKET.search(left) else []
    for match in _LEFT_OUT_FIELD.finditer(left):
        exact = bool(HELD.fullmatch(match["value"]))
        notes.append(_not_read(held.quoted(match[0]), Wish(held.plain(match["value"]), exact)))
    notes += [
        f'"{number[0]}" is searched as a number; to leave it out write -"{number[0][1:]}".'
        for number in _MINUS_NUMBER.finditer(left)
    ]
    return left, wishes, outlets, notes


# --- words ----------------------------------------------------------------------------------------

_AUXILIARY = (
    r"(?:is|are|was|were|be|been|being|am|do|does|did|has|have|had|will|would|can|could|should|may"
    r"|might|must|shall|isn['’]t|it['’]s|that['’]s|he['’]s|she['’]s|they['’]re|we['’]re|why|left|go|goes"
    r"|went|gone|live|lives|lived|living|stay|stayed|remain|remained|manage|managed|get|gets|got"
    r"|survive|survived|die|died|work|works|worked|spend|spent)"
)
_FOLLOWS_AUXILIARY = re.compile(rf"\b{_AUXILIARY}(?:\s+\w+){{0,3}}\s*$", re.IGNORECASE)
_ASKS = re.compile(
    r"\W*(?:is|are|was|were|do|does|did|has|have|had|will|would|can|could|should|may|might|must|why)\b",
    re.IGNORECASE,
)
_ASKS_HOW = re.compile(rf"{_ASKS.pattern}|\W*(?:what|how|who|when)\b", re.IGNORECASE)
_RESULTS = (
    r"(?:articles?|stories|story|news|reports?|coverage|pieces?|posts?|texts?|items?|results?"
    r"|everything|anything|something|those|ones?)"
)
_ANY = (
    r"(?:everything|anything|everywhere|anywhere|all|(?:any|every|all)\s+(?:other\s+)?(?:articles?|stor(?:y|ies)"
    r"|news|reports?|topics?|subjects?|outlets?|papers?|newspapers?|sources?|sites?|places?|towns?"
    r"|cit(?:y|ies)|countr(?:y|ies)))"
)
_ON_WHAT = rf"(?:\s+{_RESULTS})?(?:\s+(?:about|on|from|at|in|mentioning))?"
_CUE = re.compile(
    r"(?:,\s*)?\b(?:"
    r"(?P<mention>(?:without|with\s+no|but\s+no|not)\s+(?:any\s+|a\s+)?(?:mention(?:s|ing)?|references?)(?:\s+(?:of|to))?"
    r"|not\s+(?:related|relating|connected|pertaining)\s+to|unrelated\s+to"
    r"|(?:(?:that|which)\s+(?:has|have)\s+)?nothing\s+to\s+do\s+with)"
    r"|(?P<clause>(?:that|which)\s+(?:(?:do|does|did)(?:\s+not|n['’]t)\s+(?:mention|contain|include|hold|concern"
    r"|involve|discuss|cover|name)|(?:are|is|were|was)(?:\s+not|n['’]t)\s+(?:about|on|from|by|in|at|of)))"
    rf"|(?P<wish>(?:I\s+)?(?:do\s+not|don['’]t)\s+(?:want|need|show|include|give)(?:\s+(?:me|us))?"
    rf"(?:\s+to\s+(?:see|read|hear|know))?{_ON_WHAT}"
    rf"|(?:exclude|omit|skip|ignore|disregard|forget(?:\s+about)?|hide|avoid|remove|drop|leave\s+out|filter\s+out){_ON_WHAT}"
    rf"|nothing\s+(?:about|on|from)|no\s+{_RESULTS}\s+(?:about|on|with|from|mentioning))"
    rf"|(?P<negated>(?:(?:but|and)\s+)?not\s+(?:(?!ones?\b){_RESULTS}\s+)?(?P<about>{_ABOUT}))"
    r"|(?P<but>(?:but|and)\s+not|(?<=,\s)not|(?<=[(\[;])\s?not|not(?=\s+[\ue000-\ue0ff]))"
    rf"|(?P<all>(?:{_ANY}|(?:every|any)thing\s+else(?=\s+(?:but|than|except)\b))\s+(?:than|but|except(?:\s+for)?|(?<!\ball\s)(?:bar|save(?:\s+for)?))(?:\s+(?:those\s+)?(?:about|on))?)"
    r"|(?P<except>except(?:ing)?(?:\s+(?:for|those|articles|news))*(?:\s+(?:about|on|at|in|from))?"
    r"|with\s+the\s+exception\s+of|(?<=,\s)save\s+for|other\s+than|apart\s+from|aside\s+from)"
    r"|(?P<leaving>excluding|omitting|ignoring|leaving\s+out)"
    r"|(?P<neither>neither(?=\s+[\ue000-\ue0ff]))"
    r"|(?P<without>without)):?\s+(?:(?:the|those|all)\s+)?",
    re.IGNORECASE,
)
_UNREAD = re.compile(
    r"(?:\b(?:outside(?:\s+of)?|rather\s+than|instead\s+of|minus|sans|no\s+mention\s+of|nothing\s+about"
    r"|never\s+about|neither(?=\s+[^\s,]+\s+nor\b)|besides"
    r"|(?:that|which)\s+(?:do|does)(?:\s+not|n['’]t)\s+(?:mention|contain|include)"
    r"|(?:are|is|were|was)n['’]t\s+about"
    r"|ohne|außer|sauf|excepto|senza|eccetto|zonder|behalve)\s+"
    r"|(?<!\S)(?:—|!))(?:(?:the|an?|any)\s+)?" + _A_WORD,
    re.IGNORECASE,
)
_LEAVE_OUT = re.compile(
    rf"\bleave\s+(?:(?:the|an?|any)\s+)?{_A_WORD}\s+(?:out|aside)\b(?!\s+of\b)", re.IGNORECASE
)
# "not" and "no" before a word may tell anything: said only where no article says the same.
_UNREAD_NOT = re.compile(
    rf"(?<![\w'’-])(?:not\s+(?:the\s+)?{_A_WORD}"
    r"|(?:that|which)\s+(?:is|are)(?:\s+not|n['’]t)\s+(?:the\s+)?"
    rf"{_A_WORD.replace('word', 'clause')}"
    rf"|no\s+(?:more\s+)?{_A_WORD.replace('word', 'thing')})"
    r"(?=\s+but\b|(?:\s+(?:or|and|nor)\s+\w+)?\s*,?\s*(?:please\b)?\W*$)"
    rf"|^no\s+{_A_WORD.replace('word', 'first')}(?=\s*[,;:])"
    rf"|(?<![\w'’-])non[-‐‑]{_A_WORD.replace('word', 'non')}"
    r"|(?<![\w'’-])(?P<free>[^\W\d_]{3,})[-‐‑]free\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[\ue000-\ue0ff]|[^\W_][\w'’&.-]*")
_ENDS = re.compile(
    r"[,;:?!()]|\.(?:\s|$)|\b(?:in|on|at|for|from|to|by|with|about|but|that|which|who|whose|during|since"
    r"|before|after|over|under|until|is|are|was|were|do|does|did|has|have|had|will|would|can|could"
    r"|should|may|not|as|than|because|when|where|how|why|what|please|this|last|next|past|yesterday"
    r"|today)\b",
    re.IGNORECASE,
)
_MORE = re.compile(r"\s*(?:,\s*)?\b(?:and|or|nor)\b\s+(?:the\s+)?", re.IGNORECASE)
_COMMA = re.compile(
    r"\s*,\s+(?=(?:[\w'’&.-]+\s+){0,2}[\w'’&.-]+\s*(?:,|\b(?:and|or|nor)\b))", re.IGNORECASE
)
_NO_THING = re.compile(
    r"(?:a|an|any|being|having|me|us|it|them|him|her)\b|\w+ing\b(?!\s)", re.IGNORECASE
)
# "not only", "but not yet": they say nothing of what is left out.
_NOT_A_THING = frozenset(
    """only just merely simply solely yet least always enough quite necessarily limited both too so
    without even because if unless more less much very again to a an all every everyone everybody
    guilty far near sure""".split()
)
_SET_PHRASES = frozenset(
    """doubt question fail exception delay warning notice precedent end parallel incident success
    trial charge pay ado limit limits borders cause consent permission evidence hesitation
    reservation saying reason exaggeration""".split()
)
_NUMBER = re.compile(
    r"(?:\d|one|two|three|four|five|six|seven|eight|nine|ten|a|an|some|few|certain|over|dead|gone)\b",
    re.IGNORECASE,
)
_NONE_BEFORE = re.compile(
    r"\b(?:nothing|none|no\s*one|nobody|nowhere|never|not|or|(?:no|little|few)(?:\s+\w+){1,2})\s*$",
    re.IGNORECASE,
)
_ALL_BUT_BEFORE = re.compile(rf"\b(?:{_AUXILIARY}|the|an?|this|that)$", re.IGNORECASE)
_SUBJECTS = ("about", "involving", "including", "concerning", "regarding", "mentioning")
_BUT_BEFORE = re.compile(r"\b(?:but|please)\s*$", re.IGNORECASE)
_ALONE_BEFORE = re.compile(
    r"(?:^|[,;.:(]|\s[-–—]|,\s+(?:and|just)|\b(?:but|please))\s*$", re.IGNORECASE
)
_MAX_WORDS = 5


def read_exclusions(
    held: Held, text: str, stands: Callable[[str], bool]
) -> tuple[str, list[Wish], list[str]]:
    """What "without X", "except X", "not about X" leave out.

    Args:
        held: The phrases.
        text: The question.
        stands: Whether words stand one after the other in any article: where articles themselves
            say "without phones", the question tells of that.

    Returns:
        The text without it, the words, and what was not read as an exclusion, in sentences.
    """
    wishes: list[Wish] = []
    notes: list[str] = []
    place, left = 0, ""
    for match in _CUE.finditer(text):
        if match.start() < place:
            continue
        things, end = _things(held, text, match, stands)
        if not things:
            continue
        kind = match.lastgroup or ""
        before = text[: match.start()].rstrip()
        comma = "," if match[0].startswith(",") else ""
        cue = match[kind]
        told = _TELLS[kind](_Said(before, cue, match["about"] or "", things[0], stands, comma))
        if told is not None:
            if told:
                words = held.quoted(text[match.start() : end]).strip(" ,")
                notes.append(_not_read(words, things[0]))
            continue
        wishes += things
        left += text[place : match.start()] + " "
        place = end
    left += text[place:]
    notes += _unread(held, left, stands)
    return re.sub(r"[(\[]\s*[)\]]", " ", left), wishes, list(dict.fromkeys(notes))


def _unread(held: Held, text: str, stands: Callable[[str], bool]) -> list[str]:
    """What may be meant as an exclusion and is none, in sentences."""
    notes = []
    for match in chain(_UNREAD.finditer(text), _LEAVE_OUT.finditer(text)):
        thing = Wish(held.plain(match["word"]), bool(HELD.fullmatch(match["word"])))
        notes.append(_not_read(held.quoted(match[0]), thing))
    for match in _UNREAD_NOT.finditer(text):
        word = match[match.lastgroup or 0]
        thing = Wish(held.plain(word), bool(HELD.fullmatch(word)))
        before = text[: match.start()]
        tells = (
            _follows_auxiliary(before)
            or _NONE_BEFORE.search(before)
            or re.search(r"\b(?:if|whether|why|of|to|than|says?|said)\s*$", before, re.IGNORECASE)
            or thing.words.lower() in _NOT_A_THING | STOP_WORDS
            or re.search(r"(?:ing|ed)$", thing.words)
            or (match.lastgroup in ("non", "free") and not stands(word))  # "tax-free"
        )
        if not tells and not stands(held.plain(match[0])):
            notes.append(_not_read(held.quoted(match[0]), thing))
    return notes


def _not_read(words: str, thing: Wish) -> str:
    name = re.sub(r"^(?:a|an|any|the)\s+", "", thing.words, flags=re.IGNORECASE)
    minus = f'-"{name}"' if thing.exact or " " in name else f"-{name}"
    return f"{words!r} is searched as words; to leave articles out that hold it, write {minus}."


def _follows_auxiliary(before: str) -> bool:
    return bool(_FOLLOWS_AUXILIARY.search(before))


@dataclass(frozen=True, slots=True)
class _Said:
    """A cue: what stands before it, how it is written, and the first thing behind it.

    ``comma`` stands right before it, or nothing.
    """

    before: str
    cue: str
    about: str
    thing: Wish
    stands: Callable[[str], bool]
    comma: str

    @property
    def first(self) -> str:
        """The first word of the thing, in lower case."""
        return self.thing.words.split()[0].lower()

    @property
    def follows_auxiliary(self) -> bool:
        return _follows_auxiliary(self.before)


# Each says whether a cue tells of what happened and leaves nothing out. None: it leaves something
# out. False: it tells, and nobody could mean an exclusion, so nothing is said of it.


def _mention_tells(said: _Said) -> bool | None:
    return True if said.follows_auxiliary else None


def _clause_tells(said: _Said) -> bool | None:
    """The treaty that does not mention X is told of; articles that do not are asked for."""
    return None if re.search(rf"\b{_RESULTS}\b", said.before, re.IGNORECASE) else True


def _wish_tells(said: _Said) -> bool | None:
    """Such as "Ministers ignore warnings"; behind a comma it asks, but where articles say the same.

    "Dockers walk out, ignore court order" is a headline where an article ignores a court order.
    """
    cue, before = said.cue.lower(), said.before + said.comma
    alone = _ALONE_BEFORE.search(before) is not None
    if cue.startswith(("avoid", "remove", "drop", "hide")):
        if _BUT_BEFORE.search(before):
            return None
        of_place = re.search(r"\s(?:in|at|on|from)$", cue)  # "prices, drop in oil"
        says_so = said.stands(f"{said.cue} {said.thing.words}")
        return bool(before) and alone and not (of_place or says_so)
    if alone and said.comma and said.stands(f"{said.cue} {said.thing.words}"):
        return True
    if alone:
        return None if before or cue.startswith(("i ", "do", "don")) else True
    if cue.startswith(("skip", "ignore", "disregard")):
        return not (
            said.follows_auxiliary
            or _ASKS_HOW.match(before)
            or said.stands(f"{said.cue} {said.thing.words}")
        )
    return cue.startswith(("exclude", "omit", "leave", "filter")) and not re.search(
        rf"\b(?:{_AUXILIARY}|to|not|who|they|we|i|and)$", before, re.IGNORECASE
    )


def _negation_tells(said: _Said) -> bool | None:
    """Such as "Is not about X", "not in my street"; a place has a capital."""
    if not said.thing.exact and said.first in _NOT_A_THING:
        return False
    is_name = said.thing.exact or said.thing.words[:1].isupper()
    if said.follows_auxiliary or not (said.about.lower() in _SUBJECTS or is_name):
        return True
    return None


def _contrast_tells(said: _Said) -> bool | None:
    """Such as "Was it X, not Y?"."""
    if not said.thing.exact and said.first in _NOT_A_THING:
        return False
    told = _ASKS.match(said.before) or (said.thing.exact and said.follows_auxiliary)
    return True if told else None


def _all_but_tells(said: _Said) -> bool | None:
    """Such as "All but dead", "anything but easy", "all but two buses"."""
    counted = _NUMBER.match(said.thing.words) and not said.thing.exact
    return False if counted or _ALL_BUT_BEFORE.search(said.before) else None


def _except_tells(said: _Said) -> bool | None:
    """Such as "Nothing but X"."""
    return False if _NONE_BEFORE.search(said.before) else None


def _leaving_tells(said: _Said) -> bool | None:
    """Such as "Is excluding X", "accused of ignoring X"."""
    if said.cue.lower() == "excluding":
        before = re.search(r"\b(?:of|for|by|from|on)$", said.before)
        told = said.follows_auxiliary or before is not None
    else:
        told = not _ALONE_BEFORE.search(said.before)
    return True if told else None


def _without_tells(said: _Said) -> bool | None:
    """Such as "Jailed without trial", "Doctors Without Borders", "how to live without X"."""
    thing = said.thing
    first = re.sub(r"^(?:an?|any|the)\s+", "", thing.words.lower()).split()[0]
    if not thing.exact and (first in _SET_PHRASES or _NONE_BEFORE.search(said.before)):
        return False
    if said.before and said.cue.istitle():
        return False  # a name
    asks = said.before and _ASKS_HOW.match(said.before)
    tells_of = not thing.exact and (asks or _NO_THING.match(thing.words))
    done = said.follows_auxiliary or re.search(r"\w{2}(?:ed|ing)$", said.before)
    return True if done or tells_of or said.stands(f"without {thing.words}") else None


_TELLS: Mapping[str, Callable[[_Said], bool | None]] = {
    "mention": _mention_tells,
    "clause": _clause_tells,
    "wish": _wish_tells,
    "negated": _negation_tells,
    "but": _contrast_tells,
    "all": _all_but_tells,
    "except": _except_tells,
    "leaving": _leaving_tells,
    "neither": lambda _: None,
    "without": _without_tells,
}


def _things(
    held: Held, text: str, cue: re.Match[str], stands: Callable[[str], bool]
) -> tuple[list[Wish], int]:
    """The things that are named behind a cue: "hydrogen", "the hydrogen plant or wind"."""
    things: list[Wish] = []
    place = end = cue.end()
    lists = cue.lastgroup in ("all", "except", "negated", "leaving")
    while True:
        thing, after = _thing(held, text, place, stands)
        if thing is None:
            return things, end
        things.append(thing)
        end = after
        more = _MORE.match(text, end) or (_COMMA.match(text, end) if lists else None)
        if more is None:
            return things, end
        place = more.end()


def _thing(
    held: Held, text: str, start: int, stands: Callable[[str], bool]
) -> tuple[Wish | None, int]:
    """One thing: a phrase, or as many words as stand together in any article."""
    first = _WORD.match(text, start)
    if first is None or _ENDS.match(text, start):
        return None, start
    if HELD.fullmatch(first[0]):
        return Wish(held.phrase(first[0]), exact=True), first.end()
    words: list[str] = []
    ends: list[int] = []
    place = start
    while len(words) < _MAX_WORDS:
        word = _WORD.match(text, place)
        if word is None or _ENDS.match(text, place) or _MORE.match(text, place):
            break
        if HELD.fullmatch(word[0]):
            break
        written = word[0].rstrip(".'’")
        words.append(written)
        ends.append(place + len(written))
        gap = re.match(r"[ ]+", text[ends[-1] :])
        if gap is None:
            break
        place = ends[-1] + len(gap[0])
    least = next((n for n, word in enumerate(words, 1) if word.lower() not in STOP_WORDS), None)
    if least is None:
        return None, start
    sizes = range(len(words), least - 1, -1)
    size = next((size for size in sizes if stands(" ".join(words[:size]))), len(words))
    return Wish(" ".join(words[:size]), exact=False), ends[size - 1]
