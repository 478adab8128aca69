"""Send an alert to one place: a webhook, a mailbox, a file, a program.

A webhook is posted as feeds are fetched (``watch.fetching``): to the very address that was checked,
which must be public unless the settings say otherwise. No redirect is followed.
"""

import asyncio
import hmac
import os
import smtplib
import ssl
import subprocess
from email.message import EmailMessage
from hashlib import sha256
from http import HTTPStatus

from pydantic import TypeAdapter

from semsearch.config import WatchSettings
from semsearch.model.watch import Alert
from semsearch.store.files import make_folder
from semsearch.watch.addresses import Resolve, look_up
from semsearch.watch.fetched import FetchError
from semsearch.watch.fetching import post
from semsearch.watch.places import kind_of, rest_of

SIGNATURE = "X-Semsearch-Signature"
"""``sha256=`` and the HMAC-SHA256 of the body under the watch's secret, in hexadecimal."""

_ALERT = TypeAdapter(Alert)
_MAX_SUBJECT = 200


_BUSY = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)


class SendError(Exception):
    """An alert was not sent; its text says why in a few words, and names no address whole.

    Attributes:
        gone: Whether nothing will ever be taken there again (410).
        retry_after: When to try again, as the place says it (``Retry-After``); empty: it does not.
    """

    def __init__(self, reason: str, *, gone: bool = False, retry_after: str = "") -> None:
        super().__init__(reason)
        self.gone = gone
        self.retry_after = retry_after


class Sender:
    """Sends alerts."""

    def __init__(self, settings: WatchSettings, resolve: Resolve = look_up) -> None:
        self._settings = settings
        self._resolve = resolve

    def send(self, place: str, alert: Alert, secret: str = "") -> None:
        """Send an alert.

        Raises:
            SendError: It was not sent, or that is not sure.
        """
        body = _ALERT.dump_json(alert)
        try:
            match kind_of(place):
                case "webhook":
                    self._post(rest_of(place), body, alert.id, secret)
                case "mail":
                    self._mail(rest_of(place), alert)
                case "file":
                    self._append(rest_of(place), body)
                case _:
                    self._run(rest_of(place), body)
        except TimeoutError:
            seconds = self._settings.timeout
            raise SendError(f"it took longer than {seconds:g} seconds") from None
        except ssl.SSLError as error:
            raise SendError(f"TLS failed: {error.reason or 'no reason given'}") from None
        except OSError as error:
            raise SendError(error.strerror or str(error) or type(error).__name__) from None
        except ValueError as error:  # a name or an address that a server cannot be told
            raise SendError(str(error)) from None

    # --- webhooks -----------------------------------------------------------------------------

    def _post(self, url: str, body: bytes, identity: str, secret: str) -> None:
        settings = self._settings
        headers = {"Content-Type": "application/json", "X-Semsearch-Alert": identity}
        if secret:
            headers[SIGNATURE] = f"sha256={signature(secret, body)}"
        allowed = settings.allow_private
        posted = post(url, body, headers, settings.timeout, self._resolve, allow_private=allowed)
        try:
            status, retry_after = asyncio.run(posted)
        except FetchError as error:
            raise SendError(error.reason) from None
        if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
            raise SendError(f"it redirects ({status}), which is not followed")
        if status == HTTPStatus.GONE:
            raise SendError("it is gone for good (410)", gone=True)
        if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            asked = retry_after if status in _BUSY else ""
            raise SendError(f"it answered {status}", retry_after=asked)

    # --- the others ---------------------------------------------------------------------------

    def _mail(self, address: str, alert: Alert) -> None:
        settings = self._settings
        message = mail_of(alert, address, settings)
        where, seconds = (settings.smtp_host, settings.smtp_port), settings.timeout
        checked = ssl.create_default_context()  # smtplib by itself checks no certificate
        try:
            with (
                smtplib.SMTP_SSL(*where, timeout=seconds, context=checked)
                if settings.smtp_tls == "tls"
                else smtplib.SMTP(*where, timeout=seconds)
            ) as server:
                if settings.smtp_tls == "starttls":
                    server.starttls(context=checked)
                if settings.smtp_user:
                    server.login(settings.smtp_user, settings.smtp_password.get_secret_value())
                server.send_message(message)
        except smtplib.SMTPResponseException as error:
            if error.smtp_code < 0:
                raise SendError("it does not answer as a mail server does") from None
            raise SendError(f"the mail server answered {error.smtp_code}") from None
        except smtplib.SMTPException as error:
            raise SendError(f"the mail server refused: {type(error).__name__}") from None

    def _append(self, name: str, body: bytes) -> None:
        if self._settings.files is None:
            raise SendError("watch.files is not set")
        folder = self._settings.files.resolve()
        path = folder / name
        make_folder(path.parent)
        if not path.parent.resolve().is_relative_to(folder):
            raise SendError("it leads out of the folder watch.files")
        line = body + b"\n"
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW
        descriptor = os.open(path, flags, 0o640)
        try:
            end = os.fstat(descriptor).st_size
            if end and os.pread(descriptor, 1, end - 1) != b"\n":
                line = b"\n" + line  # a process ended while it wrote the last one
            if os.write(descriptor, line) < len(line):
                raise SendError("the line was cut off: the disk may be full")
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def _run(self, name: str, body: bytes) -> None:
        command = self._settings.commands.get(name)
        if not command:
            raise SendError("it is not in watch.commands")
        try:
            done = subprocess.run(  # noqa: S603 - named in the settings, without a shell
                command,
                input=body,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=self._settings.timeout,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise TimeoutError from None
        if done.returncode:
            raise SendError(f"it ended with {done.returncode}")


def signature(secret: str, body: bytes) -> str:
    """HMAC-SHA256 of a body, in hexadecimal."""
    return hmac.new(secret.encode(), body, sha256).hexdigest()


def mail_of(alert: Alert, address: str, settings: WatchSettings) -> EmailMessage:
    """An alert as a mail; its Message-ID is that of the alert, so that a repeat can be dropped."""
    outlet = alert.provider.name or alert.provider.domain or "unknown outlet"
    headline = " ".join(alert.title.split()) or "(no headline)"
    message = EmailMessage()
    message["Subject"] = f"{alert.watch_name}: {headline}"[:_MAX_SUBJECT]
    message["From"] = settings.mail_from
    message["To"] = address
    message["Message-ID"] = f"<{alert.id}@semsearch.invalid>"
    message["Date"] = alert.at
    day = "no date" if alert.published is None else f"{alert.published:%Y-%m-%d}"
    lines = [headline, f"{outlet}, {day}", alert.url, ""]
    lines += [f"- {' '.join(sentence.text.split())}" for sentence in alert.new]
    if alert.again:
        lines.insert(3, "New facts beyond what was reported before.")
    if settings.base_url:
        lines += ["", f"{settings.base_url.rstrip('/')}/watches/{alert.watch}"]
    message.set_content("\n".join(lines))
    return message
