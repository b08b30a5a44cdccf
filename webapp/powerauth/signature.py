"""From request data to a signature, online or offline.

Source: powerauth.md, sections 6.2 to 6.5.
"""

from binascii import b2a_base64
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from webapp.powerauth.kdf import hmac_sha256
from webapp.powerauth.protocol import Version

OFFLINE_SECRET: Final = "offline"  # noqa: S105 - a literal of the protocol
OFFLINE_DIGITS: Final = 8
SIGNATURE_NONCE_BYTES: Final = 16
URI_TOKEN_CREATE: Final = "/pa/token/create"  # noqa: S105 - an identifier, not a secret
URI_ACTIVATION_REMOVE: Final = "/pa/activation/remove"
URI_SIGNATURE_VALIDATE: Final = "/pa/signature/validate"
URI_TOKEN_REMOVE: Final = "/pa/token/remove"  # noqa: S105 - an identifier, not a secret
URI_VAULT_UNLOCK: Final = "/pa/vault/unlock"
URI_ACTIVATION_RENAME: Final = "/pa/activation/rename"
URI_RECOVERY_CONFIRM: Final = "/pa/recovery/confirm"

_DECODED_TWICE = frozenset("%+&")


def signature_data(method: str, uri_id: str, nonce: str, body: bytes, secret: str) -> bytes:
    """The text that is signed.

    Args:
        method: HTTP method; it is signed in upper case.
        uri_id: the identifier of the operation, such as `/operation/authorize`; not the URL's path.
        nonce: Base64 of 16 bytes, exactly as it stands in the header.
        body: the bytes that are sent, or the canonical query of a GET.
        secret: the application's secret as Base64 text; the word `offline` for offline signatures.
    """
    return b"%b&%b&%b&%b&%b" % (
        method.upper().encode(),
        b2a_base64(uri_id.encode(), newline=False),
        nonce.encode(),
        b2a_base64(body, newline=False),
        secret.encode(),
    )


def components(keys: Sequence[bytes], counter: bytes, signed: bytes) -> list[bytes]:
    """One HMAC of 32 bytes for every factor key (16 bytes each) at this CTR_DATA.

    The chain of component i starts from key i and then mixes keys 1 to i, key i once more among them.
    """
    hidden = [hmac_sha256(key, counter) for key in keys]
    results = []
    for position, derived in enumerate(hidden):
        for mixed in hidden[1 : position + 1]:
            derived = hmac_sha256(mixed, derived)  # noqa: PLW2901
        results.append(hmac_sha256(derived, signed))
    return results


def online_signature(version: Version, keys: Sequence[bytes], counter: bytes, signed: bytes) -> str:
    """The signature of a request: Base64 of 16 bytes a factor, decimal digits in 3.0."""
    if version.decimal_signatures:
        return offline_signature(keys, counter, signed)
    joined = b"".join([component[16:] for component in components(keys, counter, signed)])
    return b2a_base64(joined, newline=False).decode("ascii")


def offline_signature(
    keys: Sequence[bytes], counter: bytes, signed: bytes, digits: int = OFFLINE_DIGITS
) -> str:
    """The signature that a person retypes: `digits` (4 … 8) decimal digits a factor, joined by dashes."""
    return "-".join([_decimal(component, digits) for component in components(keys, counter, signed)])


def form_encode(raw: bytes) -> str:
    """As HTML forms do it: letters, digits and `-_.*` stay, a space becomes `+`, the rest `%XX`."""
    # Imported here: nearly nothing is signed in a GET, and who only signs should not wait for it.
    from urllib.parse import quote_from_bytes  # noqa: PLC0415

    return quote_from_bytes(raw, safe="* ").replace("~", "%7E").replace(" ", "+")


def canonical_query(query: str) -> str:
    """The query of a GET in the one form that is signed: sorted by name, then value, encoded anew.

    Pairs without `=` are left out.
    """
    pairs = []
    for item in query.split("&"):
        name, equals, value = item.partition("=")
        if equals:
            pairs.append((_form_decode(name), _form_decode(value)))
    return "&".join(f"{form_encode(name)}={form_encode(value)}" for name, value in sorted(pairs))


def query_data(parameters: Mapping[str, str] | Iterable[tuple[str, str]]) -> bytes:
    """The signed data of a GET with these parameters; it is a query that can be sent as it is, too.

    Raises:
        ValueError: a name or value that servers sign differently, because they decode it twice: use POST.
    """
    pairs = list(parameters.items() if isinstance(parameters, Mapping) else parameters)
    for name, value in pairs:
        if _DECODED_TWICE & set(value) or (_DECODED_TWICE | {"="}) & set(name):
            raise ValueError("a parameter with %, + or & cannot be signed in a GET")
    encoded = sorted((name.encode(), value.encode()) for name, value in pairs)
    return "&".join(f"{form_encode(name)}={form_encode(value)}" for name, value in encoded).encode()


def _form_decode(text: str) -> bytes:
    from urllib.parse import unquote_to_bytes  # noqa: PLC0415

    return unquote_to_bytes(text.replace("+", " "))


def _decimal(component: bytes, digits: int) -> str:
    number = int.from_bytes(component[28:], "big") & 0x7FFF_FFFF
    return str(number % 10**digits).zfill(digits)
