"""Tell sentences that state something from fragments, headings, captions, links and notices.

Only statements are compared. The rules look at one sentence, at how its text is written, and for
author boxes at where it stands; they void a sentence, never a paragraph.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

_MIN_WORDS = 5
_LONG = 12  # words from which a sentence with its end mark is taken to hold a verb
_MAX_CHARS = 1500  # what is longer is a table or a list without full stops
_MOSTLY = 0.5  # of a text's sentences

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
# Scripts that put no blanks between words, or few: there words cannot be counted.
_UNSPACED = re.compile(r"[぀-ヿ㐀-鿿฀-๿가-힣]")
_MIN_UNSPACED = 8  # characters
_CLOSERS = r"[\"'”’»)\]]*"
_ENDED = re.compile(rf"[.!?。！？]{_CLOSERS}$|[.!?,][”\"’']{_CLOSERS}$")
_CUT = re.compile(rf"(?:\.\s?\.\s?\.|…)[\])]?{_CLOSERS}$|\[…\]$")
_OPENS_LOW = re.compile(r"^[\W_]*(?:\.\.\.|…)|^[^\w\"“‘'«(\[$€£#@]*[a-zà-ÿ]+(?![A-Z])\b")
_CAMEL = re.compile(r"^[a-z]+[A-Z]")

# --- where a full stop ends no sentence

_BEFORE_NAMES = (
    "Rep|Reps|Sen|Sens|Gov|Govs|Lt|Gen|Brig|Col|Maj|Capt|Sgt|Cpl|Pvt|Adm|Cmdr|Cdr|Dr|Drs|Mr|Mrs"
    "|Ms|Messrs|Prof|Rev|Fr|Hon|Pres|Supt|Det|Insp|Amb|Atty|Asst|Assoc|St|Ste|Mt|Ft|vs|Msgr|Sec"
)
_ALWAYS = re.compile(rf"(?:^|[\s(\[“\"‘'—–-])(?:{_BEFORE_NAMES}|e\.g|i\.e|cf|al)\.$")
# These may end a sentence as well: the next word decides.
_PERHAPS = re.compile(
    r"(?:^|[\s(\[“\"‘'—–-])(?:(?:[A-Z]\.)*[A-Z]|Inc|Corp|Co|Cos|Ltd|Bros|Jr|Sr|[ap]\.m|Ala|Ariz|Ark|Calif|Colo|Conn|Del|Fla|Ga|Ill|Ind|Kan|Ky|La"
    r"|Md|Mass|Mich|Minn|Miss|Mo|Mont|Neb|Nev|Okla|Ore|Pa|Tenn|Tex|Va|Vt|Wash|Wis|Wyo)\.$"
)
_BEFORE_FIGURES = re.compile(r"\b(?:Nos?|Jan|Feb|Mar|Apr|Aug|Sept?|Oct|Nov|Dec)\.$")
_STARTERS = frozenset(
    """the a an he she it they we you i in on at but and so if when while as this that these those
    there his her its their our my after before since for from by with under over according
    meanwhile however then now what who why how one some many most all no not still yet also
    earlier later last another more both each such other here just though although because
    during despite instead among between only even""".split()
)


def joined(text: str, spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Sentences as they were split, those that were split after an abbreviation made one again."""
    held: tuple[int, int] | None = None
    for start, end in spans:
        if held is not None and _continues(text, held, start, end):
            held = held[0], end
            continue
        if held is not None:
            yield held
        held = start, end
    if held is not None:
        yield held


def _continues(text: str, before: tuple[int, int], start: int, end: int) -> bool:
    if "\n" in text[before[1] : start]:
        return False
    first, next_ = text[before[0] : before[1]], text[start:end]
    word = _WORD.search(next_)
    if word is None:  # a closing mark alone
        return True
    if next_[0].islower() and not _CAMEL.match(next_):
        return True
    if _ALWAYS.search(first):
        return True
    if _BEFORE_FIGURES.search(first) and next_[0].isdigit():
        return True
    return (
        _PERHAPS.search(first) is not None
        and word.start() == 0
        and re.split(r"['’]", word[0].casefold())[0] not in _STARTERS
    )


# --- what states nothing

