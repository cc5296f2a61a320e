"""The production server on loopback, and a bare line to it: every byte of a request as a test wants it."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.front import free_port

ROOT = Path(__file__).resolve().parents[1]
SECONDS = 10  # to answer; whoever is silent for longer hangs


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str]  # by lower-case name
    body: bytes


@contextmanager
def serving(bank: Path, **settings: str) -> Iterator[int]:
    """The port of a server over `bank`, started as in production, with one worker."""
    port = free_port()
    environment = os.environ | {
        "STATBANK_BANK": str(bank),
        "STATBANK_BIND": f"127.0.0.1:{port}",
        "STATBANK_WORKERS": "1",
        **settings,
    }
    command = [str(Path(sys.executable).parent / "gunicorn"), "-c", str(ROOT / "deploy/gunicorn.conf.py")]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL) as process:
        try:
            _await(port)
            yield port
        finally:
            process.terminate()


def _await(port: int) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            if asked(port, "/readyz").status == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the server did not come up")


def exchange(port: int, sent: bytes, *, ends: bool = False) -> bytes:
    """All that comes back until the server closes the line; `ends`: we say that no more is coming."""
    with socket.create_connection(("127.0.0.1", port), timeout=SECONDS) as line:
        line.sendall(sent)
        if ends:
            line.shutdown(socket.SHUT_WR)
        pieces = []
        while piece := line.recv(65_536):
            pieces.append(piece)
        return b"".join(pieces)


def asked(
    port: int,
    target: str | bytes,
    body: bytes | None = None,
    *headers: str,
    method: str = "",
    version: str = "1.1",
) -> Reply:
    """One request with the target as it is written, text as UTF-8; a POST where there is a body."""
    raw = target.encode() if isinstance(target, str) else target
    verb = method or ("GET" if body is None else "POST")
    length = () if body is None else (f"Content-Length: {len(body)}",)
    lines = [f"HTTP/{version}", "Host: api.statbank.dk", "Connection: close", *length, *headers]
    head = f"{verb} ".encode() + raw + b" " + "\r\n".join(lines).encode() + b"\r\n\r\n"
    return reply(exchange(port, head + (body or b"")))


def reply(raw: bytes) -> Reply:
    """The first answer on a line; where the request was two in disguise, there are more."""
    head, _, body = raw.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    if "transfer-encoding" in headers:
        body = _joined(body)
    elif "content-length" in headers:
        body = body[: int(headers["content-length"])]
    return Reply(int(first.split(" ")[1]), headers, body)


def _joined(body: bytes) -> bytes:
    """The chunks of a chunked body."""
    found = b""
    while body:
        size, _, rest = body.partition(b"\r\n")
        length = int(size, 16)
        if not length:
            return found
        found, body = found + rest[:length], rest[length + 2 :]
    raise AssertionError("the last chunk is missing")
