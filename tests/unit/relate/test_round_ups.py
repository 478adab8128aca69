"""A round-up is on many events: it belongs to no story, and its copies are copies all the same."""

import pytest

from semsearch.model.relation import RelationKind
from semsearch.relate.features import features_of
from semsearch.relate.profile import Profile
from semsearch.relate.relate import judge
from semsearch.relate.round_ups import is_round_up
from tests.unit.relate.profiles import profile


@pytest.mark.parametrize(
    "title",
    [
        "5 things to know for July 1: Harbour, Rents, Wildfire ...",
        "Ten Things You Need to Know Today: 4 July 2024 | The Tide",
        "Six things to know on Monday",
        "Seven key things to know this morning",
        "Harbour strike, rents, wildfire: 5 things to know Monday",
        "Harbour strike, rents, wildfire: 5 things to know ...",
        "Harbour strike ends, rents rise: 5 Things podcast",
        "Morning briefing: pilots walk out in Ardle",
        "The Vale's weekly news digest",
        "Daily Wrap-Up: rents, rain, results",
        "Flagpole feat, late ferry: News from around our 50 states",
        "Stocks rise as rates fall: Markets Wrap",
        "The week in Harbour politics",
        "Ferry fares, Per Lind and the lake. It’s Monday’s news.",
        "Cloud Security Center—News and updates for August 2020",
        "Storage updates – September 2020",
        "What's new in Backup",
    ],
)
def test_headlines_of_round_ups(title: str) -> None:
    assert is_round_up(title)


@pytest.mark.parametrize(
    "title",
    [
        "5 things to know about the harbour strike",
        "Five things to watch in the vote on rents",
        "How to watch the debate: 4 things to know",
        "Per Lind, mayor of Ardle: 5 things to know about him",
        "Rents: 5 things to know",
        "Storm Ida, now of category 4: 5 things to know",
        "Bayer's Roundup: jury awards a gardener 80 million",
        "How to watch, stream the debate: 4 things to know",
        "Round-up: cattle are driven south",
        "Five takeaways from the hearing on rents",
        "Live updates: pilots walk out in Ardle",
        "Infections rise for third week in a row",
        "Harbour strike update: talks resume in September",
        "Briefing on the strike ends without a deal",
        "Minister's daily life in ruins after fire",
        "What's new? Nothing, says the minister",
        "Governor seeks briefs in rent case by Monday",
        "Police round up cattle on the northern road",
        "",
    ],
)
def test_headlines_of_one_event(title: str) -> None:
    assert not is_round_up(title)


REPORT = (
    "Pilots of Ferrant Air walked out in Ardle on Friday over rosters, and 212 flights were "
    "cancelled. Their union said that Sunday would follow unless the carrier came back to talks. "
)
OTHERS = (
    "Rents in Dunbeck rose by nine percent. A fire near Sett was put out. The council of Morrow "
    "votes on a swimming hall. The lake at Brindle is open to bathers again. "
)


def article(title: str, text: str, outlet: str) -> Profile:
    return profile(text, title=title, provider=f"{outlet}.example")


def test_a_round_up_reports_no_one_event() -> None:
    report = article("Ferrant Air pilots walk out in Ardle", REPORT, "tide")
    other = article("Pilots of Ferrant Air walk out", REPORT + OTHERS, "post")
    digest = article("Morning briefing: Ferrant Air pilots walk out", REPORT + OTHERS, "post")
    for one, two in ((report, digest), (digest, report)):
        assert features_of(one, two).p_event < 0.01
    plain, rounded = judge(report, other), judge(report, digest)
    assert plain.p_duplicate == pytest.approx(rounded.p_duplicate, abs=0.01)
    assert rounded.probabilities.story <= min(plain.probabilities.story, 0.05)


def test_copies_of_a_round_up_are_copies() -> None:
    one = article("Morning briefing", REPORT + OTHERS, "tide")
    two = article("Morning briefing", REPORT + OTHERS, "post")
    assert judge(one, two).relation is RelationKind.COPY
