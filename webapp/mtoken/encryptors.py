"""Encryption for the application's own endpoints.

    encryptor = power_auth.encryptor(EncryptorScope.ACTIVATION)
    message = encryptor.encrypt_request(b'{"question": 1}')
    answer = send(message.body, dict([message.header]))        # the caller's own business
    if answer.status == 200:                                   # an error is never encrypted
        plaintext = message.decryptor.decrypt_response(answer.body)

An endpoint that wants a signature, too, mostly wants it over the plaintext: then the header is the one of
`request_signature` over the plaintext, and `message.header` is left out.

Source: powerauth.md, section 5.
"""

from dataclasses import dataclass, field
from enum import Enum, auto

import msgspec

from webapp.mtoken.client import Client, present
from webapp.mtoken.encryption import EncryptionKeys
from webapp.mtoken.keeper import Keeper
from webapp.mtoken.standard_api import json_bytes
from webapp.powerauth.ecies import SH1_ACTIVATION, SH1_APPLICATION, Exchange
from webapp.powerauth.errors import EnvelopeInvalid


class EncryptorScope(Enum):
    """Between whom: any client of the application and the server, or this activation and the server."""

    APPLICATION = auto()
    ACTIVATION = auto()


class Decryptor:
    """Opens the response to one request, once."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange: Exchange | None = exchange

    @property
    def can_decrypt_response(self) -> bool:
        return self._exchange is not None

    def decrypt_response(self, body: bytes) -> bytes:
        """The plaintext of a successful answer's body.

        Raises:
            EnvelopeInvalid: not an envelope, altered, of another request, or the second response.
        """
        exchange, self._exchange = self._exchange, None
        if exchange is None:
            raise EnvelopeInvalid("a decryptor serves one response")
        try:
            envelope = msgspec.json.decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise EnvelopeInvalid("not JSON") from error
        if not isinstance(envelope, dict):
            raise EnvelopeInvalid("not an object")
        return exchange.decrypt_response(envelope)


@dataclass(frozen=True, slots=True)
class EncryptedRequest:
    """What is sent with POST as JSON: the body, and name and value of the encryption header."""

    body: bytes = field(repr=False)
    header: tuple[str, str]
    decryptor: Decryptor


class Encryptor:
    """Closes requests in one scope, any number of them. Made by `PowerAuth.encryptor`."""

    def __init__(self, keys: EncryptionKeys, activation: Keeper | None) -> None:
        self._keys = keys
        self._activation = activation  # None: application scope

    @property
    def can_encrypt_request(self) -> bool:
        """Whether the scope is there: the activation for its own."""
        return self._activation is None or self._activation.read() is not None

    def encrypt_request(self, body: bytes = b"") -> EncryptedRequest:
        """Close a request; the server's key and time are fetched where they are not known.

        Raises:
            InvalidActivationError: no activation, and the scope needs one.
            NotSent: no key from the server.
            RefusedByServer: it does not give a key to this application or activation.
            TemporaryKeyInvalid: what it gave cannot be trusted.
        """
        if self._activation is None:
            envelope, exchange = self._keys.encrypt_for_application(SH1_APPLICATION, body)
            header = self._keys.header()
        else:
            state = present(self._activation.read())
            envelope, exchange = self._keys.encrypt_for_activation(state, SH1_ACTIVATION, body)
            header = self._keys.header(state.activation_id)
        return EncryptedRequest(json_bytes(envelope), header, Decryptor(exchange))

    def forget_key(self) -> None:
        """The server could not decrypt: the next request of application scope fetches another key.

        In activation scope every request fetches its own.
        """
        if self._activation is None:
            self._keys.drop_application()


class Encryptors(Client):
    """Makes encryptors."""

    def encryptor(self, scope: EncryptorScope) -> Encryptor:
        """Encryption in this scope, for endpoints of the application's own."""
        return Encryptor(self._keys, self._keeper if scope is EncryptorScope.ACTIVATION else None)
