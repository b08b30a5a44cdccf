"""A cookie that nobody can read but this site: AES-256-GCM under a key of its own, made from the secret.

SameSite=Lax, so that it comes along when another site sends the browser here. What is in it can be read
neither out of the browser's files nor out of what logs a header by mistake.
"""

from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidTag
from flask import Response, current_app, request

from webapp.custody.errors import RecordDamaged
from webapp.custody.sealing import Envelope, derive, seal
from webapp.powerauth.encoding import from_base64url, to_base64url
from webapp.powerauth.errors import EncodingError
from webapp.randomness import system_random

_KEY_ID: Final = b"1"


@dataclass(frozen=True, slots=True)
class SealedCookie:
    """One such cookie. `name` is without the prefix that it has over HTTPS; `purpose` belongs to it alone."""

    name: str
    purpose: str
    lifetime_s: int
    max_length: int

    def keep(self, response: Response, content: bytes) -> None:
        """Give it to the browser, in place of any that it had."""
        sealed = seal(self.key(), _KEY_ID, content, self.purpose.encode(), random=system_random)
        response.set_cookie(
            self._full_name(),
            to_base64url(sealed),
            max_age=self.lifetime_s,
            path="/",
            secure=current_app.config["SESSION_COOKIE_SECURE"],
            httponly=True,
            samesite="Lax",
        )

    def read(self) -> bytes | None:
        """What is in it; None for one that is missing, too long, altered or of another secret."""
        text = request.cookies.get(self._full_name(), "")
        if not text or len(text) > self.max_length:
            return None
        try:
            return Envelope.read(from_base64url(text)).open(self.key(), self.purpose.encode())
        except (EncodingError, RecordDamaged, InvalidTag):
            return None

    def forget(self, response: Response) -> None:
        response.delete_cookie(
            self._full_name(),
            path="/",
            secure=current_app.config["SESSION_COOKIE_SECURE"],
            httponly=True,
            samesite="Lax",
        )

    def key(self) -> bytes:
        """32 bytes."""
        secret = current_app.config["SECRET_KEY"]
        info = f"assent/web/{self.purpose.replace(' ', '-')}/1".encode()
        return derive(secret if isinstance(secret, bytes) else secret.encode(), info)

    def _full_name(self) -> str:
        return f"__Host-{self.name}" if current_app.config["SESSION_COOKIE_SECURE"] else self.name
