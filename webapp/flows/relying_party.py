"""This site as devices know it: which passkeys it asks for, and which answers it accepts.

The checks of the specification are those of the library `fido2`; here stands what it leaves open: where the
site is reached, that a person was verified, whether a passkey may leave its device, and what a counter that
goes back means. Nobody's certificates are asked for: a passkey is trusted because the PIN or the key
exchange stands beside it when it is added.

Source: W3C Web Authentication Level 3, sections 5.4, 5.5, 7.1, 7.2 and 10.1.4 (PRF).
"""

import re
import struct
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from fido2 import cbor
from fido2.cose import ES256, RS256, CoseKey, EdDSA
from fido2.server import Fido2Server
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticationResponse,
    AuthenticatorAssertionResponse,
    AuthenticatorAttestationResponse,
    AuthenticatorData,
    AuthenticatorTransport,
    CollectedClientData,
    PublicKeyCredentialDescriptor,
    PublicKeyCredentialHint,
    PublicKeyCredentialParameters,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialType,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from webapp.flows.passkey import Credential, Passkey
from webapp.flows.passkey_answers import Assertion, Registration
from webapp.flows.passkey_errors import (
    PasskeyCloned,
    PasskeySynced,
    PasskeyUnknown,
    PasskeyUnverified,
    PersonUnverified,
)

PROMPT_S: Final = 100
"""How long a device may ask; its answer then still arrives within the lifetime of its note."""
LOCAL_HOST: Final = "localhost"

_ALGORITHMS: Final = (ES256, EdDSA, RS256)
_LOCAL_ORIGIN: Final = re.compile(rf"http://{LOCAL_HOST}(:[0-9]{{1,5}})?")
_MAX_ID_BYTES: Final = 1023
_TRANSPORTS: Final = frozenset(transport.value for transport in AuthenticatorTransport)
_VERIFIED: Final = UserVerificationRequirement.REQUIRED
_BROKEN: Final = (
    *(ValueError, TypeError, LookupError, AttributeError, ArithmeticError, AssertionError, RecursionError),
    *(NotImplementedError, struct.error, msgspec.MsgspecError, InvalidSignature, UnsupportedAlgorithm),
)
"""What the library raises when bytes are not what they should be."""


class _ClientData(msgspec.Struct):
    """The part of it that the library reads without looking at the types."""

    type: str
    challenge: str
    origin: str
    crossOrigin: bool = False  # noqa: N815 - the specification's name


