"""Signatures: over requests, over what is retyped at the bank, and the server's own.

Source: powerauth.md, sections 6 and 10.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any

from webapp.errors import AssentError
from webapp.mtoken.client import Client, present
from webapp.mtoken.errors import NetworkError
from webapp.powerauth import headers
from webapp.powerauth.ecc import read_public, verify
from webapp.powerauth.encoding import from_base64
from webapp.powerauth.errors import EncodingError, SignatureInvalid
from webapp.powerauth.factors import PowerAuthAuthentication
from webapp.powerauth.signature import OFFLINE_DIGITS, query_data
from webapp.powerauth.signing import sign_offline, sign_request
from webapp.powerauth.state import ActivationState


class Signatures(Client):
    """Signs; every signature moves the counter, and the moved counter is stored before anything leaves."""

    def request_signature(
        self, authentication: PowerAuthAuthentication, method: str, uri_id: str, body: bytes
    ) -> tuple[str, str]:
        """Name and value of the signature header for exactly these bytes; the moved counter is stored.

        Send it inside the same `exclusive` block and wait for the answer before the next one.

        Raises:
            FactorMissing: biometry is not set up, or the PIN is empty.
        """
        with self.exclusive() as held:
            value, following = sign_request(
                present(held.state),
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

    def request_get_signature(
        self,
        authentication: PowerAuthAuthentication,
        uri_id: str,
        parameters: Mapping[str, str] | Iterable[tuple[str, str]] = (),
    ) -> tuple[str, str]:
        """Name and value of the signature header for a GET with these query parameters, in any order.

        Raises:
            ValueError: a parameter with `%`, `+` or `&`, which servers sign differently: use POST.
            FactorMissing: biometry is not set up, or the PIN is empty.
        """
        return self.request_signature(authentication, "GET", uri_id, query_data(parameters))

    def offline_signature(
        self,
        authentication: PowerAuthAuthentication,
        uri_id: str,
        nonce: str,
        body: bytes,
        digits: int = OFFLINE_DIGITS,
    ) -> str:
        """The digits that a person retypes; the moved counter is stored before they are returned.

        Args:
            digits: of each of the two halves, 4 … 8, as agreed with the server.

        Raises:
            FactorMissing: biometry is not set up, or the PIN is empty.
        """
        with self.exclusive() as held:
            code, following = sign_offline(
                present(held.state), authentication, uri_id=uri_id, nonce=nonce, body=body, digits=digits
            )
            held.store(following)
        return code

    @contextmanager
    def signature_under_way(self) -> Iterator[None]:
        """Around sending one: if it gets lost, the server may never see it."""
        try:
            yield
        except NetworkError:
            self._note(ActivationState.with_unconfirmed)
            raise

    def note_accepted(self) -> None:
        """The server has accepted our last signature, so it has our counter."""
        if self.state.unconfirmed:
            self._note(lambda state: replace(state, unconfirmed=0))

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

    def _note(self, change: Callable[[ActivationState], ActivationState]) -> None:
        # What became of a request is more important than whether this could be stored.
        with suppress(AssentError), self.exclusive() as held:
            held.store(change(present(held.state)))

    def _signed_post(
        self,
        path: str,
        uri_id: str,
        body: bytes,
        authentication: PowerAuthAuthentication,
        *,
        signed: bytes | None = None,
    ) -> dict[str, Any]:
        """Sign and send; `signed` is what is signed where that is not the body itself."""
        with self.exclusive():
            name, value = self.request_signature(
                authentication, "POST", uri_id, body if signed is None else signed
            )
            with self.signature_under_way():
                answer = self._api.post(path, body, {name: value})
            self.note_accepted()
            return answer