_LINK = re.compile(
    r"^\W*(?:read (?:more|next|also|the (?:full|rest|whole))|more (?:on|from|about|stories)\b"
    r"|(?:related|recommended)(?: \w+)?\s*:|related video|see also|also (?:see|read)"
    r"|watch(?: (?:the|this|below|live|now))?:?\b(?=[^.]*(?:video|below|here|live|:))|read:"
    r"|must read|click\b|tap here|sign up\b|log in\b|subscribe\b|follow (?:us|him|her|them|me|@)"
    r"|like us|share this|join (?:us|the conversation)|download\b|listen (?:to|now|here)"
    r"|get (?:the|our"
    r"|more|your|usa)\b(?=[^.]*(?:inbox|newsletter|alerts?|app\b|email|delivered))|don['’]t miss"
    r"|advertisement|story continues|continue reading|scroll (?:down|for)|loading|view (?:this"
    r"|more|gallery)|play video|support (?:our|independent)|donate|type:|source:|(?:photo|image"
    r"|picture|graphic|video|caption|credit)s?\s*(?:[:/|(]|by\b|via\b|credit|courtesy"
    r"|illustration|gallery)|file\b\s*[-–—:]|in this (?:\w+\s+){0,4}(?:file )?(?:photo|image"
    r"|picture|still)|chat with|(?:have|got) a (?:tip|question|story)|contact (?:us|the)"
    r"|email (?:us|him|her)|write to\b|reach (?:him|her|us)\b|here(?:['’]s| is| are) (?:what|how"
    r"|the latest|everything)|what (?:you need|we know|to know)|editor['’]?s['’]? note"
    r"|correction\b|clarification\b|updated?\b\s*[:@(\d]|published\b|posted\b|last (?:updated"
    r"|modified)|first published|by\s+[A-Z][\w.'’-]+\s+[A-Z][\w.'’-]+\s*\.?$|copyright|©|\(c\)"
    r"|all rights)",
    re.IGNORECASE,
)
_NOTICE = re.compile(
    r"all rights reserved|earlier version of this|content created by|licensing opportunities"
    r"|(?:line|bar|chart|graph|map)s? (?:above|below|represents?|shows?)\b"
    r"|may not be (?:published|reproduced|republished|broadcast)|permission to (?:republish"
    r"|reprint)|(?:views|opinions) (?:expressed|in this)|(?:opinions|views) of (?:the author"
    r"|its author)|do(?:es)? not (?:necessarily )?(?:represent|reflect) the (?:views|opinion"
    r"|position)|contributed to this (?:report|story|article)|contributed reporting"
    r"|reporting by [A-Z]|editing by [A-Z]|(?:story|article|post|piece|report) (?:has been"
    r"|was) (?:updated|corrected|edited|amended|originally|first)|(?:originally"
    r"|first) appeared (?:on|in|at)|this (?:story|article) is (?:developing|breaking)"
    r"|developing story|breaking news story|check back|our (?:privacy policy|terms|newsletter"
    r"|cookie)|you agree to|our terms of (?:service|use)|use of cookies|we use cookies"
    r"|(?:our|free|daily|weekly|morning|this) (?:\w+ )?newsletters?\b|in your inbox"
    r"|your inbox|sign up (?:here|now|for our)|subscribe (?:now|here|today)|unsubscribe"
    r"|for subscribers only|click (?:here|on"
    r"|the)|follow (?:him|her|them|us|me|\w+(?: \w+)?) on (?:twitter|facebook|instagram)|(?:him"
    r"|her|them|us|me|worth following) on twitter|on twitter (?:at )?@|is on twitter"
    r"|can be (?:reached|contacted|followed|found)|(?:reach|email|contact) \w+ at\b"
    r"|story continues|support for this|donate (?:today|now)|tax.deductible"
    r"|ad(?:vertisement)? (?:feedback|blocker)|enable javascript|your browser|page or section"
    r"|transcript (?:below|has been|may)|rush transcript|click through|(?:podcast"
    r"|episode)s? (?:on|here|below)|this page|comment(?:s)? section|comments below|image source"
    r"|getty images|(?:ap|reuters|afp|file|stock|courtesy|staff|handout) photo"
    r"|photo(?:graph)?s? (?:by (?-i:[A-Z])|via|credit|courtesy|illustration|:)|(?:photo|image|video"
    r"|screenshot|screengrab)(?: (?:by|via|from|credit|courtesy))?\s*[:/]|\((?:ap|photo|image"
    r"|video|screenshot|getty|reuters)\b[^)]*(?:/|photo|image)|/(?:ap|afp|getty|reuters)\b"
    r"|via (?:ap|getty|reuters|storyful)\b|file photo|hide caption|toggle caption|enlarge this"
    r"|pic\.twitter\.com|https?:|www\.|\b\S+@\S+\.\w",
    re.IGNORECASE,
)
# Every notice holds one of these, and few other sentences do: to look for them takes a fiftieth.
_IN_NOTICES = tuple(
    """rights reserved|earlier version of|content created by|licensing opportunities| above| below
    | represent| show|may not be |permission to |views |opinions |the view|the opinion|the position
    |contributed to this|contributed reporting|reporting by |editing by |been updated|was updated
    |been corrected|was corrected|been edited|was edited|been amended|was amended|been originally
    |was originally|been first|was first|appeared |this story is |this article is |developing story
    |breaking news|check back|our privacy|our terms|our cookie|you agree to|use of cookies
    |use cookies|newsletter|your inbox|sign up |subscribe|click |on twitter|on facebook
    |on instagram|can be |reach |email |contact |story continues|support for this|donate |deductible
    | feedback| blocker|enable javascript|your browser|page or section|transcript |rush transcript
    |podcast|episode|this page| section|photo|image|video|screenshot|screengrab|getty|(ap|(reuters
    |/ap|/afp|/reuters|via |caption|enlarge this|pic.twitter|http|www.
    |@""".replace("\n    |", "|").split("|")
)
_READ_AS_OTHERS = re.compile("[ıİſK]")  # letters that "re" takes for i, s and k in any case
# A picture is told in the present tense, and dated with its year.
_CAPTION = re.compile(
    r"\b(?:is|are) (?:seen|pictured|shown)\b|\b(?:attends?|arrives?|speaks?|poses?|walks?|stands?"
    r"|looks? on|waves?|listens?|testif(?:y|ies)|addresses|gestures?|reacts?|holds?|leaves?|meets?)"
    r"\b[^.]*\b[A-Z][a-z]{2,8}\.? \d{1,2}, (?:19|20)\d\d\b"
    # The credit of the picture before it: "REUTERS Residents fill ...", "AP A truck ...".
    r"|^(?:REUTERS|AFP|EPA|GETTY)\s+[A-Z][a-z]*\s|^(?:Reuters|AP)\s+(?:An?|The)\s",
)
_CODE = re.compile(
    r"[{}]|</|/>|\bfunction\s*\(|\bvar \w+\s*=|window\.|document\.|googletag|\]\]|;;"
)
# Links that an outlet's page has run into the name that they follow.
_RUN_IN = re.compile(r"[a-z][A-Z][a-z]+ [^.!?]*\bMORE\b")
_TRADE = (
    "reporter|writer|editor|columnist|fellow|contributor|professor|author|correspondent|host"
    "|analyst|attorney|consultant|strategist|director|founder|president|journalist|producer|intern"
    "|scholar|chairman|member|blogger|lecturer|researcher|executive"
)
_AUTHOR = re.compile(
    rf"^\W*(?:[A-Z][\w.'’-]+\s+){{1,4}}(?:\([^)]*\)\s*)?(?:,[^,]*,\s*)?(?:is|was|are|covers|writes"
    rf"|reports|serves|has been|hosts)\b[^.]*\b(?:{_TRADE}|politics|for\s+[A-Z])"
    r"|^\W*(?:his|her|their|he|she)\s+(?:latest|new|most recent|newest|next|is the author|is also"
    r"|writes|work|book)",
)
_AT_THE_ENDS = 4  # sentences at the end of a text among which its author is presented


