"""Below a path of a proxy every page, link, redirect and form leads to where it is published."""

import re
from html import unescape
from pathlib import Path

import pytest

from semsearch.api.app import create_app
from semsearch.config import ServiceSettings
from semsearch.web import site
from tests.service.conftest import empty_index
from tests.support.articles import make_article
from tests.support.server import serving

PAGES = ("/", "/?q=ferry", "/stories", "/duplicates", "/add", "/status", "/articles/a", "/feeds")
BROWSER = {"Accept": "text/html"}


@pytest.mark.parametrize("stripped", [False, True], ids=["passed on", "left out by the proxy"])
def test_every_link_of_every_page_leads_below_the_path(tmp_path: Path, *, stripped: bool) -> None:
    index = empty_index(tmp_path / "index")
    index.add([make_article("a", body='A ferry <a href="/elsewhere">sank</a>. href="/x"')])
    settings = ServiceSettings(root_path="/news/archive")
    app = create_app(index, settings=settings, pages=[site.router])
    before = "" if stripped else "/news/archive"
    with serving(app) as client:
        seen = set()
        for page in PAGES:
            answer = client.get(before + page, headers=BROWSER)
            assert answer.status_code == 200, page
            assert int(answer.headers["content-length"]) == len(answer.content)
            places = re.findall(r'\b(?:href|src|action)="(/[^"]*)"', answer.text)
            assert places
            assert all(place.startswith("/news/archive/") for place in places), page
            seen |= {unescape(place) for place in places}
        checked = client.post(f"{before}/check", data={"draft": "The ferry sank."}).text
        assert 'formaction="/news/archive/save/check/csv"' in checked
        for place in sorted(seen):
            address = place.removeprefix("/news/archive") if stripped else place
            assert client.get(address, headers=BROWSER).status_code in (200, 405), place
        assert client.get(f"{before}/v1/search?q=ferry").json()["hits"]
        assert client.get(f"{before}/livez").status_code == 200


@pytest.mark.parametrize("path", ["archive", "/archive/", "//x", "/a b", '/"'])
def test_what_is_no_such_path_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="root_path"):
        ServiceSettings(root_path=path)
