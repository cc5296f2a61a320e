"""The production server: code is loaded before the fork, everything that owns threads, maps or DuckDB after it."""

import os
import tempfile
from pathlib import Path

wsgi_app = "service.wsgi:app"
bind = [os.environ.get("STATBANK_BIND", "127.0.0.1:8000")]
if os.environ.get("STATBANK_INTERNAL"):
    bind.append(os.environ["STATBANK_INTERNAL"])
worker_class = "gthread"
workers = int(os.environ.get("STATBANK_WORKERS", os.cpu_count() or 1))
threads = 8
preload_app = True
timeout = 30
graceful_timeout = 30
keepalive = 30  # longer than the proxy's, so that the proxy closes first
backlog = 512
umask = 0o077
limit_request_line = 8190
limit_request_field_size = 8190
limit_request_fields = 64
header_map = "refuse"
forwarded_allow_ips = "127.0.0.1,::1"
accesslog = None  # nothing is kept about readers
control_socket_disable = True  # one path per user: two servers would collide
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else tempfile.gettempdir()  # noqa: S108  # heartbeat files in memory
logger_class = "service.log.Logger"


def on_starting(server: object) -> None:
    """Counts begin at nothing; those of workers that die later are kept."""
    from service.counts import clear
    from service.settings import Settings

    clear(Settings.from_environment().cache)


def post_worker_init(worker: object) -> None:
    """Each worker looks at the bank and starts its watcher, never the parent."""
    from service.wsgi import start

    start()
