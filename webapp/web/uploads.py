"""How much a request may bring, and where that is kept meanwhile: in memory, never in a file.

The scanner takes pictures, so its addresses take more than others. The limits are set before anything is
read of a request; who has more to send than that is refused by the length that the request announces.
"""

from io import BytesIO
from types import MappingProxyType
from typing import IO, Final

from flask import Flask, Request, request

from webapp.flows.decoding import MAX_BYTES

_FORM_AROUND_A_PICTURE: Final = 64 * 1024
LARGER: Final = MappingProxyType(
    {
        ("scan.read", "multipart/form-data"): MAX_BYTES + _FORM_AROUND_A_PICTURE,
        ("scan.frame", "application/octet-stream"): 2 * 1024 * 1024,
    }
)
"""Bytes per endpoint and media type; everything else takes `security.MAX_REQUEST_BYTES`."""


class MemoryRequest(Request):
    """A request whose uploads never touch a disk: somebody's photo is nobody else's to find."""

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        del total_content_length, content_type, filename, content_length
        return BytesIO()


def configure(app: Flask) -> None:
    """Before `security.configure`: what that checks reads the request."""
    app.request_class = MemoryRequest
    app.before_request(_set_limit)


def _set_limit() -> None:
    larger = LARGER.get((request.endpoint or "", request.mimetype))
    if larger is not None:
        request.max_content_length = larger