def are_statements(texts: Sequence[str], *, english: bool, body: bool) -> list[bool]:
    """Which sentences of one field state something.

    Args:
        texts: All sentences of the field, in order.
        english: Whether the language is English, or not known: elsewhere no verb is looked for.
        body: Whether it is the body: an excerpt may be cut anywhere.
    """
    cased = any(text[:1].isupper() for text in texts) and any(
        letter.islower() for text in texts for letter in text
    )
    ended = [_ENDED.search(text) is not None for text in texts]
    # A text whose sentences mostly carry no end mark is written that way.
    marked = body and sum(ended) > _MOSTLY * len(texts)
    last = len(texts) - _AT_THE_ENDS
    return [
        _is_statement(text, english=english)
        and (not marked or (ended[n] and not _CUT.search(text)))
        and not (body and cased and _opens_low(text))
        and not (body and n >= last and n > 0 and _AUTHOR.search(text))
        for n, text in enumerate(texts)
    ]


def is_whole(text: str) -> bool:
    """Whether a body begins with a sentence and ends with one: nothing says that it was cut."""
    stripped = text.strip()
    if not stripped or _CUT.search(stripped):
        return False
    return _ENDED.search(stripped) is not None and not _opens_low(stripped)


def is_fragment_of_quote(text: str) -> bool:
    """Whether a sentence has a quotation mark that it does not close, or is one without speaker."""
    return (
        text.count("“") != text.count("”")
        or text.count('"') % 2 == 1
        or (text[:1] in '“"‘' and text[-1:] in '”"’')
    )


