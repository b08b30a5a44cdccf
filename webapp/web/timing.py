"""How long the costly steps take, for those who count."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import current_app

from webapp.web.services import services


@contextmanager
def decoding(kind: str) -> Iterator[None]:
    """Around looking for a code in a `picture` or a `frame`; nobody counts unless the operator wants it."""
    told = current_app.extensions.get("assent_decoded")
    if told is None:
        yield
        return
    clock = services().clock
    began = clock.monotonic()
    try:
        yield
    finally:
        told(kind, clock.monotonic() - began)