class RelyingParty:
    """The site at one origin, such as `https://approve.bank.example`; None: on this machine, at any port.

    Options are in the JSON form of the specification (sections 5.1.8 and 5.1.9). What a secret depends on,
    the salt, is no part of them: the page puts it in as the extension wants it.
    """

    def __init__(self, name: str, origin: str | None, *, takes_synced: bool = False) -> None:
        self.id = (urlsplit(origin).hostname or "") if origin else LOCAL_HOST
        self._origin = origin
        self._takes_synced = takes_synced
        entity = PublicKeyCredentialRpEntity(name=name, id=self.id)
        self._server = Fido2Server(entity, verify_origin=self._is_here)
        self._server.allowed_algorithms = [
            PublicKeyCredentialParameters(type=PublicKeyCredentialType.PUBLIC_KEY, alg=kind.ALGORITHM)
            for kind in _ALGORITHMS
        ]

    def creation_options(self, challenge: bytes, *, user_id: bytes, name: str) -> dict[str, Any]:
        """How a device is asked for a new passkey; `name` is what people see in its list of passkeys."""
        options, _ = self._server.register_begin(
            PublicKeyCredentialUserEntity(id=user_id, name=name, display_name=name),
            # Phones give secrets (PRF) only to passkeys that they list.
            resident_key_requirement=ResidentKeyRequirement.PREFERRED,
            user_verification=_VERIFIED,
            challenge=challenge,
        )
        hints = [PublicKeyCredentialHint.CLIENT_DEVICE]
        return dict(replace(options.public_key, hints=hints, timeout=PROMPT_S * 1000))

    def request_options(self, challenge: bytes, passkey: Passkey) -> dict[str, Any]:
        """How a device is asked for an answer of this passkey."""
        credential = passkey.credential
        transports = [AuthenticatorTransport(one) for one in credential.transports]
        options, _ = self._server.authenticate_begin(
            [
                PublicKeyCredentialDescriptor(
                    type=PublicKeyCredentialType.PUBLIC_KEY, id=credential.id, transports=transports or None
                )
            ],
            user_verification=_VERIFIED,
            challenge=challenge,
        )
        return dict(replace(options.public_key, timeout=PROMPT_S * 1000))

    def verify_registration(self, answer: Registration, challenge: bytes) -> Credential:
        """A new passkey, checked.

        Raises:
            PasskeyUnverified, PersonUnverified, PasskeySynced.
        """
        with _refusing():
            attestation = AttestationObject(answer.attestation)
            _check_person(attestation.auth_data)
            client_data = _client_data(answer.client_data)
            response = AuthenticatorAttestationResponse(
                client_data=client_data, attestation_object=attestation
            )
            made = attestation.auth_data.credential_data
            if made is None or len(made.credential_id) > _MAX_ID_BYTES:
                raise PasskeyUnverified("no credential")
            found = RegistrationResponse(raw_id=made.credential_id, response=response)
            auth_data = self._server.register_complete(self._asked(challenge), found)
            _check_key(made.public_key)
        credential = Credential(
            id=made.credential_id,
            public_key=cbor.encode(made.public_key),
            sign_count=auth_data.counter,
            transports=tuple(sorted(_TRANSPORTS.intersection(answer.transports))),
            can_be_backed_up=auth_data.is_backup_eligible(),
            is_backed_up=auth_data.is_backed_up(),
        )
        return self._checked_backup(credential)

    def verify_assertion(self, answer: Assertion, challenge: bytes, known: Credential) -> Credential:
        """The credential as it tells of itself in this answer.

        Raises:
            PasskeyUnknown: another one answered.
            PasskeyUnverified, PersonUnverified, PasskeySynced.
        """
        if answer.id != known.id:
            raise PasskeyUnknown
        with _refusing():
            auth_data = AuthenticatorData(answer.authenticator_data)
            _check_person(auth_data)
            response = AuthenticatorAssertionResponse(
                client_data=_client_data(answer.client_data),
                authenticator_data=auth_data,
                signature=answer.signature,
            )
            self._server.authenticate_complete(
                self._asked(challenge),
                [AttestedCredentialData.create(Aaguid.NONE, known.id, _key(known))],
                AuthenticationResponse(raw_id=answer.id, response=response),
            )
        if auth_data.is_backup_eligible() is not known.can_be_backed_up:
            raise PasskeyUnverified("a passkey that can be synced stays one, and the other way round")
        return self._checked_backup(
            replace(known, sign_count=auth_data.counter, is_backed_up=auth_data.is_backed_up())
        )

    def _checked_backup(self, credential: Credential) -> Credential:
        if credential.is_backed_up and not credential.can_be_backed_up:
            raise PasskeyUnverified("backed up, although it cannot be")
        if credential.can_be_backed_up and not self._takes_synced:
            raise PasskeySynced
        return credential

    def _asked(self, challenge: bytes) -> Mapping[str, Any]:
        """What the library remembers between question and answer; all of it follows from the challenge."""
        _, state = self._server.authenticate_begin(user_verification=_VERIFIED, challenge=challenge)
        return dict(state)

    def _is_here(self, origin: str) -> bool:
        return origin == self._origin if self._origin else _LOCAL_ORIGIN.fullmatch(origin) is not None


def check_counter(before: Credential, now: Credential) -> None:
    """A counter that is kept at all goes up with every answer.

    Raises:
        PasskeyCloned: it did not, so there may be a second passkey of this key.
    """
    if (before.sign_count or now.sign_count) and now.sign_count <= before.sign_count:
        raise PasskeyCloned


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except _BROKEN as error:
        raise PasskeyUnverified(type(error).__name__) from error


def _client_data(raw: bytes) -> CollectedClientData:
    read = msgspec.json.decode(raw, type=_ClientData)
    if read.crossOrigin:
        raise PasskeyUnverified("asked for by a frame of another site")
    return CollectedClientData(raw)


def _check_person(auth_data: AuthenticatorData) -> None:
    if not auth_data.is_user_verified():
        raise PersonUnverified


def _check_key(key: CoseKey) -> None:
    """Whether it is of a kind that was asked for and can verify anything: here, that nothing is signed."""
    if type(key) not in _ALGORITHMS:
        raise PasskeyUnverified("an algorithm that nobody asked for")
    try:
        key.verify(b"", b"")
    except InvalidSignature:
        return
    raise PasskeyUnverified("a key that accepts an empty signature")


def _key(credential: Credential) -> CoseKey:
    read = cbor.decode(credential.public_key)
    if not isinstance(read, Mapping):
        raise PasskeyUnverified("not a key")
    return CoseKey.parse(read)
