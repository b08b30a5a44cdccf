"""Writes texts of QR codes as a bank does, with keys of the test's own."""

from collections.abc import Sequence
from typing import Final

from tests.powerauth import known
from webapp.powerauth.ecc import PrivateKey, sign
from webapp.powerauth.encoding import to_base64
from webapp.powerauth.offline_operation import SigningKey

OPERATION_ID: Final = "6f1b8a52-0f2f-4c1c-9a34-2f3f5d2f7c11"
DATA: Final = "A1*A1250.50EUR*IDE89370400440532013000*NRent"
SIGNERS: Final = {SigningKey.MASTER: known.MASTER, SigningKey.PERSONALIZED: known.SERVER}


def written(value: str) -> str:
    """A title or message as it stands in its line; asterisks stay what they are."""
    return value.replace("\\", "\\\\").replace("\n", "\\n")


def payload(
    *,
    operation_id: str = OPERATION_ID,
    title: str = "Payment",
    message: str = "Pay the rent?",
    data: str = DATA,
    flags: str = "B",
    more: Sequence[str] = (),
    nonce: str = to_base64(known.NONCE),
    signing_key: SigningKey = SigningKey.PERSONALIZED,
    signer: PrivateKey | None = None,
) -> str:
    """A signed text; `more` are the lines between flags and nonce, the time-based code first."""
    lines = [operation_id, written(title), written(message), data, flags, *more, nonce, signing_key.value]
    signed = "\n".join(lines)
    return signed + to_base64(sign(signer or SIGNERS[signing_key], signed.encode()))
