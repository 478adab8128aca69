"""Send an alert to one place: a webhook, a mailbox, a file, a program.

A webhook is posted to the very address that was checked: a name is looked up once, what it leads to
must be public unless the settings say otherwise, and the connection goes there. No redirect is
followed.
"""

import hmac
import http.client
import os
import smtplib
import socket
import ssl
import subprocess
from collections.abc import Callable, Sequence
from contextlib import suppress
from email.message import EmailMessage
from hashlib import sha256
from http import HTTPStatus
from threading import Timer
from urllib.parse import quote, urlsplit

from pydantic import TypeAdapter

from semsearch import __version__
from semsearch.config import WatchSettings
from semsearch.errors import InvalidFeedError
from semsearch.model.watch import Alert
from semsearch.store.files import make_folder
from semsearch.watch.addresses import Target, is_public, target_of
from semsearch.watch.places import kind_of, rest_of

SIGNATURE = "X-Semsearch-Signature"
"""``sha256=`` and the HMAC-SHA256 of the body under the watch's secret, in hexadecimal."""

_ALERT = TypeAdapter(Alert)
_MAX_ANSWER = 2**16
_AS_WRITTEN = "/%:@!$&'()*+,;=~?"  # what an address may hold besides letters and digits
_MAX_SUBJECT = 200

LookUp = Callable[[str, int], Sequence[str]]
"""The IP addresses of a host, best first; ``OSError`` where there are none."""


class SendError(Exception):
    """An alert was not sent; its text says why in a few words, and names no address whole."""


def look_up(host: str, port: int) -> list[str]:
    """The IP addresses of a host, as the system has them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[4][0]) for address in found))


class Sender:
    """Sends alerts.

    Args:
        settings: What is allowed.
        look_up: Looks names up.
    """

    def __init__(self, settings: WatchSettings, look_up: LookUp = look_up) -> None:
        self._settings = settings
        self._look_up = look_up

    def send(self, place: str, alert: Alert, secret: str = "") -> None:
        """Send an alert.

        Args:
            place: Where to, such as ``webhook:https://desk.example/in``.
            alert: What.
            secret: What a webhook is signed with.

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
        except (http.client.HTTPException, ValueError) as error:
            raise SendError(f"it does not answer as HTTP does: {type(error).__name__}") from None

    # --- webhooks -----------------------------------------------------------------------------

    def _post(self, url: str, body: bytes, identity: str, secret: str) -> None:
        try:
            target = target_of(url)
        except InvalidFeedError as error:
            raise SendError(error.message) from None
        connection = _Connection(target, self._address(target), self._settings.timeout)
        timer = Timer(self._settings.timeout, connection.cut)
        timer.start()
        try:
            parts = urlsplit(url)
            path = quote(parts.path or "/", safe=_AS_WRITTEN)
            if parts.query:
                path += f"?{quote(parts.query, safe=_AS_WRITTEN)}"
            headers = {
                "Content-Type": "application/json",
                "User-Agent": f"semsearch/{__version__}",
                "X-Semsearch-Alert": identity,
                "Connection": "close",
            }
            if secret:
                headers[SIGNATURE] = f"sha256={signature(secret, body)}"
            connection.request("POST", path, body, headers)
            answer = connection.getresponse()
            answer.read(_MAX_ANSWER)
        except (http.client.HTTPException, UnicodeError, OSError):
            if connection.was_cut:
                raise TimeoutError from None
            raise
        finally:
            timer.cancel()
            connection.close()
        if HTTPStatus.MULTIPLE_CHOICES <= answer.status < HTTPStatus.BAD_REQUEST:
            raise SendError(f"it redirects ({answer.status}), which is not followed")
        if not HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES:
            raise SendError(f"it answered {answer.status}")

    def _address(self, target: Target) -> str:
        """The address of a host that is connected to.

        Raises:
            SendError: There is none that may be.
        """
        try:
            found = self._look_up(target.host, target.port)
        except (OSError, UnicodeError):
            raise SendError(f"there is no host {target.host}") from None
        allowed = [one for one in found if self._settings.allow_private or is_public(one)]
        if not allowed:
            raise SendError(
                f"{target.host} is no public address; watch.allow_private allows it"
                if found
                else f"there is no host {target.host}"
            )
        return allowed[0]

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
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW
        descriptor = os.open(path, flags, 0o640)
        try:
            os.write(descriptor, body + b"\n")
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


class _Connection(http.client.HTTPConnection):
    """A connection to an address that was checked; TLS and ``Host`` keep the name."""

    def __init__(self, target: Target, address: str, timeout: float) -> None:
        super().__init__(target.host, target.port, timeout=timeout)
        self._target = target
        self._address = address
        self.was_cut = False
        if target.scheme == "https":
            self.default_port = http.client.HTTPS_PORT

    def connect(self) -> None:
        """Connect to the address, and to no other."""
        self.sock = socket.create_connection((self._address, self._target.port), self.timeout)
        if self._target.scheme == "https":
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(self.sock, server_hostname=self._target.host)

    def cut(self) -> None:
        """End whatever goes on: the time is over."""
        self.was_cut = True
        if self.sock is not None:
            with suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)


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
    lines = [headline, outlet, alert.url, ""]
    lines += [f"- {' '.join(sentence.text.split())}" for sentence in alert.new]
    if alert.again:
        lines.insert(3, "New facts beyond what was reported before.")
    if settings.base_url:
        lines += ["", f"{settings.base_url.rstrip('/')}/watches/{alert.watch}"]
    message.set_content("\n".join(lines))
    return message
