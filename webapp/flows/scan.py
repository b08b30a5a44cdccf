"""Scan: from what a camera saw, a picture shows or a person pasted, to what it leads to.

Nothing is opened, sent or signed here, and nothing is verified: every value waits for the person to go on.

Source: formats.md, section 5.
"""

from collections.abc import Sequence

from webapp.flows.decoding import decode_picture
from webapp.flows.errors import CodeUnknown, NothingToRead, RecoveryCodeScanned
from webapp.flows.qr_codes import likeliest, text_of
from webapp.mtoken.pac import PACData
from webapp.mtoken.scanned import ScannedKind, ScanSource, classify
from webapp.powerauth.activation_code import ActivationCode
from webapp.powerauth.offline_operation import QROperation

Target = QROperation | PACData | ActivationCode
"""What a code is: an operation to approve without a connection, the way to one with it, an activation."""


def pasted(text: str) -> Target:
    """What a person typed or pasted.

    Raises:
        as `pictured`, but for what concerns pictures.
    """
    if not text.strip():
        raise NothingToRead
    return _target(text, ScanSource.OTHER)


def pictured(content: bytes) -> Target:
    """What a photo or a screenshot shows.

    Raises:
        NothingToRead: there is none.
        ScanRefused: no code can be read from it.
        QROperationError, PacError, ActivationCodeError: a code of that kind, but damaged.
        RecoveryCodeScanned, CodeUnknown: a code that leads nowhere here.
    """
    if not content:
        raise NothingToRead
    return _target(decode_picture(content), ScanSource.CAMERA)


def seen(texts: Sequence[str], *, by_browser: bool) -> Target:
    """What the camera of the page has seen.

    Args:
        texts: of all codes in one picture.
        by_browser: the browser itself read them and not this site, and may have taken UTF-8 for Latin-1.

    Raises:
        as `pasted`.
    """
    read = [_meant(text) for text in texts] if by_browser else list(texts)
    if not any(read):
        raise NothingToRead
    return _target(likeliest(read), ScanSource.CAMERA)


def _meant(text: str) -> str:
    """Where every character could stand for a byte, the bytes decide, as in a picture that we read."""
    try:
        return text_of(text.encode("iso-8859-1"), text)
    except UnicodeEncodeError:
        return text


def _target(text: str, source: ScanSource) -> Target:
    scanned = classify(text, source)
    if scanned.kind is ScannedKind.RECOVERY_CODE:
        raise RecoveryCodeScanned
    if scanned.error is not None:
        raise scanned.error
    if scanned.value is None or isinstance(scanned.value, str):
        raise CodeUnknown
    return scanned.value
