"""The three X-PowerAuth-* headers as a client writes them; received_headers.py reads them.

Source: powerauth.md, sections 5.5, 6.3 and 7.2.
"""

from typing import Final

from webapp.powerauth.encoding import to_base64
from webapp.powerauth.protocol import SignatureType, Version

AUTHORIZATION: Final = "X-PowerAuth-Authorization"
ENCRYPTION: Final = "X-PowerAuth-Encryption"
TOKEN: Final = "X-PowerAuth-Token"  # noqa: S105 - the name of a header


def authorization_header(
    version: Version,
    activation_id: str,
    application_key: str,
    nonce: str,
    signature_type: SignatureType,
    signature: str,
) -> str:
    """The value of `X-PowerAuth-Authorization`; `nonce` and `signature` are the texts that stand in it."""
    return (
        f'PowerAuth pa_version="{version}", pa_activation_id="{activation_id}", '
        f'pa_application_key="{application_key}", pa_nonce="{nonce}", '
        f'pa_signature_type="{signature_type}", pa_signature="{signature}"'
    )


def encryption_header(version: Version, application_key: str, activation_id: str | None = None) -> str:
    """The value of `X-PowerAuth-Encryption`."""
    value = f'PowerAuth version="{version}", application_key="{application_key}"'
    return value if activation_id is None else f'{value}, activation_id="{activation_id}"'


def token_header(version: Version, token_id: str, digest: bytes, nonce: bytes, timestamp_ms: int) -> str:
    """The value of `X-PowerAuth-Token`."""
    return (
        f'PowerAuth version="{version}", token_id="{token_id}", token_digest="{to_base64(digest)}", '
        f'nonce="{to_base64(nonce)}", timestamp="{timestamp_ms}"'
    )
