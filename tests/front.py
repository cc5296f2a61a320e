"""A front of nginx for tests, and a library whose figures can be lifted."""

import re
import shutil
import socket
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
    main.write_text(
        f"daemon off; pid {folder}/pid; error_log {folder}/error.log; worker_processes 1;\n"
        f"events {{}}\nhttp {{ access_log off; {temporary} include {folder}/statbank.conf; }}\n"
    )
    return main
