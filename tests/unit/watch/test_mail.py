"""Alerts by mail, over real SMTP, from a server that takes them and servers that do not."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import SecretStr

from semsearch.assembly import open_index
from semsearch.config import Settings, WatchSettings
from semsearch.index import Index
from semsearch.model.search import Confidence
from semsearch.model.watch import DeliveryState, WatchSpec
from tests.support.certificates import self_signed
from tests.support.encoder import HashingEncoder
from tests.support.mail import MailServer, mail_server
from tests.support.watching import QUESTION, collision, quiet

TO = "mail:desk@news.example"
ASKED = WatchSpec(name="ferry", question=QUESTION, min_confidence=Confidence.LOW, to=(TO,))


def settings(told: MailServer, **more: object) -> WatchSettings:
    return WatchSettings.model_validate(
        {
            "smtp_host": "127.0.0.1",
            "smtp_port": told.port,
            "smtp_tls": "none",
            "mail_from": "archive@news.example",
            "timeout": 2,
            **more,
        }
    )


@pytest.fixture
def opened(tmp_path: Path) -> Callable[[WatchSettings], Index]:
    def open_with(watch: WatchSettings) -> Index:
        return open_index(
            Settings(index=tmp_path / "index", watch=watch), create=True, encoder=HashingEncoder()
        )

    return open_with


def reported(index: Index) -> Index:
    """An index with one alert on its way."""
    index.add([quiet(number) for number in range(3)])
    index.add_watch(ASKED)
    index.add([collision()])
    return index


def test_an_alert_arrives_as_one_mail(opened: Callable[[WatchSettings], Index]) -> None:
    with (
        mail_server(MailServer()) as server,
        opened(settings(server, base_url="https://in.example")) as index,
    ):
        (sent,) = reported(index).deliver_alerts()
        assert (sent.state, sent.error) == (DeliveryState.SENT, "")
        assert index.deliver_alerts() == ()
    (mail,) = server.mails
    assert server.to == ["TO:<desk@news.example>"]
    assert (mail["To"], mail["From"]) == ("desk@news.example", "archive@news.example")
    assert "Ferry collision in Senn harbour" in mail["Subject"]
    assert mail["Message-ID"].startswith(f"<{sent.alert}@")
    text = mail.get_content()
    assert "https://in.example/watches/" in text
    assert "twelve people" in text


def test_a_server_that_wants_a_login_gets_it(opened: Callable[[WatchSettings], Index]) -> None:
    right = ("desk", "invented")
    with mail_server(MailServer(login=right)) as server:
        chosen = settings(server, smtp_user="desk", smtp_password=SecretStr("invented"))
        with opened(chosen) as index:
            assert reported(index).deliver_alerts()[0].state is DeliveryState.SENT
    assert len(server.mails) == 1


@pytest.mark.parametrize(
    ("told", "says"),
    [
        (MailServer(answers={"RCPT": "550 nobody here"}), "refused"),
        (MailServer(answers={"MAIL": "451 later"}), "451"),
        (MailServer(answers={"DATA": "452 full"}), "452"),
        (MailServer(answers={".": "554 spam"}), "554"),
        (MailServer(greeting="421 busy"), "421"),
        (MailServer(greeting=""), "refused"),
        (MailServer(greeting="nonsense"), "not answer as a mail server"),
    ],
)
def test_a_mail_that_is_refused_waits_and_says_why(
    opened: Callable[[WatchSettings], Index], told: MailServer, says: str
) -> None:
    with mail_server(told) as server, opened(settings(server)) as index:
        (tried,) = reported(index).deliver_alerts()
        assert tried.state is DeliveryState.WAITING
        assert says in tried.error
    assert server.mails == []


def test_a_certificate_that_nobody_trusts_gets_no_mail(
    opened: Callable[[WatchSettings], Index], tmp_path: Path
) -> None:
    with (
        mail_server(MailServer(tls=self_signed(tmp_path))) as server,
        opened(settings(server, smtp_tls="tls")) as index,
    ):
        (tried,) = reported(index).deliver_alerts()
        assert tried.state is DeliveryState.WAITING
        assert tried.error.startswith("TLS failed")
    assert server.mails == []


def test_a_server_without_encryption_gets_no_mail_where_that_is_wanted(
    opened: Callable[[WatchSettings], Index],
) -> None:
    with (
        mail_server(MailServer(answers={"STARTTLS": "502 unknown"})) as server,
        opened(settings(server, smtp_tls="starttls")) as index,
    ):
        (tried,) = reported(index).deliver_alerts()
        assert tried.state is DeliveryState.WAITING
    assert server.mails == []