def words_in(text: str) -> list[str]:
    """The words of a sentence as they are written."""
    return _WORD.findall(text)


def _opens_low(text: str) -> bool:
    return _OPENS_LOW.search(text) is not None and not _CAMEL.match(text)


def _is_statement(text: str, *, english: bool) -> bool:
    if len(text) > _MAX_CHARS or _CODE.search(text) or _RUN_IN.search(text):
        return False
    if _UNSPACED.search(text):
        return len(text) >= _MIN_UNSPACED
    words = words_in(text)
    if len(words) < _MIN_WORDS:
        return False
    if not english:
        return True
    return not is_notice(text) and _has_verb(words)


def is_notice(text: str) -> bool:
    """Whether a sentence is a link, a caption or a notice of its page, in English."""
    if _LINK.search(text) or _CAPTION.search(text):
        return True
    return _may_be_notice(text) and _NOTICE.search(text) is not None


def _may_be_notice(text: str) -> bool:
    lowered = text.lower()
    return any(part in lowered for part in _IN_NOTICES) or _READ_AS_OTHERS.search(text) is not None


# --- verbs


_FINITE = frozenset(
    """is are was were am be been being has have had do does did will would can could may might
    shall should must cannot won't wouldn't can't couldn't don't doesn't didn't isn't aren't wasn't
    weren't hasn't haven't hadn't shouldn't mustn't ain't let's that's it's he's she's there's
    what's who's here's i'm we're they're you're i've we've they've you've i'll we'll they'll
    he'll she'll it'll you'll i'd we'd they'd he'd she'd you'd
    said says say told tells tell asked asks wrote writes went goes go came comes come got gets
    get gave gives give made makes make took takes take saw sees see knew knows know thought thinks
    think found finds find left leaves leave felt feels feel kept keeps keep began begins begin
    held holds hold brought brings bring stood stands stand set sets put puts met meets meet paid
    pays pay led leads lead lost loses lose won wins win fell falls fall rose rises rise grew grows
    grow sent sends send built builds build broke breaks break spoke speaks speak spent spends
    spend drew draws draw drove drives drive ran runs run sat sits sit sold sells sell bought buys
    buy caught taught fought fights fight sought seeks seek shot shoots hit hits cut cuts let lets
    hurt read reads cost costs quit quits beat beats shut shuts became becomes become chose chooses
    flew flies forced froze hid lay lies lay rode rang sang sank shook slept slid spun stole struck
    swore swept swam tore threw throws wore woke wound bet bid cast spread split thrust upset
    meant means mean sounded looks look seems seem appears appear remains remain needs need wants
    want believes believe argues argue adds add calls call claims claim shows show plans plan
    expects expect hopes hope says notes note warns warn vows vow faces face backs back opposes
    oppose supports support includes include contains contain follows follow marks mark works work
    lives live plays play moves move opens open closes close starts start ends end turns turn helps
    help keeps tries try uses use depends depend belongs belong concerns requires require allows
    allow continues continue dies die kills kill denies deny knows insists insist suggests suggest
    represents represent reveals reveal proves prove provides provide deserves deserve likes like
    loves love hates hate cares care matters matter happens happen hails heard hears hear stays
    stay suffers""".split()
)
_SHORTEST_PAST = 5  # letters, as of "asked"
_NO_VERBS = frozenset(
    "united hundred red bed indeed need seed speed feed breed shed sacred".split()
)


def _has_verb(words: Sequence[str]) -> bool:
    """Whether there is a finite verb among words, by its form; a long sentence has one."""
    if len(words) >= _LONG:
        return True
    lowered = [word.replace("’", "'") for word in words]
    return any(
        word.casefold() in _FINITE
        or "n't" in word
        or ("'" in word and word.casefold().partition("'")[0] in _PRONOUNS)
        or (
            word.islower()
            and word.endswith("ed")
            and len(word) >= _SHORTEST_PAST
            and word not in _NO_VERBS
        )
        for word in lowered
    )


_PRONOUNS = frozenset("i he she it we you they that there here who what this let'".split())
