"""Which key an encrypted request goes to, and what the server's clock says meanwhile.

In 3.3 requests are encrypted to a temporary key that is fetched first. The key of application scope serves
every activation and is kept for its five minutes; an activation's own key is needed so rarely that each
use fetches one.

Source: powerauth.md, sections 4, 5 and 5.9.
"""

import threading
from collections.abc import Callable
from typing import Any, Final

from webapp.mtoken import standard_api
from webapp.mtoken.errors import AnswerLost, NotSent
from webapp.mtoken.server_status import ServerStatus, read_server_status
from webapp.mtoken.server_time import ServerTime
from webapp.mtoken.standard_api import StandardApi, request_body, text_of
from webapp.powerauth import ecies, headers
from webapp.powerauth.ecc import PublicKey, read_public
from webapp.powerauth.encoding import to_base64
from webapp.powerauth.protocol import Version
from webapp.powerauth.sdk_configuration import SdkConfiguration
from webapp.powerauth.state import ActivationState
from webapp.powerauth.temporary_key import (
    CHALLENGE_BYTES,
    TemporaryKey,
    activation_scope_key,
    read_response,
    request_jwt,
)
from webapp.randomness import Random

SPARE_MS: Final = 10_000


class TemporaryKeySlot:
    """Room for one temporary key, in memory only; many threads wait for one fetch."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._key: TemporaryKey | None = None

    def get(self, now_ms: Callable[[], int], fetch: Callable[[], TemporaryKey]) -> TemporaryKey:
        """The kept key, or a new one if it has less than ten seconds left."""
        with self._lock:
            if self._key is None or self._key.expires_at_ms - SPARE_MS <= now_ms():
                self._key = fetch()
            return self._key

    def drop(self) -> None:
        """Forget the key: the server may not know it any more."""
        with self._lock:
            self._key = None


class EncryptionKeys:
    """Fetches and checks the keys that requests are encrypted to."""

    def __init__(
        self,
        configuration: SdkConfiguration,
        version: Version,
        api: StandardApi,
        server_time: ServerTime,
        random: Random,
        application_slot: TemporaryKeySlot | None = None,
    ) -> None:
        self._configuration = configuration
        self._version = version
        self._api = api
        self._server_time = server_time
        self._random = random
        self._application_slot = application_slot or TemporaryKeySlot()

    def ensure_time(self) -> None:
        """Ask the server for its time if it is not known any more."""
        if not self._server_time.is_fresh:
            self.ask_status()

    def ask_status(self, *, anew: bool = False) -> ServerStatus:
        """What the server says of itself; its time is known afterwards, and measured `anew` if asked.

        Raises:
            NotSent: it cannot be asked.
        """
        started = self._server_time.started()
        try:
            status = read_server_status(self._ask(standard_api.STATUS, standard_api.EMPTY_BODY))
        except AnswerLost as error:
            raise NotSent(str(error)) from error
        self._server_time.learn(status.server_time_ms, started, anew=anew)
        return status

    def application(self) -> TemporaryKey | None:
        """The temporary key of application scope; None before 3.3. The server's time is known afterwards."""
        self.ensure_time()
        if not self._version.uses_temporary_keys:
            return None
        master = read_public(self._configuration.master_public_key)
        secret = self._configuration.application_secret_bytes
        return self._application_slot.get(self._server_time.now_ms, lambda: self._fetch(secret, None, master))

    def drop_application(self) -> None:
        """Forget the key of application scope: the server may not know it any more."""
        self._application_slot.drop()

    def header(self, activation_id: str | None = None) -> tuple[str, str]:
        """Name and value of the encryption header; without an activation in application scope."""
        value = headers.encryption_header(self._version, self._configuration.application_key, activation_id)
        return headers.ENCRYPTION, value

    def encrypt_for_application(self, sh1: str, plaintext: bytes) -> tuple[ecies.Envelope, ecies.Exchange]:
        """Close a request in application scope."""
        scope = ecies.Scope.application(
            self._version, self._configuration.application_key, self._configuration.application_secret
        )
        master = read_public(self._configuration.master_public_key)
        return self._close(scope, sh1, plaintext, self.application(), master)

    def encrypt_for_activation(
        self, state: ActivationState, sh1: str, plaintext: bytes
    ) -> tuple[ecies.Envelope, ecies.Exchange]:
        """Close a request in the scope of this activation."""
        self.ensure_time()
        server_key, temporary_key = read_public(state.server_public_key), None
        if self._version.uses_temporary_keys:
            secret = activation_scope_key(state.transport_key, self._configuration.application_secret_bytes)
            temporary_key = self._fetch(secret, state.activation_id, server_key)
        scope = ecies.Scope.activation(
            self._version,
            self._configuration.application_key,
            self._configuration.application_secret,
            state.activation_id,
            state.transport_key,
        )
        return self._close(scope, sh1, plaintext, temporary_key, server_key)

    def _close(
        self,
        scope: ecies.Scope,
        sh1: str,
        plaintext: bytes,
        temporary_key: TemporaryKey | None,
        long_lived_key: PublicKey,
    ) -> tuple[ecies.Envelope, ecies.Exchange]:
        return ecies.encrypt_request(
            scope,
            sh1,
            long_lived_key if temporary_key is None else temporary_key.public_key,
            plaintext,
            random=self._random,
            now_ms=self._server_time.now_ms(),
            temporary_key_id=None if temporary_key is None else temporary_key.key_id,
        )

    def _ask(self, path: str, body: bytes) -> dict[str, Any]:
        """A question that changes nothing: without its answer, the request that needs it is not sent."""
        try:
            return self._api.ask(path, body)
        except AnswerLost as error:
            raise NotSent(f"{path}: {error}") from error

    def _fetch(self, secret: bytes, activation_id: str | None, server_key: PublicKey) -> TemporaryKey:
        challenge = to_base64(self._random(CHALLENGE_BYTES))
        jwt = request_jwt(secret, self._configuration.application_key, activation_id, challenge)
        answer = self._ask(standard_api.KEYSTORE_CREATE, request_body({"jwt": jwt}))
        return read_response(
            text_of(answer, "jwt"),
            server_key=server_key,
            application_key=self._configuration.application_key,
            activation_id=activation_id,
            challenge=challenge,
            now_ms=self._server_time.now_ms(),
        )
