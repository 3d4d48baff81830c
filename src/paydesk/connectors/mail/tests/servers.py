"""Real mail servers for tests: Dovecot for IMAP, aiosmtpd for SMTP; on loopback, at ports nobody has."""

from __future__ import annotations

import grp
import ipaddress
import json
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from paydesk.connectors.mail.servers import Server

DOVECOT = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin:/usr/local/sbin")
NO_DOVECOT = "Dovecot is not installed, so fetching over IMAP was not tested (apt-get install dovecot-imapd)."
USER, PASSWORD, TOKEN = "help", "only for tests", "a token for tests only"


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that signs itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    paths = folder / "cert.pem", folder / "key.pem"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    kind = serialization.PrivateFormat.PKCS8
    paths[1].write_bytes(key.private_bytes(serialization.Encoding.PEM, kind, plain))
    return paths


@contextmanager
def silent_port() -> Iterator[int]:
    """A port where nobody listens, and nobody else can meanwhile."""
    with closing(socket.socket()) as held:
        held.bind(("127.0.0.1", 0))
        yield int(held.getsockname()[1])


def _free_ports() -> tuple[int, int]:
    with silent_port() as one, silent_port() as other:
        return one, other


class _Tokens(BaseHTTPRequestHandler):
    """Says whether a token is good, as Dovecot asks an identity provider."""

    def do_GET(self) -> None:
        good = self.headers.get("Authorization") == f"Bearer {TOKEN}"
        body = json.dumps({"active": True, "username": USER} if good else {"active": False}).encode()
        self.send_response(200 if good else 401)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, *_: Any) -> None:
        pass


@dataclass(frozen=True)
class Imap:
    """A running Dovecot: the same account over TLS, over STARTTLS, and with nothing."""

    tls: Server
    starttls: Server
    plain: Server

    def with_token(self, token: str) -> Server:
        return replace(self.tls, login="xoauth2", secret=token)


_CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{cert}
ssl_key = <{key}
auth_mechanisms = plain login xoauth2
auth_failure_delay = 0
first_valid_uid = 1
mail_max_userip_connections = 50
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {folder}/oauth2.conf
}}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN {folder}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/home/%n
}}
mail_location = maildir:~/Maildir
service imap-login {{
  {chroot}
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service anvil {{
  {chroot}
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
{internal}
"""


@contextmanager
def dovecot() -> Iterator[Imap]:
    """Start Dovecot in a folder of its own; ended by the id of its process."""
    assert DOVECOT is not None
    folder = Path(tempfile.mkdtemp(prefix="paydesk_dovecot_"))
    folder.chmod(0o755)
    root = os.geteuid() == 0
    uid, gid = (65534, 65534) if root else (os.geteuid(), os.getegid())
    (folder / "home").mkdir()
    if root:
        os.chown(folder / "home", uid, gid)
    cert, key = certificate(folder)
    tokens = ThreadingHTTPServer(("127.0.0.1", 0), _Tokens)
    threading.Thread(target=tokens.serve_forever, daemon=True).start()
    (folder / "users").write_text(f"{USER}:{{PLAIN}}{PASSWORD}\n")
    (folder / "oauth2.conf").write_text(
        f"introspection_mode = auth\nintrospection_url = http://127.0.0.1:{tokens.server_port}/\n"
        "username_attribute = username\nactive_attribute = active\nactive_value = true\n"
    )
    own = ""
    if not root:
        user, group = pwd.getpwuid(uid).pw_name, grp.getgrgid(gid).gr_name
        own = f"default_internal_user = {user}\ndefault_login_user = {user}\ndefault_internal_group = {group}"
    port, tls_port = _free_ports()
    config = _CONFIG.format(
        folder=folder, cert=cert, key=key, uid=uid, gid=gid, port=port, tls_port=tls_port,
        internal=own, chroot="" if root else "chroot =",
    )  # fmt: skip
    (folder / "dovecot.conf").write_text(config)
    process = subprocess.Popen([DOVECOT, "-F", "-c", str(folder / "dovecot.conf")], stderr=subprocess.PIPE)
    try:
        _listens(port, process, folder)
        server = Server("127.0.0.1", tls_port, USER, PASSWORD, ca_file=str(cert), seconds=60)
        yield Imap(server, replace(server, port=port, tls="starttls"), replace(server, port=port, tls="none"))
    finally:
        process.terminate()
        process.wait(20)
        tokens.shutdown()
        shutil.rmtree(folder, ignore_errors=True)


def _listens(port: int, process: subprocess.Popen[bytes], folder: Path) -> None:
    for _ in range(600):
        with closing(socket.socket()) as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        if process.poll() is not None:
            break
        time.sleep(0.1)
    log = (folder / "log").read_text() if (folder / "log").exists() else ""
    raise AssertionError(f"Dovecot did not start: {process.stderr and process.poll()} {log[-2000:]}")


class SmtpServer(Controller):
    """aiosmtpd at a port that nobody can take before it listens."""

    def __init__(self, handler: Any, **options: Any) -> None:
        self.socket = socket.socket()
        self.socket.bind(("127.0.0.1", 0))
        port = self.socket.getsockname()[1]
        super().__init__(handler, hostname="127.0.0.1", port=port, ready_timeout=60, **options)

    def _create_server(self) -> Any:
        return self.loop.create_server(self._factory_invoker, sock=self.socket, ssl=self.ssl_context)

    def __enter__(self) -> SmtpServer:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
