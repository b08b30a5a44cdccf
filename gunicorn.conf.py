"""gunicorn's settings, which it finds in its working directory: `gunicorn` alone serves the site.

What an operator chooses are the `ASSENT_…` variables of docs/configuration.md; all that is wrong with them is
said here once, before any worker starts.
"""

import os
from pathlib import Path
from typing import Any

from webapp import counting
from webapp.environment import Reader
from webapp.network import Serving, longest_request_s
from webapp.settings import SettingsInvalid
from webapp.sites import read_sites

try:
    _sites = read_sites(os.environ)
except SettingsInvalid as error:
    raise SystemExit(str(error)) from None
_serving = Serving.read(Reader(os.environ))
if _serving is None:
    raise SystemExit("ASSENT_BIND, ASSENT_WORKERS, ASSENT_THREADS cannot be used")

wsgi_app = "wsgi:app"
bind = _serving.bind
workers = _serving.workers
worker_class = "gthread"
threads = _serving.threads

# Nobody who is served is cut off: a worker that is told to stop answers what it has begun, however slow the
# backend is. A worker is only killed when its own loop stands still for as long.
timeout = graceful_timeout = int(longest_request_s(max(site.settings.total_timeout_s for site in _sites)))
keepalive = 15

# Links carry codes and cookies are several, but none of it is long.
limit_request_line = 8190
limit_request_fields = 50
limit_request_field_size = 8190

# Who stands in front is said by ASSENT_TRUSTED_PROXIES alone. gunicorn itself would believe every neighbour
# on this machine, and everybody on a socket.
forwarded_allow_ips = ""
secure_scheme_headers: dict[str, str] = {}
forwarder_headers = ""
proxy_allow_ips = ""

# The socket is for the group, which the proxy in front belongs to; files of the database are private anyway.
umask = 0o007
# The site logs each request itself, by route and without what is secret in an address.
accesslog = None
errorlog = "-"
loglevel = "warning"
# Beating hearts on a disk could stop with the disk.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - what gunicorn makes there is unlinked at once


def on_starting(server: Any) -> None:
    """The workers count together, if anybody wants numbers."""
    server.numbers = counting.prepare(os.environ)


def post_worker_init(_worker: Any) -> None:
    counting.begin(os.environ)


def on_exit(server: Any) -> None:
    counting.end(getattr(server, "numbers", None))
