from semsearch.relate.candidates import OPENING_KEYS, WHOLE_KEYS, sketch
from tests.unit.relate.profiles import OTHER, REPORT, paragraphs, profile


def test_the_same_text_has_the_same_keys_under_any_title() -> None:
    assert sketch(profile(REPORT, title="A")) == sketch(profile(REPORT.upper(), title="B"))


def test_keys_are_the_same_in_every_process() -> None:
    keys = sketch(profile("The harbour board of Pellworth voted to close the bridge"))
    assert len(keys) == WHOLE_KEYS + OPENING_KEYS
    assert keys[:2] == (1423228448, 4412813701)


def test_keys_fit_a_signed_column_and_hold_their_place() -> None:
    keys = sketch(profile(REPORT))
    assert [key >> 32 for key in keys] == list(range(WHOLE_KEYS + OPENING_KEYS))
    assert all(0 <= key < 2**63 for key in keys)


def test_a_teaser_an_extension_and_a_cut_meet_their_article() -> None:
    keys = set(sketch(profile(REPORT)))
    assert keys & set(sketch(profile(excerpt=paragraphs(REPORT)[0])))
    assert keys & set(sketch(profile(f"{REPORT}\n\n{OTHER}")))
    assert keys & set(sketch(profile("\n\n".join(paragraphs(REPORT)[2:]))))


def test_other_texts_share_no_key() -> None:
    assert not set(sketch(profile(REPORT))) & set(sketch(profile(OTHER)))


def test_no_text_no_keys() -> None:
    assert sketch(profile()) == ()
    assert sketch(profile("Photos: Guests arrive. Hide Caption 1 of 3")) == ()
