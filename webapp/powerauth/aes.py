"""AES-128 in CBC mode, with and without PKCS#7 padding.

Source: powerauth.md, section 1 (AESP, AESN).
"""

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from webapp.powerauth.errors import PaddingInvalid

ZERO_IV = bytes(16)
_AES = algorithms.AES128
_ECB = modes.ECB()  # noqa: S305 - for single blocks: KDF is one block under a zero IV


def encrypt_block(key: bytes, block: bytes) -> bytes:
    """One block (or several independent ones) of 16 bytes, which is CBC with a zero IV for the first."""
    return Cipher(_AES(key), _ECB).encryptor().update(block)


def encrypt(key: bytes, iv: bytes, plain: bytes) -> bytes:
    """Without padding: the length must be a multiple of 16."""
    return Cipher(_AES(key), modes.CBC(iv)).encryptor().update(_whole(plain))


def decrypt(key: bytes, iv: bytes, encrypted: bytes) -> bytes:
    """Without padding: any input of whole blocks decrypts to something."""
    return Cipher(_AES(key), modes.CBC(iv)).decryptor().update(_whole(encrypted))


def _whole(blocks: bytes) -> bytes:
    if len(blocks) % 16:
        raise ValueError("not whole blocks")
    return blocks


def encrypt_padded(key: bytes, iv: bytes, plain: bytes) -> bytes:
    """With PKCS#7 padding: 1 to 16 bytes are added."""
    missing = 16 - len(plain) % 16
    return Cipher(_AES(key), modes.CBC(iv)).encryptor().update(plain + bytes((missing,)) * missing)


def decrypt_padded(key: bytes, iv: bytes, encrypted: bytes) -> bytes:
    """With PKCS#7 padding, which is checked and removed.

    Raises:
        PaddingInvalid: no whole blocks, or wrong padding.
    """
    if not encrypted or len(encrypted) % 16:
        raise PaddingInvalid("not whole blocks")
    return unpad(Cipher(_AES(key), modes.CBC(iv)).decryptor().update(encrypted))


def unpad(padded: bytes) -> bytes:
    """Remove PKCS#7 padding of a block of 16.

    Raises:
        PaddingInvalid: the padding is wrong.
    """
    if not padded or len(padded) % 16:
        raise PaddingInvalid("not whole blocks")
    count = padded[-1]
    if not 0 < count <= 16 or padded[-count:] != bytes((count,)) * count:  # noqa: PLR2004
        raise PaddingInvalid("wrong padding")
    return padded[:-count]
