from urllib.parse import parse_qsl, urlsplit

from hypothesis import given
from hypothesis import strategies as st

from semsearch.web.links import Link

PAIRS = st.lists(st.tuples(st.sampled_from("abc"), st.text(max_size=8)), max_size=5)


@given(PAIRS)
def test_an_address_says_what_it_is_made_of(pairs: list[tuple[str, str]]) -> None:
    address = str(Link("/", tuple(pairs)))
    assert parse_qsl(urlsplit(address).query, keep_blank_values=True) == pairs
    assert not set(address) & set("<>\"' \n")


@given(PAIRS, st.text(max_size=8))
def test_what_is_put_in_can_be_taken_out(pairs: list[tuple[str, str]], value: str) -> None:
    link = Link("/", tuple(pairs))
    assert link.with_("d", value).without("d") == link
    assert link.with_("d", value).without("d", value) == link
    assert link.with_("d", value).without("d", value + "x") == link.with_("d", value)


def test_half_a_character_does_not_break_an_address() -> None:
    assert str(Link("/", (("q", "\ud800"),))) == "/?q=%3F"
