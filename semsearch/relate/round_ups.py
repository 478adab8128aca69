"""Round-ups: one text on many events, such as a morning's briefing or the news of fifty states.

It reports none of them in particular, and shares names and words with each; so it links events
that have nothing to do with one another. Its headline says what it is, in few set forms, which are
known in English alone. An essay that touches many events is not told from one on a single event.
"""

import re

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|march|april|may|june|july|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_WEEKDAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
_TIME = (
    rf"(?:today|tonight|now|right now|this (?:morning|afternoon|evening|week|weekend|{_WEEKDAY})"
    rf"|(?:(?:for|on|before) )?(?:your )?(?:today|{_MONTH}|\d{{1,2}} {_MONTH}|{_WEEKDAY}))"
)
_NUMBER = r"(?:\d{1,2}|three|four|five|six|seven|eight|nine|ten|twelve)"
_ROUND_UP = re.compile(
    # 5 things to know for July 1; Ten things you need to know today
    rf"\b{_NUMBER} (?:\w+ )?(?:things|stories) (?:you (?:need|should|have) )?to know,? {_TIME}"
    # Harbour strike, rents, wildfire: 5 things to know ...; Harbour strike, rents: 5 Things podcast
    rf"|^(?!how )[^:]*,[^:]+: {_NUMBER} things (?:to know ?(?:\.\.\.|…)|podcast\b)"
    # Morning briefing; Weekly news digest
    r"|\b(?:daily|morning|midday|afternoon|evening|nightly|weekly|weekend|monthly) (?:news )?"
    r"(?:brief(?:ing)?|digest|round-?up|rundown|wrap(?:-up)?|recap|crunch|headlines)\b"
    # News in brief; News from around our 50 states
    r"|\bnews (?:round-?up|digest|briefs|briefing|in brief|from around)\b"
    r"|\b(?:markets? wrap|(?:week|month|year) in review)\b|\b(?:top (?:stories|headlines))\b"
    r"|^(?:the|this) week in\b|\bstart your (?:day|week) smart\b|\bthe short list\W*$"
    rf"|\b{_WEEKDAY}['’]s news\W*$"
    # News and updates for August 2020; Updates, September 2020
    rf"|\bnews and updates\b|\bupdates?\W{{1,3}}(?:for )?{_MONTH} \d{{4}}\W*$"
    r"|^what['’]s new (?:in|for|at|with)\b",
    re.IGNORECASE,
)

_LIVE = re.compile(
    r"\blive[- ]?(?:updates?|blog|coverage|ticker)\b|\bas it happened\b|\bminute by minute\b"
    r"|^(?:live|updates|latest)\s*[:|–—-]|[:|–—-]\s*(?:live|(?:latest|live) updates)\W*$",
    re.IGNORECASE,
)


def is_live(title: str) -> bool:
    """Whether a headline says that news is added below it as it comes, as live updates are."""
    return _LIVE.search(title) is not None


def is_round_up(title: str) -> bool:
    """Whether a headline says that its text is on many events.

    "5 things to know about the trial" is on one, and so is a page of live updates.
    """
    return _ROUND_UP.search(title) is not None
