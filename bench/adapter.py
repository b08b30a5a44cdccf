"""The tasks of `bench/floor.py`, done by the library.

Each callable does what a caller of `webapp.powerauth` or `webapp.mtoken` would write, with the same inputs as
the floor beside it; what a client does once and keeps (a key that is imported, the scope of an application)
is done once here, too.
"""

import time
from collections.abc import Callable
from typing import Any

from webapp.mtoken.pac import PACUtils
from webapp.powerauth import ecies, status
from webapp.powerauth.activation import KeyTree, master_secret
from webapp.powerauth.counter import next_counter
from webapp.powerauth.ecc import generate, point, read_private, read_public, verify
from webapp.powerauth.encoding import from_base64, to_base64
from webapp.powerauth.headers import authorization_header
from webapp.powerauth.kdf import pin_key
from webapp.powerauth.offline_operation import QROperation, QROperationParser
from webapp.powerauth.protocol import SignatureType, Version
from webapp.powerauth.signature import OFFLINE_SECRET, offline_signature, online_signature, signature_data
from webapp.powerauth.token import Token
from webapp.randomness import system_random

Tasks = dict[str, Callable[[], Any]]


def make_tasks(inp: Any) -> Tasks:
    """Every task that the floor names; `inp` holds the inputs."""
    return _signatures(inp) | _encryption(inp) | _keys(inp) | _reading(inp)


def _signatures(inp: Any) -> Tasks:
    version, kind = Version(inp.version), SignatureType(inp.signature_type)
    keys = [inp.key_possession, inp.key_knowledge]
    token = Token("bench", inp.token_id, inp.token_secret, SignatureType.POSSESSION)

    def online() -> str:
        nonce = to_base64(system_random(16))
        signed = signature_data(inp.method, inp.uri_id, nonce, inp.body, inp.application_secret)
        signature = online_signature(version, keys, inp.ctr_data, signed)
        return authorization_header(version, inp.activation_id, inp.application_key, nonce, kind, signature)

    def offline() -> str:
        signed = signature_data(
            "POST", inp.offline_uri_id, inp.offline_nonce, inp.offline_body, OFFLINE_SECRET
        )
        return offline_signature(keys, inp.ctr_data, signed)

    def header() -> str:
        return token.header(version, random=system_random, now_ms=time.time_ns() // 1_000_000)

    return {
        "online_signature_2fa": online,
        "offline_signature_2fa": offline,
        "counter_step": lambda: next_counter(inp.ctr_data),
        "pbkdf2_10k": lambda: pin_key(inp.pin, inp.salt, inp.iterations),
        "token_header": header,
    }


def _encryption(inp: Any) -> Tasks:
    scope = ecies.Scope.application(Version(inp.version), inp.application_key, inp.application_secret)
    recipient = read_public(inp.ecies_server_public)

    def encrypt() -> tuple[ecies.Envelope, ecies.Exchange]:
        return ecies.encrypt_request(
            scope,
            inp.shared_info1,
            recipient,
            inp.plaintext,
            random=system_random,
            now_ms=time.time_ns() // 1_000_000,
            temporary_key_id=inp.temporary_key_id,
        )

    request, exchange = encrypt()
    response = inp.respond(request)
    return {
        "ecies_encrypt_request": lambda: encrypt()[0],
        "ecies_decrypt_response": lambda: exchange.decrypt_response(response),
    }


def _keys(inp: Any) -> Tasks:
    known = read_public(inp.server_public)
    device = read_private(inp.device_private)

    def checked(public: Any) -> bool:
        verify(public, inp.signed_data, inp.server_signature)
        return True

    def tree() -> tuple[bytes, ...]:
        keys = KeyTree.derive(master_secret(device, read_public(inp.server_public)))
        return keys.possession, keys.knowledge, keys.biometry, keys.transport, keys.vault

    def pair() -> tuple[Any, bytes]:
        private = generate(system_random)
        return private, point(private.public_key())

    return {
        "ecdsa_verify": lambda: checked(known),
        "ecdsa_verify_import": lambda: checked(read_public(inp.server_public)),
        "activation_keys": tree,
        "device_key_pair": pair,
    }


def _reading(inp: Any) -> Tasks:
    def status_blob() -> tuple[Any, ...]:
        iv = status.status_iv(inp.key_transport, inp.challenge, inp.status_nonce)
        blob = status.read_status(inp.key_transport, inp.status_blob, iv)
        return (
            blob.status,
            blob.current_version,
            blob.upgrade_version,
            blob.counter_byte,
            blob.failed_attempts,
            blob.max_failed_attempts,
            blob.look_ahead,
            blob.counter_hash,
        )

    def pac(read: Callable[[str], Any], text: str) -> tuple[str, str | None]:
        data = read(text)
        return data.oid, data.potp

    return {
        "status_blob": status_blob,
        "qr_parse": lambda: _Checked(QROperationParser.parse(inp.qr_text)),
        "pac_deeplink": lambda: pac(PACUtils.parse_deeplink, inp.pac_url),
        "pac_deeplink_jwt": lambda: pac(PACUtils.parse_deeplink, inp.pac_jwt_url),
        "pac_jwt": lambda: pac(PACUtils.parse_qr_code, inp.jwt),
    }


class _Checked:
    """A parsed operation under the names that the floor's check looks for."""

    def __init__(self, operation: QROperation) -> None:
        self._operation = operation

    def __getattr__(self, name: str) -> Any:
        if name == "fields":
            return self._operation.operation_data.fields
        if name == "signature":
            return from_base64(self._operation.signature.signature)
        return getattr(self._operation, name)
