"""The same with nothing but the primitives: one derivation, one block of AES, four HMACs, Base64."""

import hashlib
import hmac
import os
from base64 import b64encode

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

KEY = bytes(range(16))


def mac(key: bytes, message: bytes) -> bytes:
    return hmac.digest(key, message, "sha256")


derived = PBKDF2HMAC(hashes.SHA1(), 16, KEY, 10_000).derive(b"1234")
decryptor = Cipher(algorithms.AES(derived), modes.CBC(bytes(16))).decryptor()
knowledge = decryptor.update(KEY) + decryptor.finalize()
nonce = b64encode(os.urandom(16))
signed = b"&".join((b"POST", b64encode(b"/operation/authorize"), nonce, b64encode(b"x" * 300), b"b" * 24))
second = mac(knowledge, KEY)
signature = b64encode(mac(mac(KEY, KEY), signed)[16:] + mac(mac(second, second), signed)[16:])
header = f'PowerAuth pa_nonce="{nonce.decode()}", pa_signature="{signature.decode()}"'
counter = hashlib.sha256(KEY).digest()
