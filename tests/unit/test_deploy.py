"""What is deployed: files that can be read, and that name only what there is."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from semsearch.api.metrics import Metrics
from semsearch.config import Settings
from semsearch.index import Index
from tests.support.articles import make_article

DEPLOY = Path(__file__).parents[2] / "deploy"
DOCS = Path(__file__).parents[2] / "docs"
METRIC = re.compile(r"\b(semsearch_[a-z_]+|process_[a-z_]+)\b")


def expressions() -> list[str]:
    """What dashboard and alerts ask Prometheus."""
    dashboard = json.loads((DEPLOY / "dashboard.json").read_text("utf-8"))
    alerts = yaml.safe_load((DEPLOY / "alerts.yaml").read_text("utf-8"))
    shown = [one["expr"] for panel in dashboard["panels"] for one in panel["targets"]]
    return shown + [rule["expr"] for group in alerts["groups"] for rule in group["rules"]]


def test_dashboard_and_alerts_ask_only_for_metrics_that_there_are(index: Index) -> None:
    index.add([make_article("a")])
    metrics = Metrics()
    with metrics.working("question"), metrics.waiting("question"):
        metrics.answered("GET", "/v1/search", 200, 0.1, {"encode": 0.1})
        metrics.written("added", 1)
        text = metrics.exposition(index).decode()
    there = set(re.findall(r"^([a-z_]+)(?:\{| )", text, re.MULTILINE))
    for expression in expressions():
        asked = set(METRIC.findall(expression))
        assert asked <= there | set(), f"{expression}: {asked - there}"


def test_every_alert_says_how_bad_it_is_and_is_explained_to_operators() -> None:
    alerts = yaml.safe_load((DEPLOY / "alerts.yaml").read_text("utf-8"))
    page = (DOCS / "operate.md").read_text("utf-8")
    for rule in alerts["groups"][0]["rules"]:
        assert rule["labels"]["severity"] in ("page", "ticket")
        assert rule["annotations"]["summary"]
        assert rule["alert"] in page


def test_what_is_composed_is_pinned_and_shuts_the_door() -> None:
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
    for name, service in compose["services"].items():
        assert "image" not in service or re.search(r":v?\d+\.\d+\.\d+", service["image"]), name
        for port in service.get("ports", []):
            assert port.startswith("127.0.0.1:"), name
        for volume in service["volumes"]:
            source = volume.split(":")[0]
            made_by_hand = source == "./prometheus.key"
            assert not source.startswith("./") or made_by_hand or (DEPLOY / source).exists()
    (temporary,) = compose["services"]["semsearch"]["tmpfs"]
    (mib,) = re.findall(r"^/tmp:size=(\d+)m", temporary)
    assert int(mib) * 2**20 > Settings().service.max_spooled_bytes + 100 * 2**20
    scraped = yaml.safe_load((DEPLOY / "prometheus.yaml").read_text("utf-8"))
    assert scraped["scrape_configs"][0]["job_name"] == "semsearch"


def test_the_image_is_pinned_runs_as_nobody_and_tells_its_health() -> None:
    text = (DEPLOY / "Dockerfile").read_text("utf-8")
    bases = re.findall(r"^FROM (\S+)", text, re.MULTILINE)
    assert bases
    assert all(re.search(r":\d+\.\d+\.\d+-", base) for base in bases)
    assert re.search(r"^USER semsearch$", text, re.MULTILINE)
    assert "HEALTHCHECK" in text
    for path in re.findall(r"^COPY (?!--)(.+) \S+$", text, re.MULTILINE):
        for one in path.split():
            assert (DEPLOY.parent / one).exists(), one


def test_the_proxy_lets_through_what_the_service_takes_and_no_more() -> None:
    text = (DEPLOY / "nginx.conf").read_text("utf-8")
    lines = [line.partition("#")[0].strip() for line in text.splitlines()]
    assert text.count("{") == text.count("}")
    assert all(line.endswith((";", "{", "}")) for line in lines if line)
    directives = dict(line.rstrip(";").split(maxsplit=1) for line in lines if line.endswith(";"))
    service = Settings().service
    assert directives["client_header_timeout"] == f"{service.head_seconds}s"
    assert directives["client_body_timeout"] == f"{service.body_seconds:g}s"
    assert directives["client_max_body_size"] == f"{service.max_body_bytes // 2**20}m"
    assert directives["proxy_read_timeout"] == f"{service.bulk_seconds:g}s"
    assert directives["proxy_buffering"] == directives["proxy_request_buffering"] == "on"
    (longest,) = re.findall(r"large_client_header_buffers \d+ (\d+)k", text)
    assert int(longest) * 2**10 > service.max_url_bytes


@pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is not there")
def test_the_proxy_is_one_for_nginx(tmp_path: Path) -> None:
    text = re.sub(
        r"^ *ssl_certificate.*$", "", (DEPLOY / "nginx.conf").read_text("utf-8"), flags=re.MULTILINE
    )
    whole = tmp_path / "nginx.conf"
    server = text.replace("listen 443 ssl", "listen 8443").replace("listen 80;", "listen 8080;")
    whole.write_text(f"events {{}}\nhttp {{\n{server}\n}}\n", "utf-8")
    done = subprocess.run(
        ["nginx", "-t", "-p", tmp_path, "-c", whole, "-g", f"pid {tmp_path}/pid;"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_there_is_time_to_stop() -> None:
    unit = (DEPLOY / "semsearch.service").read_text("utf-8")
    (seconds,) = re.findall(r"^TimeoutStopSec=(\d+)$", unit, re.MULTILINE)
    assert int(seconds) > 10 > Settings().service.stop_seconds


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not there")
def test_the_unit_is_one_for_systemd(tmp_path: Path) -> None:
    text = (DEPLOY / "semsearch.service").read_text("utf-8")
    unit = tmp_path / "semsearch.service"
    unit.write_text(text.replace("/opt/semsearch/bin/semsearch", "/bin/true"), "utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", unit], capture_output=True, text=True, check=False
    )
    said = [line for line in done.stderr.splitlines() if "semsearch.service" in line]
    assert not said


def test_every_setting_of_the_service_is_described() -> None:
    page = (DOCS / "operate.md").read_text("utf-8")
    fields: dict[str, Any] = dict(type(Settings().service).model_fields)
    missing = [name for name in fields if f"`{name}`" not in page]
    assert not missing
