import re
from importlib.resources import files

import pytest

from semsearch.web import assets


def test_an_address_holds_the_hash_of_the_content() -> None:
    for name, asset in assets.assets().items():
        assert re.fullmatch(rf"/static/[0-9a-f]{{12}}/{re.escape(name)}", asset.address)
        assert assets.address(name) == asset.address
        changed = assets.Asset(name, asset.content + b" ", asset.media_type)
        assert changed.address != asset.address


def test_nothing_is_fetched_from_elsewhere() -> None:
    for folder in ("static", "templates"):
        for file in (files("semsearch.web") / folder).iterdir():
            text = file.read_text("utf-8")
            for name in ("http://www.w3.org/2000/svg", "http://a9.com/-/spec/opensearch/1.1/"):
                text = text.replace(name, "")
            assert "http://" not in text, file.name
            assert "https://" not in text, file.name


def test_no_template_holds_script_or_style() -> None:
    for file in (files("semsearch.web") / "templates").iterdir():
        text = file.read_text("utf-8")
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", text), file.name


def test_there_is_no_other_file() -> None:
    with pytest.raises(KeyError):
        assets.address("../page.py")
