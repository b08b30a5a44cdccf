"""From nothing to an activation, and back to nothing.

Source: powerauth.md, sections 3 and 16.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from webapp.mtoken import standard_api
from webapp.mtoken.errors import AnswerLost, InvalidActivationError, NetworkError, RefusedByServer
from webapp.mtoken.keeper import ErasableKeeper
from webapp.mtoken.standard_api import json_bytes
from webapp.mtoken.statuses import Statuses
from webapp.mtoken.user_info import UserInfo
from webapp.powerauth.activation import (
    ActivationRequest,
    NewActivation,
    begin_activation,
    complete_activation,
    fingerprint,
)
from webapp.powerauth.activation_code import ActivationCode, parse_activation_code, verify_signed_code
from webapp.powerauth.ecc import read_public
from webapp.powerauth.errors import ActivationCodeError, SignatureInvalid, StatusUnreadable
from webapp.powerauth.factors import PowerAuthAuthentication
from webapp.powerauth.identity import Identity
from webapp.powerauth.password import PasswordLike, password_bytes
from webapp.powerauth.recovery import RecoveryData
from webapp.powerauth.signature import URI_ACTIVATION_REMOVE
from webapp.powerauth.status import ActivationStatus

PLATFORM: Final = "web"


@dataclass(frozen=True, slots=True)
class ActivationResult:
    """What the person should see after the key exchange, before the PIN; the rest is what the bank adds."""

    fingerprint: str
    recovery: RecoveryData | None = None
    custom_attributes: Mapping[str, Any] | None = field(default=None, repr=False)
    user_info: UserInfo | None = None


class Activations(Statuses):
    """Creates, commits and removes the activation, and says which of these is possible."""

    def has_valid_activation(self) -> bool:
        """Whether there is an activation here; how it stands at the server only the status tells."""
        return self._keeper.read() is not None

    def has_pending_activation(self) -> bool:
        """Whether the keys were exchanged, and `commit_activation` is still to come."""
        return self._pending is not None

    def can_start_activation(self) -> bool:
        return not self.has_valid_activation() and not self.has_pending_activation()

    def activation_identifier(self) -> str | None:
        """The identifier that the server gave to the activation, pending or not."""
        if self._pending is not None:
            return self._pending.activation_id
        state = self._keeper.read()
        return None if state is None else state.activation_id

    def activation_fingerprint(self) -> str:
        """The eight digits to compare with the bank's.

        Raises:
            InvalidActivationError: there is no activation, not even a pending one.
        """
        if self._pending is not None:
            return self._pending.fingerprint
        state = self.state
        device, server = read_public(state.device_public_key), read_public(state.server_public_key)
        return fingerprint(device, state.activation_id, server)

    def verify_scanned_activation_code(self, scanned: str) -> bool:
        """Whether this is an activation code with a signature, and the bank's signature."""
        try:
            code = parse_activation_code(scanned)
            self._verify(code)
        except (ActivationCodeError, SignatureInvalid):
            return False
        return code.signature is not None

    def create_activation(
        self,
        identity: Identity | ActivationCode,
        name: str,
        *,
        otp: str | None = None,
        device_info: str | None = None,
        extras: str | None = None,
        custom_attributes: Mapping[str, Any] | None = None,
    ) -> ActivationResult:
        """Exchange keys. `commit_activation` has to follow.

        Args:
            identity: an activation code, or one of the other ways in (`Identity.of_…`).
            otp: what the bank gave in addition, if it wants it now and not when it commits.
            custom_attributes: any JSON object for the bank's own code.

        Raises:
            InvalidActivationError: there is an activation already, or a pending one.
            SignatureInvalid: the code carries a signature that is not the bank's; nothing is sent.
            NotSent: nothing happened; a code is still good.
            AnswerLost: a code may be used up; ask for a new one.
            RefusedByServer: the server does not take it; `recovery_puk_index` may say which PUK it expects.
            ActivationInvalid: an answer that cannot be trusted; nothing is kept.
        """
        if not self.can_start_activation():
            raise InvalidActivationError("there is an activation already")
        if isinstance(identity, ActivationCode):
            identity = Identity.of_code(identity)
        if identity.signed_code is not None:
            self._verify(identity.signed_code)
        self._pending = self._exchange_keys(
            ActivationRequest(
                identity, name, PLATFORM, device_info, otp=otp, extras=extras, custom=custom_attributes
            )
        )
        self._user_info = None if self._pending.user_info is None else UserInfo(self._pending.user_info)
        return ActivationResult(
            self._pending.fingerprint, self._pending.recovery, self._pending.custom, self._user_info
        )

    def commit_activation(self, password: PasswordLike, *, biometry_key: bytes | None = None) -> None:
        """Protect the new keys with the PIN (and a biometry key of 16 bytes) and keep them.

        Raises:
            InvalidActivationError: `create_activation` did not come before, or somebody else was faster.
            ValueError: a PIN or biometry key that cannot protect anything; try again with another.
        """
        if self._pending is None:
            raise InvalidActivationError("nothing to commit")
        raw = password_bytes(password)
        state = self._pending.protect(raw, random=self._random, biometry_key=biometry_key)
        with self._keeper.exclusive() as held:
            if held.state is not None:
                raise InvalidActivationError("there is an activation already")
            held.store(state)
        self._pending = None

    def remove_activation(self, authentication: PowerAuthAuthentication) -> None:
        """Remove the activation on the server with two factors; the caller then forgets it here.

        Raises:
            RefusedByServer: signature not accepted, nothing was removed.
            AnswerLost: fetch the status; REMOVED means it worked.
        """
        with self.exclusive():
            self._signed_call(
                standard_api.ACTIVATION_REMOVE,
                URI_ACTIVATION_REMOVE,
                standard_api.EMPTY_BODY,
                authentication,
            )
            self._confirm_removed()

    def remove_activation_local(self) -> None:
        """Forget the activation here, pending or not, with its tokens; the server is not told.

        Raises:
            TypeError: the keeper of this activation leaves erasing to its owner.
        """
        self._pending, self._user_info = None, None
        if not self.has_valid_activation():
            return
        if not isinstance(self._keeper, ErasableKeeper):
            raise TypeError("the owner of this keeper erases the activation")
        self._keeper.erase()

    def _confirm_removed(self) -> None:
        """An "OK" may be the answer to something else, and what is forgotten here does not come back.

        Raises:
            AnswerLost: the server says that the activation is still there.
        """
        try:
            status = self.fetch_activation_status().status
        except (NetworkError, RefusedByServer, StatusUnreadable):
            # No word against it; some servers make no statement about what is gone.
            return
        if status is not ActivationStatus.REMOVED:
            raise AnswerLost("an OK, but the activation is still there")

    def _verify(self, code: ActivationCode) -> None:
        verify_signed_code(code, read_public(self.configuration.sdk.master_public_key))

    def _exchange_keys(self, request: ActivationRequest) -> NewActivation:
        envelope, pending = begin_activation(
            self.configuration.sdk,
            request,
            version=self.configuration.version,
            temporary_key=self._keys.application(),
            random=self._random,
            now_ms=self.server_time.now_ms(),
        )
        try:
            answer = self._api.post(
                standard_api.ACTIVATION_CREATE, json_bytes(envelope), dict([self._keys.header()])
            )
        except Exception:
            # The key or the time may have been the reason; the next attempt asks for both.
            self._keys.drop_application()
            self.server_time.forget()
            raise
        return complete_activation(pending, answer)
