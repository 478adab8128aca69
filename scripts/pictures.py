#!/usr/bin/env python
"""Take the pictures of the documentation: scripts/pictures.py [NAME ...] (all of them by default).

Indexes the sample corpus in a folder of its own, serves it on loopback and drives the system's
Chromium through the pages. Needs semsearch[dev] and Chromium.
"""

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.error import URLError
from urllib.request import urlopen

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "pictures"
ARTICLES = ROOT / "semsearch" / "sample" / "articles"
MOST_BYTES = 150_000
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
SWITCHES += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
QUESTION = "/?q=Why+did+the+dockers+walk+out+at+Brackwater%3F"
WALK_OUT = "/articles/7f0d5dbae9d3fb58c171"
STORY = "a[href^='/stories/']"
GROUP = "a[href^='/duplicates/']:has-text('dockers accept')"
PASTED = ARTICLES / "2024-03-20-deal-text-brackwater.md"


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture: where to go, and how much of the page to take.

    Attributes:
        links: Links to follow from ``address`` in turn, as selectors; the first of each.
        height: Pixels from the top of the page, at most.
    """

    address: str
    links: tuple[str, ...] = ()
    width: int = 1120
    height: int = 900


SHOTS = {
    "front": Shot("/", height=700),
    "ask": Shot(QUESTION, height=960),
    "ask-phone": Shot(QUESTION, width=390, height=800),
    "article": Shot(WALK_OUT, height=960),
    "stories": Shot("/stories"),
    "story": Shot(QUESTION, (STORY,), height=1200),
    "duplicates": Shot("/duplicates"),
    "group": Shot("/duplicates", (GROUP,), height=860),
    "difference": Shot("/duplicates", (GROUP, "a[href^='/difference?']")),
    "compare": Shot(QUESTION, height=1000),
    "check": Shot("/check", height=1100),
    "add": Shot("/add", height=960),
    "status": Shot("/status"),
}


def main() -> int:
    wanted = sys.argv[1:] or list(SHOTS)
    program = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if program is None:
        print("There is no Chromium: install your system's package chromium.", file=sys.stderr)
        return 1
    FOLDER.mkdir(exist_ok=True)
    large = []
    with served() as address, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=SWITCHES)
        for name in wanted:
            size = taken(browser, address, name, SHOTS[name])
            print(f"{name}: {size:,} bytes")
            large += [name] if size > MOST_BYTES else []
        browser.close()
    if large:
        print(f"Larger than {MOST_BYTES:,} bytes: {', '.join(large)}", file=sys.stderr)
    return 1 if large else 0


@contextmanager
def served() -> Iterator[str]:
    """The address of the sample corpus, served as long as the block lasts."""
    with TemporaryDirectory() as folder:
        index = ["--index", f"{folder}/sample"]
        command = [sys.executable, "-m", "semsearch"]
        subprocess.run([*command, "index", str(ARTICLES), *index], check=True, capture_output=True)
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        service = subprocess.Popen([*command, "serve", *index, "--port", str(port)])
        address = f"http://127.0.0.1:{port}"
        try:
            wait_for(f"{address}/readyz", service)
            yield address
        finally:
            service.terminate()
            service.wait(timeout=15)


def wait_for(address: str, service: "subprocess.Popen[bytes]") -> None:
    """Return when the service answers.

    Raises:
        RuntimeError: It ended, or did not answer within a minute.
    """
    give_up = time.monotonic() + 60
    while service.poll() is None and time.monotonic() < give_up:
        try:
            urlopen(address, timeout=5).close()  # noqa: S310 - on loopback
        except URLError:
            time.sleep(0.2)
        else:
            return
    raise RuntimeError("the service did not start")


def taken(browser: Browser, address: str, name: str, shot: Shot) -> int:
    """Take a picture and say how large it is, in bytes."""
    page = browser.new_page(
        viewport={"width": shot.width, "height": shot.height}, color_scheme="light"
    )
    page.goto(address + shot.address, wait_until="networkidle")
    for link in shot.links:
        page.locator(link).first.click()
        page.wait_for_load_state("networkidle")
    if name == "add":
        paste(page)
    if name == "check":
        check(page)
    if name == "compare":
        tick(page)
    path = FOLDER / f"{name}.png"
    tall = int(page.evaluate("document.documentElement.scrollHeight"))
    clip = {"x": 0, "y": 0, "width": shot.width, "height": min(shot.height, tall)}
    whole = page.screenshot(clip=clip, full_page=True)  # type: ignore[arg-type]
    page.close()
    # Pages have few colours: 128 of them look the same and take a third of the room.
    colours = Image.open(BytesIO(whole)).convert("RGB").quantize(128, Image.Quantize.FASTOCTREE)
    colours.save(path, optimize=True)
    return path.stat().st_size


def paste(page: Page) -> None:
    """Ask whether a text of the corpus is there already."""
    text = PASTED.read_text("utf-8").rpartition("---\n")[2]
    page.get_by_label("Text").fill(text.strip())
    page.get_by_role("button", name="Compare with the archive").click()
    page.wait_for_load_state("networkidle")


def tick(page: Page) -> None:
    """Compare the first three answers."""
    for box in page.locator(".hit .chosen").all()[:3]:
        box.check()
    page.get_by_role("button", name="Compare the ticked articles").click()
    page.wait_for_load_state("networkidle")


def check(page: Page) -> None:
    """Check the worked example of docs/check.md."""
    draft = (ROOT / "docs" / "check.md").read_text("utf-8").partition("```text\n")[2]
    page.get_by_label("Draft").fill(draft.partition("\n```")[0])
    page.get_by_role("button", name="Check against the archive").click()
    page.locator("#verdict").wait_for()


if __name__ == "__main__":
    sys.exit(main())
