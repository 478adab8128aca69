"""The pages in a real browser, over the sample corpus.

The browser is the system's Chromium, driven by Playwright; where either is missing the tests say
so and are skipped.
"""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from semsearch.api.app import create_app
from semsearch.api.keys import KeyRing
from semsearch.index import Index
from semsearch.web import site
from tests.support.encoder import HashingEncoder
from tests.support.indexes import open_index
from tests.support.server import serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

_CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
_SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass(frozen=True, slots=True)
class Look:
    """How a page is looked at."""

    width: int
    scheme: str
    script: bool = True

    def __str__(self) -> str:
        return f"{self.width}-{self.scheme}{'' if self.script else '-no-script'}"


DESKTOP = Look(1280, "light")
LOOKS = [
    DESKTOP,
    Look(360, "dark"),
    Look(320, "light"),
]
"""Each width and each scheme once: what is too wide depends on the one, contrast on the other."""
NO_SCRIPT = Look(1280, "light", script=False)


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    """The system's Chromium without a window.

    Playwright keeps an event loop running in this thread until it ends: other tests need their own.
    """
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="Playwright is not installed (semsearch[dev] has it)."
    )
    program = next(filter(None, map(shutil.which, _CHROMIUM)), None)
    if program is None:
        pytest.skip("There is no Chromium: install your system's package chromium.")
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=program, args=_SWITCHES)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the served sample corpus, which no test changes."""
    folder = tmp_path_factory.mktemp("sample") / "index"
    opened = open_index(folder, HashingEncoder())
    with as_file(files("semsearch.sample") / "articles") as corpus:
        opened.add_files(corpus)
    yield from _served(opened, folder)


@pytest.fixture
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an empty index of the test's own."""
    folder = tmp_path_factory.mktemp("empty") / "index"
    opened = open_index(folder, HashingEncoder())
    with opened.library.writing():
        opened.library.remember_encoder()
        opened.library.publish()
    yield from _served(opened, folder)


def _served(opened: Index, folder: Path) -> Iterator[str]:
    # Without keys, as after the quickstart: what a page sends must not be taken for foreign.
    app = create_app(opened, ring=KeyRing(folder / "keys.json"), pages=[site.router])
    app.add_middleware(site.ProblemPages)
    with serving(app) as client:
        yield str(client.base_url).rstrip("/")


@pytest.fixture
def look() -> Look:
    """How the test looks at pages, if it does not say."""
    return DESKTOP


@pytest.fixture
def page(browser: "Browser", look: Look) -> Iterator["Page"]:
    """A page; at the end the browser must have complained of nothing and asked nobody else."""
    context = browser.new_context(
        viewport={"width": look.width, "height": 800},
        color_scheme="dark" if look.scheme == "dark" else "light",
        java_script_enabled=look.script,
    )
    opened = context.new_page()
    opened.set_default_timeout(10_000)
    complaints: list[str] = []
    hosts: set[str] = set()
    opened.on(
        "console", lambda said: complaints.append(said.text) if said.type == "error" else None
    )
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("request", lambda request: hosts.add(request.url.split("/")[2]))
    yield opened
    context.close()
    assert complaints == []
    assert len(hosts) <= 1


@pytest.fixture
def faults() -> Callable[["Page"], list[str]]:
    """What axe finds wrong with a page by WCAG 2.2 AA and its best practices."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

    def found(page: "Page") -> list[str]:
        answer = axe.run(page, options={"runOnly": rules}).response
        return [
            f"{one['id']}: {node['html'][:200]}"
            for one in answer["violations"]
            for node in one["nodes"]
        ]

    return found
