"""One activation and its server: activate, ask for the status, sign, keep tokens, remove.

`PowerAuth` joins the pure protocol with a `Transport` (how messages travel) and a `Keeper` (where the
activation lives). Its methods are those of the mobile SDK.

Source: powerauth.md, sections 3 to 9, 15 and 16.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from webapp.clock import Clock, SystemClock
from webapp.mtoken import standard_api
from webapp.mtoken.encryption import EncryptionKeys, TemporaryKeySlot
from webapp.mtoken.errors import InvalidActivationError
from webapp.mtoken.keeper import HeldState, Keeper, MemoryKeeper
from webapp.mtoken.server_time import ServerTime
from webapp.mtoken.standard_api import StandardApi, json_bytes, request_body, text_of
from webapp.mtoken.status_report import StatusReport, read_report
from webapp.mtoken.transport import Transport
from webapp.powerauth import ecies, headers
from webapp.powerauth.activation import (
    ActivationRequest,
    NewActivation,
    begin_activation,
    complete_activation,
    fingerprint,
)
from webapp.powerauth.activation_code import ActivationCode, verify_signed_code
from webapp.powerauth.counter import Synchronisation
from webapp.powerauth.ecc import read_public, verify
from webapp.powerauth.encoding import from_base64
from webapp.powerauth.errors import EncodingError, SignatureInvalid
from webapp.powerauth.factors import PowerAuthAuthentication
from webapp.powerauth.protocol import SignatureType, Version
from webapp.powerauth.sdk_configuration import SdkConfiguration
from webapp.powerauth.signature import (
    URI_ACTIVATION_REMOVE,
    URI_SIGNATURE_VALIDATE,
    URI_TOKEN_CREATE,
)
from webapp.powerauth.signing import sign_offline, sign_request
from webapp.powerauth.state import ActivationState
from webapp.powerauth.token import Token
from webapp.randomness import Random, system_random

PLATFORM: Final = "web"


@dataclass(frozen=True, slots=True)
class PowerAuthConfiguration:
    """Which server and which application: all that separates one installation from another."""

    base_url: str
    sdk: SdkConfiguration
    version: Version = Version.V3_3


@dataclass(frozen=True, slots=True)
class ActivationResult:
    """What the person should see after the key exchange, before the PIN."""

    fingerprint: str
    recovery: Any = field(default=None, repr=False)
    custom_attributes: Any = field(default=None, repr=False)
    user_info: Any = field(default=None, repr=False)


class PowerAuth:
    """One activation. Make one per call chain; `server_time` and `application_key` may be shared by all."""

    def __init__(
        self,
        configuration: PowerAuthConfiguration,
        transport: Transport,
        keeper: Keeper | None = None,
        *,
        clock: Clock | None = None,
        random: Random = system_random,
        server_time: ServerTime | None = None,
        application_key: TemporaryKeySlot | None = None,
    ) -> None:
        self.configuration = configuration
        self.transport = transport
        self.server_time = server_time or ServerTime(clock or SystemClock())
        self._keeper = keeper if keeper is not None else MemoryKeeper()
        self._random = random
        self._api = StandardApi(configuration.base_url, transport)
        self._keys = EncryptionKeys(
            configuration.sdk, configuration.version, self._api, self.server_time, random, application_key
        )
        self._pending: NewActivation | None = None

    # -- the activation ---------------------------------------------------------------------------

    @property
    def state(self) -> ActivationState:
        """The activation as it is kept now.

        Raises:
            InvalidActivationError: there is none.
        """
        return _present(self._keeper.read())

    def has_valid_activation(self) -> bool:
        return self._keeper.read() is not None

    def activation_fingerprint(self) -> str:
        """The eight digits to compare with the bank's."""
        state = self.state
        device, server = read_public(state.device_public_key), read_public(state.server_public_key)
        return fingerprint(device, state.activation_id, server)

    def create_activation(
        self,
        code: ActivationCode,
        name: str,
        *,
        otp: str | None = None,
        device_info: str | None = None,
        extras: str | None = None,
    ) -> ActivationResult:
        """Exchange keys for an activation code. `commit_activation` has to follow.

        Raises:
            SignatureInvalid: the code carries a signature that is not the bank's; nothing is sent.
            NotSent: nothing happened; the code is still good.
            AnswerLost: the code may be used up; ask for a new one.
            RefusedByServer: the server does not take the code.
            ActivationInvalid: an answer that cannot be trusted; nothing is kept.
        """
        if self.has_valid_activation():
            raise InvalidActivationError("there is an activation already")
        verify_signed_code(code, read_public(self.configuration.sdk.master_public_key))
        temporary_key = self._keys.application()
        request = ActivationRequest(
            "CODE", {"code": code.code}, name, PLATFORM, device_info, otp=otp, extras=extras
        )
        envelope, pending = begin_activation(
            self.configuration.sdk,
            request,
            version=self.configuration.version,
            temporary_key=temporary_key,
            random=self._random,
            now_ms=self.server_time.now_ms(),
        )
        header = headers.encryption_header(self.configuration.version, self.configuration.sdk.application_key)
        try:
            answer = self._api.post(
                standard_api.ACTIVATION_CREATE, json_bytes(envelope), {headers.ENCRYPTION: header}
            )
        except Exception:
            # The key may have been the reason; the next attempt fetches another.
            self._keys.drop_application()
            raise
        self._pending = complete_activation(pending, answer)
        return ActivationResult(
            self._pending.fingerprint, self._pending.recovery, self._pending.custom, self._pending.user_info
        )

    def commit_activation(self, password: str | bytes, *, biometry_key: bytes | None = None) -> None:
        """Protect the new keys with the PIN (and biometry) and keep them.

        Raises:
            InvalidActivationError: `create_activation` did not come before.
        """
        if self._pending is None:
            raise InvalidActivationError("nothing to commit")
        raw = password.encode() if isinstance(password, str) else password
        state = self._pending.protect(raw, random=self._random, biometry_key=biometry_key)
        with self._keeper.exclusive() as held:
            held.store(state)
        self._pending = None

    def remove_activation(self, authentication: PowerAuthAuthentication) -> None:
        """Remove the activation on the server; the caller then forgets it here.

        Raises:
            RefusedByServer: signature not accepted, nothing was removed.
            AnswerLost: fetch the status; REMOVED means it worked.
        """
        self._signed_post(
            standard_api.ACTIVATION_REMOVE,
            URI_ACTIVATION_REMOVE,
            standard_api.EMPTY_BODY,
            authentication,
        )

    # -- status -----------------------------------------------------------------------------------

    def peek_activation_status(self) -> StatusReport:
        """How the activation stands; changes nothing here.

        Raises:
            StatusUnreadable: the server makes no statement about this activation.
        """
        return self._report(self.state)

    def fetch_activation_status(self) -> StatusReport:
        """How the activation stands; the counter follows the server's if that is ahead.

        Raises:
            StatusUnreadable: the server makes no statement about this activation.
        """
        with self.exclusive() as held:
            state = _present(held.state)
            report = self._report(state)
            followed = replace(
                state,
                counter=report.counter,
                failed_attempts=report.failed_attempts,
                max_failed_attempts=report.max_failed_attempts,
            )
            if followed != state:
                held.store(followed)
            if report.synchronisation is Synchronisation.SIGN_SOON:
                self._bring_server_along()
            return report

    def _report(self, state: ActivationState) -> StatusReport:
        challenged = self.configuration.version.status_has_challenge
        challenge = self._random(16) if challenged else None
        return read_report(self._api, state, challenge)

    def _bring_server_along(self) -> None:
        """A signature with possession alone moves the server up to our counter; failing costs nothing."""
        self._signed_post(
            standard_api.SIGNATURE_VALIDATE,
            URI_SIGNATURE_VALIDATE,
            request_body({"reason": "COUNTER_SYNCHRONIZATION"}),
            PowerAuthAuthentication.possession(),
        )

    # -- signatures -------------------------------------------------------------------------------

    @contextmanager
    def exclusive(self) -> Iterator[HeldState]:
        """Nobody else signs with this activation until the block is left. May be nested."""
        with self._keeper.exclusive() as held:
            yield held

    def request_signature(
        self, authentication: PowerAuthAuthentication, method: str, uri_id: str, body: bytes
    ) -> tuple[str, str]:
        """Name and value of the signature header for exactly these bytes; the moved counter is stored.

        Send it inside the same `exclusive` block and wait for the answer before the next one.

        Raises:
            FactorMissing: biometry is not set up.
        """
        with self.exclusive() as held:
            value, following = sign_request(
                _present(held.state),
                self.configuration.sdk,
                authentication,
                version=self.configuration.version,
                method=method,
                uri_id=uri_id,
                body=body,
                random=self._random,
            )
            held.store(following)
        return headers.AUTHORIZATION, value

    def offline_signature(
        self, authentication: PowerAuthAuthentication, uri_id: str, nonce: str, body: bytes
    ) -> str:
        """The digits that a person retypes; the moved counter is stored before they are returned.

        Raises:
            FactorMissing: biometry is not set up.
        """
        with self.exclusive() as held:
            code, following = sign_offline(
                _present(held.state), authentication, uri_id=uri_id, nonce=nonce, body=body
            )
            held.store(following)
        return code

    def verify_server_signed_data(self, signed: str, signature: str, master_key: bool) -> bool:
        """Whether the server signed this text (its UTF-8 bytes); `signature` is Base64 of DER.

        With the application's master key, or with the server key of this activation.
        """
        key = self.configuration.sdk.master_public_key if master_key else self.state.server_public_key
        try:
            verify(read_public(key), signed.encode(), from_base64(signature))
        except (SignatureInvalid, EncodingError):
            return False
        return True

    def _signed_post(
        self, path: str, uri_id: str, body: bytes, authentication: PowerAuthAuthentication
    ) -> dict[str, Any]:
        with self.exclusive():
            name, value = self.request_signature(authentication, "POST", uri_id, body)
            return self._api.post(path, body, {name: value})

    # -- tokens -----------------------------------------------------------------------------------

    def request_access_token(self, name: str, authentication: PowerAuthAuthentication) -> Token:
        """The token kept under this name; made once if there is none.

        Raises:
            ValueError: a token of this name was made with other factors.
            RefusedByServer: the server does not accept the signature or the activation is not active.
        """
        token = self.state.token(name)
        if token is None:
            with self.exclusive() as held:
                # Somebody else may have made it while we waited.
                token = _present(held.state).token(name) or self._create_token(held, name, authentication)
        if token.signature_type is not authentication.signature_type:
            raise ValueError("a token of this name was made with other factors")
        return token

    def generate_header_for_token(self, token: Token) -> tuple[str, str]:
        """Name and value of the token header for one request."""
        self._keys.ensure_time()
        version = self.configuration.version
        value = token.header(version, random=self._random, now_ms=self.server_time.now_ms())
        return headers.TOKEN, value

    def server_moment(self, local: datetime | None) -> datetime:
        """What the server's clock says now (None), or said when ours said `local`; asks it if need be."""
        self._keys.ensure_time()
        return self.server_time.moment(local)

    def remove_local_token(self, token: Token) -> None:
        """Forget this token here, unless it has been replaced meanwhile."""
        with self.exclusive() as held:
            state = _present(held.state)
            if state.token(token.name) == token:
                held.store(state.without_token(token.name))

    def _create_token(self, held: HeldState, name: str, authentication: PowerAuthAuthentication) -> Token:
        envelope, exchange = self._keys.encrypt_for_activation(
            _present(held.state), ecies.SH1_TOKEN_CREATE, standard_api.EMPTY_BODY
        )
        # Encrypt, then sign: the signature covers the envelope as it is sent.
        answer = self._signed_post(
            standard_api.TOKEN_CREATE, URI_TOKEN_CREATE, json_bytes(envelope), authentication
        )
        content = standard_api.decrypted_object(exchange, answer)
        token = Token(
            name,
            text_of(content, "tokenId"),
            standard_api.bytes_of(content, "tokenSecret"),
            SignatureType(authentication.signature_type),
        )
        held.store(_present(held.state).with_token(token))
        return token


def _present(state: ActivationState | None) -> ActivationState:
    if state is None:
        raise InvalidActivationError("no activation")
    return state
