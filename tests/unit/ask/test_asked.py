"""What kind of value a question asks for, and which sentences hold one."""

import pytest

from semsearch.ask.answering import Kind, holds, is_cased, kind_asked
from semsearch.text.tokens import terms


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Who founded Determined AI?", Kind.NAME),
        ("who's the mayor of Sett", Kind.NAME),
        ("By whom was the mill bought?", Kind.NAME),
        ("Where is the new bridge?", Kind.PLACE),
        ("In which town did the mill burn?", Kind.PLACE),
        ("When does the ferry return?", Kind.TIME),
        ("Since when has the dam leaked?", Kind.TIME),
        ("Which year did the tram open?", Kind.TIME),
        ("What is the date of the vote?", Kind.TIME),
        ("How many dockers walked out?", Kind.NUMBER),
        ("Hello, please tell me how many dockers walked out", Kind.NUMBER),
        ("Hi! I was wondering, when was Lumen founded?", Kind.TIME),
        ("I'm just curious who bought the mill", Kind.NAME),
        ("Good morning. Does anyone know where the mill is?", Kind.PLACE),
        ("Quick question: how old is the mayor?", Kind.AGE),
        ("Dear editors, could you kindly tell me how many dockers walked out?", Kind.NUMBER),
        ("Hey, remind me who owns the mill", Kind.NAME),
        ("Excuse me, do you happen to know when the ferry returns?", Kind.TIME),
        ("I’d like to know how much the ferry costs", Kind.AMOUNT),
        ("How much does the ferry cost?", Kind.AMOUNT),
        ("By how much did rents rise?", Kind.AMOUNT),
        ("What was the price of the mill?", Kind.AMOUNT),
        ("How long was the strike?", Kind.LENGTH),
        ("How old is the mayor?", Kind.AGE),
        ("Why did the dockers walk out?", None),
        ("What did the mayor say?", None),
        ("When dockers strike", None),
        ("people who left the town where they were born", None),
        ("How does the ferry dock?", None),
        ("Who bought the mill and how much did it cost?", None),
        ("Wer kaufte die Mühle?", None),
        ("please tell me " * 200 + "the fare", None),  # at once, however often it is said
        ("", None),
    ],
)
def test_the_kind_is_read(question: str, kind: Kind | None) -> None:
    assert kind_asked(question) is kind


@pytest.mark.parametrize(
    ("question", "yes", "no"),
    [
        (
            "Who bought the mill in Sett?",
            "The mill in Sett was bought by Ada Lindqvist.",
            "The mill in Sett was bought on the quiet.",
        ),
        (
            "Where did the fire start?",
            "The fire started in a barn near Ardle.",
            "The fire started in a barn.",
        ),
        (
            "When does the ferry return?",
            "The ferry returns on 4 May.",
            "The ferry returns to Lisk.",
        ),
        ("When was it built?", "It was built in 1887.", "It was built by 1,887 men."),
        ("When was it built?", "It was built two years ago.", "It was built of oak."),
        ("How many walked out?", "Some 340 dockers walked out.", "They walked out in May 2021."),
        ("How many walked out?", "Twelve walked out.", "They walked out of Berth B12."),
        ("How much is it?", "It costs 12 crowns.", "It costs less than the old one."),
        ("How much did rents rise?", "Rents rose by 4 per cent.", "Rents rose again."),
        ("How long did it last?", "It lasted nine hours.", "It lasted, they said."),
        ("How long is the bridge?", "The bridge spans 1,200 metres.", "The bridge spans the Sett."),
        ("How old is she?", "Ada Lindqvist, 46, leads it.", "Ada Lindqvist leads it."),
        ("How old is he?", "The 18-year-old was held.", "The boy was held for 18 days."),
    ],
)
def test_a_value_is_told_from_none(question: str, yes: str, no: str) -> None:
    kind = kind_asked(question)
    assert kind is not None
    assert holds(kind, yes, terms(question))
    assert not holds(kind, no, terms(question))


def test_a_text_without_capitals_hides_names_and_no_figures() -> None:
    lowered = "the mill in sett was bought. the u.n. sent men. a vote follows, they said."
    assert not is_cased(lowered)
    assert is_cased("The mill in Sett was bought by Ada Lindqvist. A vote follows in June.")
    assert holds(Kind.NAME, lowered, frozenset(), cased=False)
    assert not holds(Kind.NUMBER, lowered, frozenset(), cased=False)
