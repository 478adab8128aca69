import pytest

from semsearch.model.urls import bare_host, canonical_url, host_of

CANONICAL = "gazette.example/news/ferry"


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("https://gazette.example/news/ferry", id="plain"),
        pytest.param("http://gazette.example/news/ferry", id="scheme"),
        pytest.param("HTTPS://Gazette.EXAMPLE/news/ferry", id="case-of-scheme-and-host"),
        pytest.param("https://www.gazette.example/news/ferry", id="www"),
        pytest.param("https://gazette.example./news/ferry", id="root-dot"),
        pytest.param("https://gazette.example/news/ferry/", id="trailing-slash"),
        pytest.param("https://gazette.example/news/ferry//", id="trailing-slashes"),
        pytest.param("https://gazette.example/news/ferry#comments", id="fragment"),
        pytest.param("https://gazette.example/news/ferry?", id="empty-query"),
        pytest.param("https://gazette.example/news/ferry?utm_source=feed", id="utm"),
        pytest.param("https://gazette.example/news/ferry?UTM_Medium=x&fbclid=1", id="trackers"),
        pytest.param("https://gazette.example/news/ferry/?mc_cid=1&gclid=2#top", id="all-at-once"),
        pytest.param("https://gazette.example:443/news/ferry", id="usual-port"),
        pytest.param("http://gazette.example:80/news/ferry", id="usual-port-http"),
        pytest.param("https://reader:secret@gazette.example/news/ferry", id="user"),
        pytest.param("  https://gazette.example/news/ferry\n", id="blanks-around"),
    ],
)
def test_spellings_of_one_address_are_one_text(url: str) -> None:
    assert canonical_url(url) == CANONICAL


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        pytest.param("https://a.example/?b=2&a=1", "a.example?a=1&b=2", id="parameters-sorted"),
        pytest.param("https://a.example?id=7&utm_id=x", "a.example?id=7", id="parameters-kept"),
        pytest.param("https://a.example/x?id=", "a.example/x?id=", id="empty-parameter"),
        pytest.param("https://a.example:8080/x", "a.example:8080/x", id="other-port"),
        pytest.param("https://a.example/News", "a.example/News", id="case-of-path"),
        pytest.param("https://m.a.example/", "m.a.example", id="other-host"),
    ],
)
def test_what_tells_addresses_apart_is_kept(url: str, canonical: str) -> None:
    assert canonical_url(url) == canonical


def test_escapes_that_are_not_utf_8_tell_addresses_apart() -> None:
    grave, acute = (
        canonical_url("http://a.example/?t=%E8"),
        canonical_url("http://a.example/?t=%E9"),
    )
    assert (grave, acute) == ("a.example?t=%E8", "a.example?t=%E9")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("gazette.example/news", id="no-scheme"),
        pytest.param("//gazette.example/news", id="relative"),
        pytest.param("ftp://gazette.example/news", id="other-scheme"),
        pytest.param("mailto:desk@gazette.example", id="mail"),
        pytest.param("https://", id="no-host"),
        pytest.param("https://[gazette.example/news", id="broken-host"),
        pytest.param("https://gazette.example:99999/news", id="impossible-port"),
        pytest.param("https://gazette.example/?q=\ud800", id="half-a-surrogate-pair"),
    ],
)
def test_what_is_no_web_address_has_no_canonical_form(text: str) -> None:
    assert canonical_url(text) == ""


@pytest.mark.parametrize(
    ("url", "host"),
    [
        pytest.param("https://www.Gazette.example:8080/x", "gazette.example", id="host"),
        pytest.param("gazette.example/x", "", id="no-scheme"),
        pytest.param("https://[", "", id="broken"),
    ],
)
def test_the_host_of_an_address(url: str, host: str) -> None:
    assert host_of(url) == host


@pytest.mark.parametrize("host", ["gazette.example", "WWW.gazette.Example", "gazette.example."])
def test_a_bare_host_is_lower_case_without_www(host: str) -> None:
    assert bare_host(host) == "gazette.example"
