"""A cold process that signs with keys in hand: PIN to key, signature, header; no activation to keep."""

from webapp.powerauth import aes
from webapp.powerauth.encoding import to_base64
from webapp.powerauth.headers import authorization_header
from webapp.powerauth.kdf import pin_key
from webapp.powerauth.protocol import SignatureType, Version
from webapp.powerauth.signature import online_signature, signature_data
from webapp.randomness import system_random

KEY = bytes(range(16))

knowledge = aes.decrypt(pin_key(b"1234", KEY, 10_000), aes.ZERO_IV, KEY)
nonce = to_base64(system_random(16))
signed = signature_data("POST", "/operation/authorize", nonce, b"x" * 300, "b" * 24)
signature = online_signature(Version.V3_3, [KEY, knowledge], KEY, signed)
kind = SignatureType.POSSESSION_KNOWLEDGE
header = authorization_header(Version.V3_3, "c0506a98", "a" * 24, nonce, kind, signature)
