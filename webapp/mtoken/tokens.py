"""Tokens: authentication of reads without a counter, kept with the activation under names.

Source: powerauth.md, section 7.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import TypeVar

from webapp.mtoken import standard_api
from webapp.mtoken.client import present
from webapp.mtoken.errors import NotSent
from webapp.mtoken.keeper import HeldState
from webapp.mtoken.standard_api import bytes_of, request_body, text_of
from webapp.mtoken.statuses import Statuses
from webapp.powerauth import ecies, headers
from webapp.powerauth.factors import PowerAuthAuthentication
from webapp.powerauth.signature import URI_TOKEN_CREATE, URI_TOKEN_REMOVE
from webapp.powerauth.token import Token

T = TypeVar("T")


class Tokens(Statuses):
    """The store of tokens of this activation. They go with it."""

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
                token = present(held.state).token(name) or self._create_token(held, name, authentication)
        if token.signature_type is not authentication.signature_type:
            raise ValueError("a token of this name was made with other factors")
        return token

    def call_with_token(
        self,
        name: str,
        authentication: PowerAuthAuthentication,
        send: Callable[[tuple[str, str]], T],
        is_refused: Callable[[T], bool],
    ) -> T:
        """Send a request with the token of this name, made if there is none.

        It is sent once more, with a new token, when the server does not know the token any more although
        the activation is active.

        Args:
            send: gets name and value of the token header, and returns the answer.
            is_refused: whether an answer says 401.
        """
        token = self.request_access_token(name, authentication)
        answer = send(self.generate_header_for_token(token))
        if not is_refused(answer) or not self._is_active():
            return answer
        self.remove_local_token(token)
        with suppress(NotSent):
            # The token may have been right and our idea of the server's time wrong.
            self._keys.ask_status(anew=True)
        return send(self.generate_header_for_token(self.request_access_token(name, authentication)))

    def local_tokens(self) -> tuple[Token, ...]:
        """All tokens that are kept here."""
        return self.state.tokens

    def has_local_token(self, name: str) -> bool:
        return self.get_local_token(name) is not None

    def get_local_token(self, name: str) -> Token | None:
        return self.state.token(name)

    def generate_header_for_token(self, token: Token | str) -> tuple[str, str]:
        """Name and value of the token header for one request; a text is the name of a token kept here.

        Raises:
            ValueError: no token of this name.
        """
        if isinstance(token, str):
            token = self._known(token)
        self._keys.ensure_time()
        version = self.configuration.version
        value = token.header(version, random=self._random, now_ms=self.server_time.now_ms())
        return headers.TOKEN, value

    def remove_access_token(self, name: str, authentication: PowerAuthAuthentication) -> None:
        """Remove a token on the server and here.

        Raises:
            ValueError: no token of this name; nothing was sent.
            RefusedByServer, NotSent, AnswerLost: it is still kept here; repeat it.
        """
        with self.exclusive():
            token = self._known(name)
            body = request_body({"tokenId": token.token_id})
            self._signed_call(standard_api.TOKEN_REMOVE, URI_TOKEN_REMOVE, body, authentication)
            self.remove_local_token(token)

    def remove_local_token(self, token: Token | str) -> None:
        """Forget a token here: the one of this name, or exactly this one unless it has been replaced."""
        name = token if isinstance(token, str) else token.name
        with self.exclusive() as held:
            state = present(held.state)
            kept = state.token(name)
            if kept is not None and token in (name, kept):
                held.store(state.without_token(name))

    def remove_all_local_tokens(self) -> None:
        """Forget all tokens here; the server still knows them."""
        with self.exclusive() as held:
            held.store(present(held.state).without_tokens())

    def server_moment(self, local: datetime | None) -> datetime:
        """What the server's clock says now (None), or said when ours said `local`; asks it if need be."""
        self._keys.ensure_time()
        return self.server_time.moment(local)

    def _known(self, name: str) -> Token:
        token = self.get_local_token(name)
        if token is None:
            raise ValueError("no token of this name")
        return token

    def _create_token(self, held: HeldState, name: str, authentication: PowerAuthAuthentication) -> Token:
        # Often the first signature of all: our counter may be one of yesterday, out of a backup.
        self._follow_server()
        content = self._encrypted_call(
            standard_api.TOKEN_CREATE,
            URI_TOKEN_CREATE,
            ecies.SH1_TOKEN_CREATE,
            standard_api.EMPTY_BODY,
            authentication,
        )
        token = Token(
            name,
            text_of(content, "tokenId"),
            bytes_of(content, "tokenSecret"),
            authentication.signature_type,
        )
        held.store(present(held.state).with_token(token))
        return token
