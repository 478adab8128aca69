"""The pages as a site: complete, without warnings, and fetching nothing from elsewhere."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from threading import Thread

import pytest

from tests.docs.pages import DOCS, ROOT

pytestmark = pytest.mark.skipif(
    find_spec("zensical") is None, reason="zensical is not installed (semsearch[docs] has it)"
)


CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
VISIT = """
import sys
from playwright.sync_api import sync_playwright

with sync_playwright() as driver:
    switches = ["--no-sandbox", "--disable-gpu", "--disable-quic"]
    browser = driver.chromium.launch(executable_path=sys.argv[1], args=switches)
    page = browser.new_page()
    page.on("request", lambda request: print(request.url.split("/")[2]))
    for address in sys.argv[2:]:
        page.goto(address, wait_until="networkidle")
    browser.close()
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    shutil.copy(ROOT / "zensical.toml", folder)
    shutil.copytree(DOCS, folder / "docs")
    done = subprocess.run(
        [sys.executable, "-m", "zensical", "build", "--strict"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    told = done.stdout + done.stderr
    assert done.returncode == 0, told
    assert "No issues found" in told
    assert "warning" not in told.lower()
    return folder / "site"


@contextmanager
def files_of(folder: Path) -> Iterator[str]:
    """The address at which a folder is served until the block ends."""
    handler = partial(Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


class Quiet(SimpleHTTPRequestHandler):
    """Files, without a word about each."""

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


def test_every_page_is_there(built: Path) -> None:
    for page in DOCS.rglob("*.md"):
        folder = built / page.relative_to(DOCS).with_suffix("")
        whole = folder.parent if page.stem in {"index", "README"} else folder
        assert (whole / "index.html").is_file(), page


def test_nothing_is_fetched_from_elsewhere(built: Path) -> None:
    fetching = re.compile(
        r"<(?:script|img|iframe|source)\b[^>]*\bsrc=\"?(https?:)?//"
        r"|<link\b(?![^>]*rel=\"?(?:canonical|next|prev))[^>]*\bhref=\"?(https?:)?//",
    )
    for page in built.rglob("*.html"):
        assert not fetching.search(page.read_text("utf-8")), page
    for sheet in built.rglob("*.css"):
        assert not re.search(r"url\(\"?(https?:)?//|@import", sheet.read_text("utf-8")), sheet


def test_a_browser_asks_nobody_else(built: Path) -> None:
    if find_spec("playwright") is None:
        pytest.skip("Playwright is not installed (semsearch[dev] has it).")
    program = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if program is None:
        pytest.skip("There is no Chromium: install your system's package chromium.")
    with files_of(built) as address:
        pages = [f"{address}/{name}" for name in ("", "ask/", "reference/http/")]
        # In a process of its own: Playwright drives one browser of a process at a time.
        done = subprocess.run(
            [sys.executable, "-c", VISIT, program, *pages],
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        )
    assert set(done.stdout.split()) == {address.removeprefix("http://")}


def test_tables_code_and_pictures_are_shown(built: Path) -> None:
    page = (built / "reference" / "http" / "index.html").read_text("utf-8")
    source = (DOCS / "reference" / "http.md").read_text("utf-8")
    assert page.count("<table>") == source.count("\n| ---")
    assert page.count("<details") > 10
    assert "| ---" not in page
    assert "```" not in page
    assert re.search(r"<img [^>]*alt=\"[^\"]{15,}\"", (built / "ask" / "index.html").read_text())
