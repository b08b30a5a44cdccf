"""Counting together: what gunicorn's workers share when somebody wants numbers.

gunicorn.conf.py calls these at its hooks. The master makes a folder for this run and takes it away at the
end; each worker keeps its numbers there and, where they have an address of their own, listens on it.
"""

import shutil
import tempfile
from collections.abc import MutableMapping
from typing import Final

import structlog

from webapp import environment

DIRECTORY: Final = "PROMETHEUS_MULTIPROC_DIR"
_SETTINGS: Final = ("ASSENT_METRICS_BIND", "ASSENT_METRICS_TOKEN")
_log = structlog.get_logger()


def prepare(environ: MutableMapping[str, str]) -> str | None:
    """In the master, before there is a worker: the folder, if anybody wants numbers.

    A folder that was named before is somebody else's, such as that of the master before an upgrade.
    """
    if not any(environ.get(name) for name in _SETTINGS):
        environ.pop(DIRECTORY, None)
        return None
    environ[DIRECTORY] = tempfile.mkdtemp(prefix="assent-metrics-")
    return environ[DIRECTORY]


def begin(environ: MutableMapping[str, str]) -> None:
    """In a worker, once its app is there. Nobody is turned away because the numbers cannot be told."""
    address = environment.listen(environ.get("ASSENT_METRICS_BIND", ""))
    if address is None or not environ.get(DIRECTORY):
        return
    # Imported here: the library looks at the environment when it is loaded.
    from webapp.metrics import serve  # noqa: PLC0415

    try:
        serve(*address)
    except OSError as error:
        _log.error("metrics_not_told", error=type(error).__name__)


def end(directory: str | None) -> None:
    """In the master, at the end."""
    if directory is not None:
        shutil.rmtree(directory, ignore_errors=True)
