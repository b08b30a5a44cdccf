"""How much a request may bring, and where that is kept meanwhile: in memory, never in a file.

The scanner takes pictures, so its addresses take more than others. The limits are set before anything is
read of a request; who has more to send than that is refused by the length that the request announces. The
server in front has limits of its own for address and header; these hold behind any.
"""

from io import BytesIO
from types import MappingProxyType
from typing import IO, Final

from flask import Flask, Request, request
from werkzeug.exceptions import RequestEntityTooLarge, RequestHeaderFieldsTooLarge, RequestURITooLarge

from webapp.flows.decoding import MAX_BYTES

_FORM_AROUND_A_PICTURE: Final = 64 * 1024
LARGER: Final = MappingProxyType(
    {
        ("scan.read", "multipart/form-data"): MAX_BYTES + _FORM_AROUND_A_PICTURE,
        ("scan.frame", "application/octet-stream"): 2 * 1024 * 1024,
    }
)
"""Bytes per endpoint and media type; everything else takes `security.MAX_REQUEST_BYTES`."""


MAX_ADDRESS_LENGTH: Final = 8 * 1024
"""Characters of path and query: more than any link of a bank or answer of a provider has."""
MAX_HEADER_BYTES: Final = 32 * 1024
MAX_QUERY_FIELDS: Final = 50

_HEADERS: Final = ("HTTP_", "CONTENT_")
"""How WSGI names what came in the header."""


class MemoryRequest(Request):
    """A request whose uploads never touch a disk: somebody's photo is nobody else's to find.

    The number of its fields is limited however they are written.
    """

    def _load_form_data(self) -> None:
        super()._load_form_data()
        most = self.max_form_parts
        if most is not None and sum(len(values) for _, values in self.form.lists()) > most:
            raise RequestEntityTooLarge

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
    sent = request.environ.items()
    if len(request.full_path) > MAX_ADDRESS_LENGTH:
        raise RequestURITooLarge
    if request.query_string.count(b"&") >= MAX_QUERY_FIELDS:
        raise RequestURITooLarge
    if sum(len(name) + len(said) for name, said in sent if name.startswith(_HEADERS)) > MAX_HEADER_BYTES:
        raise RequestHeaderFieldsTooLarge
    larger = LARGER.get((request.endpoint or "", request.mimetype))
    if larger is not None:
        request.max_content_length = larger
