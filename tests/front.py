"""Production servers and a front of nginx for tests, and a library whose figures can be lifted."""

import http.client
import os
import pwd
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

ROOT = Path(__file__).resolve().parents[1]
CONF = ROOT / "deploy/nginx/statbank.conf"
NGINX = shutil.which("nginx") or "/usr/sbin/nginx"


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def lift(library: Path, table: str, by: int) -> None:
    path = library / table / "cube.parquet"
    cube = pq.read_table(path)
    place = cube.schema.get_field_index("antal")
    pq.write_table(cube.set_column(place, "antal", pc.multiply(cube["antal"], pa.scalar(by))), path)


def configured(folder: Path, port: int, upstream: list[int]) -> Path:
    """The deployed configuration without TLS, on a free port, with its files below `folder`; nothing else differs."""
    text = CONF.read_text(encoding="utf-8")
    text = re.sub(r"listen 443 ssl http2;", f"listen 127.0.0.1:{port};", text)
    text = re.sub(r"(?m)^ *ssl_.*$", "", text)
    servers = " ".join(f"server 127.0.0.1:{each} max_fails=1 fail_timeout=5s;" for each in upstream)
    text = re.sub(r"server 127\.0\.0\.1:8000.*", servers, text)
    text = text.replace("/var/cache/nginx", str(folder / "cache")).replace("/var/log/nginx", str(folder))
    text = text.replace("rate=20r/s", "rate=5000r/s").replace("burst=40", "burst=500")  # one address polls for many
    (folder / "cache").mkdir(exist_ok=True)
    (folder / "statbank.conf").write_text(text, encoding="utf-8")
    temporary = " ".join(
        f"{each}_temp_path {folder}/{each};" for each in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    main = folder / "nginx.conf"
    # started by root its workers would be nobody, who may not enter `folder`: no file for the cache, and cut answers
    user = f"user {pwd.getpwuid(0).pw_name};" if os.getuid() == 0 else ""
    main.write_text(
        f"{user} daemon off; pid {folder}/pid; error_log {folder}/error.log; worker_processes 1;\n"
        f"events {{}}\nhttp {{ access_log off; {temporary} include {folder}/statbank.conf; }}\n"
    )
    return main


def add(library: Path, table: str) -> None:
    """Another table like TOY."""
    shutil.copytree(library / "TOY", library / table)
    path = library / table / "table.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("id: TOY", f"id: {table}"), encoding="utf-8")


@contextmanager
def served(bank: Path, folder: Path, servers: int = 1, **more: str) -> Iterator[list[int]]:
    """The ports of servers as in production, each a host of its own, ready; what they say is in `folder`/N.log."""
    ports = [free_port() for _ in range(servers)]
    command = [str(Path(sys.executable).parent / "gunicorn"), "-c", str(ROOT / "deploy/gunicorn.conf.py")]
    hosts = []
    for number, port in enumerate(ports):
        (folder / str(number)).mkdir(parents=True)
        environment = os.environ | {
            "STATBANK_BANK": str(bank),
            "STATBANK_CACHE": str(folder / str(number)),
            "STATBANK_BIND": f"127.0.0.1:{port}",
            "STATBANK_WORKERS": "1",
            **more,
        }
        hosts.append((command, environment, folder / f"{number}.log"))
    with started(hosts):
        for port in ports:
            await_ready(port)
        yield ports


@contextmanager
def fronted(folder: Path, upstream: list[int]) -> Iterator[int]:
    """The port of nginx before these servers."""
    folder.mkdir()
    port = free_port()
    main = configured(folder, port, upstream)
    with started([([NGINX, "-c", str(main), "-p", str(folder)], dict(os.environ), folder / "said.log")]):
        await_ready(port)
        yield port


@contextmanager
def started(processes: Sequence[tuple[Sequence[str], dict[str, str], Path]]) -> Iterator[None]:
    """Commands with their environment and log, all ended together."""
    with ExitStack() as stack:
        running = []
        for command, environment, log in processes:
            said = stack.enter_context(log.open("wb"))
            running.append(stack.enter_context(subprocess.Popen(command, cwd=ROOT, env=environment, stdout=said)))
        for process in running:
            stack.callback(process.terminate)
        yield


def await_ready(port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            line.request("GET", "/readyz")
            if line.getresponse().status == 200:
                return
        except OSError:
            pass
        finally:
            line.close()
        time.sleep(0.1)
    raise AssertionError("the server did not come up")
