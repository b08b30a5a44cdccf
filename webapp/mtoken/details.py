"""What the server knows of this activation and of the person: its name there, and claims.

Source: powerauth.md, sections 6.5 (activation detail, rename) and 11 (user info).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from webapp.mtoken import standard_api
from webapp.mtoken.client import present
from webapp.mtoken.errors import AnswerLost, RefusedByServer
from webapp.mtoken.standard_api import decrypted_object, json_bytes, text_of
from webapp.mtoken.tokens import Tokens
from webapp.mtoken.user_info import UserInfo
from webapp.powerauth import ecies
from webapp.powerauth.factors import PowerAuthAuthentication
from webapp.powerauth.protocol import SignatureType
from webapp.powerauth.signature import URI_ACTIVATION_RENAME

_UNAUTHORIZED: Final = 401


@dataclass(frozen=True, slots=True)
class ActivationDetail:
    """Identifier and name of the activation, as the server has them."""

    activation_id: str
    name: str | None


class Details(Tokens):
    """Asks for details and changes the one that can be changed."""

    def fetch_activation_detail(self, authentication: PowerAuthAuthentication) -> ActivationDetail:
        """The activation as the server has it.

        The first call makes a token with these two factors, which then serves without them.

        Raises:
            ValueError: possession alone; nothing was sent.
            RefusedByServer: signature or token not accepted; a wrong PIN costs an attempt.
        """
        if authentication.signature_type is SignatureType.POSSESSION:
            raise ValueError("the detail takes two factors")
        answer = self.call_with_token(
            authentication.signature_type, authentication, self._ask_for_detail, _is_refused
        )
        if isinstance(answer, RefusedByServer):
            raise answer
        return answer

    def rename_activation(self, name: str, authentication: PowerAuthAuthentication) -> ActivationDetail:
        """Give the activation another name, with two factors. It is kept here if the server has taken it.

        PowerAuth Server 1.9 answers without the name and takes none: then the old one stays here.

        Raises:
            RefusedByServer: signature not accepted; a wrong PIN costs an attempt.
            AnswerLost: the detail tells whether it worked.
        """
        plaintext = json_bytes({"activationName": name})
        with self.exclusive() as held:
            self.meet_server()
            envelope, exchange = self._keys.encrypt_for_activation(
                self.state, ecies.SH1_ACTIVATION, plaintext
            )
            # Sign, then encrypt: the order is this endpoint's own.
            answer = self._signed_post(
                standard_api.ACTIVATION_RENAME,
                URI_ACTIVATION_RENAME,
                json_bytes(envelope),
                authentication,
                signed=plaintext,
            )
            detail = _read_detail(decrypted_object(exchange, answer))
            if detail.name == name:
                held.store(replace(present(held.state), name=name))
        return detail

    def fetch_user_info(self) -> UserInfo:
        """What the bank says about the person; it is remembered until the activation is forgotten.

        Raises:
            RefusedByServer: the activation is not active, or the server has no such endpoint.
        """
        exchange, answer = self._post_in_activation_scope(standard_api.USER_INFO)
        self._user_info = UserInfo(decrypted_object(exchange, answer))
        return self._user_info

    def last_fetched_user_info(self) -> UserInfo | None:
        """What `fetch_user_info` or the activation brought last, to this object."""
        return self._user_info

    def _ask_for_detail(self, token_header: tuple[str, str]) -> ActivationDetail | RefusedByServer:
        try:
            exchange, answer = self._post_in_activation_scope(standard_api.ACTIVATION_DETAIL, token_header)
        except RefusedByServer as refused:
            return refused
        return _read_detail(decrypted_object(exchange, answer))

    def _post_in_activation_scope(
        self, path: str, *more_headers: tuple[str, str]
    ) -> tuple[ecies.Exchange, dict[str, Any]]:
        """An encrypted request without content and without a signature."""
        state = self.state
        envelope, exchange = self._keys.encrypt_for_activation(
            state, ecies.SH1_ACTIVATION, standard_api.EMPTY_BODY
        )
        sent = dict([self._keys.header(state.activation_id), *more_headers])
        return exchange, self._api.post(path, json_bytes(envelope), sent)


def _is_refused(answer: ActivationDetail | RefusedByServer) -> bool:
    return isinstance(answer, RefusedByServer) and answer.http_status == _UNAUTHORIZED


def _read_detail(content: Mapping[str, Any]) -> ActivationDetail:
    found = content.get("responseObject")
    if not isinstance(found, dict):
        raise AnswerLost("no responseObject")
    name = found.get("activationName")
    return ActivationDetail(text_of(found, "activationId"), name if isinstance(name, str) else None)
