import pytest

from semsearch.model.address import anchor_of, canonical_url


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        pytest.param("https://a.example/%7Euser/%c3%bc", "a.example/~user/%C3%BC", id="escapes"),
        pytest.param("https://a.example/ü", "a.example/%C3%BC", id="letters"),
        pytest.param("https://a.example/x%2Fy", "a.example/x%2Fy", id="escaped-slash-is-no-slash"),
        pytest.param("https://a.example/x/./y/../z", "a.example/x/z", id="dots"),
        pytest.param("https://a.example/../../x", "a.example/x", id="above-the-root"),
        pytest.param("https://a.example/..", "a.example", id="root"),
        pytest.param("https://a.example/.well-known", "a.example/.well-known", id="dot-name"),
        pytest.param("https://MÜNCHEN.example/x", "xn--mnchen-3ya.example/x", id="idn"),
        pytest.param("https://xn--mnchen-3ya.example/x", "xn--mnchen-3ya.example/x", id="ascii"),
        pytest.param("https://www.straße.example", "xn--strae-oqa.example", id="sharp-s"),
        pytest.param("https://a.example/#!/story/1/", "a.example#!/story/1", id="hash-bang"),
        pytest.param("https://a.example/m?b=1&a=2#/2024/17", "a.example/m?a=2&b=1#/2024/17",
                     id="route"),
        pytest.param("https://a.example/#!", "a.example", id="empty-hash-bang"),
        pytest.param("https://a.example/#/", "a.example", id="empty-route"),
        pytest.param("https://a.example/x#top", "a.example/x", id="anchor"),
    ],
)  # fmt: skip
def test_addresses_are_normalised(url: str, canonical: str) -> None:
    assert canonical_url(url) == canonical
    assert canonical_url(f"https://{canonical}") == canonical


@pytest.mark.parametrize(
    ("url", "anchor"),
    [
        *(("https://a.example/x#496", "496"), ("https://a.example/x#a%7eb", "a~b")),
        *(("https://a.example/x", ""), ("https://a.example/x#!/1", ""), ("https://[", "")),
        *(("https://a.example/#!", ""), ("https://a.example/#/", "")),
    ],
)
def test_an_anchor_is_what_is_no_part_of_the_address(url: str, anchor: str) -> None:
    assert anchor_of(url) == anchor
