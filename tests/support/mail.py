"""A mail server for tests: takes mails over SMTP, and misbehaves as it is told."""

import base64
import socketserver
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from threading import Thread


@dataclass
class MailServer:
    """What it got and how it answers.

    Attributes:
        greeting: What it says first; empty: nothing, it hangs up.
        answers: By command (``RCPT``, ``DATA``, ``.`` for a mail's end) what it says instead.
        login: The name and password that it wants; empty: none.
        tls: From the first byte on.
        mails: Those that it took; ``to``: their receivers, of the envelope.
    """

    greeting: str = "220 post.example ready"
    answers: dict[str, str] = field(default_factory=dict)
    login: tuple[str, str] | tuple[()] = ()
    tls: ssl.SSLContext | None = None
    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    to: list[str] = field(default_factory=list)


class _Handler(socketserver.StreamRequestHandler):
    server: "_Server"

    def say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")

    def handle(self) -> None:
        told = self.server.told
        try:
            if told.tls is not None:
                self.request = told.tls.wrap_socket(self.request, server_side=True)
                self.setup()
            if told.greeting:
                self.say(told.greeting)
                self.converse(told)
        except OSError:  # the sender went away
            return

    def converse(self, told: MailServer) -> None:
        envelope: list[str] = []
        for raw in self.rfile:
            verb, _, rest = raw.decode().strip().partition(" ")
            verb = verb.upper()
            if verb in told.answers:
                self.say(told.answers[verb])
            elif verb == "EHLO":
                self.say("250-post.example")
                self.say("250 AUTH PLAIN" if told.login else "250 8BITMIME")
            elif verb == "AUTH":
                given = base64.b64decode(rest.split()[-1]).decode().split("\0")[1:]
                self.say("235 in" if tuple(given) == told.login else "535 wrong password")
            elif verb == "RCPT":
                envelope.append(rest)
                self.say("250 known")
            elif verb == "DATA":
                self.say("354 go on")
                body = b"".join(iter(self.rfile.readline, b".\r\n"))
                if "." not in told.answers:
                    told.mails.append(message_from_bytes(body, policy=policy.SMTP))
                    told.to += envelope
                self.say(told.answers.get(".", "250 taken"))
            elif verb == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 fine")


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    told: MailServer


@contextmanager
def mail_server(told: MailServer) -> Iterator[MailServer]:
    """It listens on a port of this machine while the context lasts."""
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.told = told
        told.port = server.server_address[1]
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield told
        finally:
            server.shutdown()
            thread.join()
