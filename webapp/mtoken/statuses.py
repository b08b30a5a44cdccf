"""How the activation stands, and the counter that follows from it.

Source: powerauth.md, sections 6.8 and 8.
"""

from contextlib import suppress
from typing import Any

from webapp.mtoken import standard_api
from webapp.mtoken.client import present
from webapp.mtoken.errors import AnswerLost, NotSent, RefusedByServer
from webapp.mtoken.server_status import ServerStatus
from webapp.mtoken.signatures import Signatures
from webapp.mtoken.standard_api import decrypted_object, json_bytes, request_body
from webapp.mtoken.status_report import StatusReport, read_report
from webapp.powerauth.counter import Synchronisation
from webapp.powerauth.errors import StatusUnreadable
from webapp.powerauth.factors import PowerAuthAuthentication
from webapp.powerauth.signature import URI_SIGNATURE_VALIDATE
from webapp.powerauth.state import ActivationState
from webapp.powerauth.status import ActivationStatus


class Statuses(Signatures):
    """Asks how things stand, and keeps the counter where the server can find it."""

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
            state = present(held.state)
            report = self._report(state)
            followed = report.followed_by(state)
            if followed != state:
                held.store(followed)
            far_ahead = report.synchronisation is Synchronisation.SIGN_SOON
            if far_ahead and report.status is ActivationStatus.ACTIVE:
                self._bring_server_along()
            return report

    def meet_server(self) -> None:
        """If it may not have seen many of our signatures, ask for the status while it can still find us.

        Raises:
            NotSent: it could not be asked, so nothing more is signed.
        """
        if self.state.is_far_ahead:
            self._follow_server()

    def _follow_server(self) -> None:
        """Bring our counter to where the server's is, if it says; what it refuses, the call itself will tell.

        Raises:
            NotSent: it could not be asked, so nothing more is signed.
        """
        try:
            with suppress(RefusedByServer, StatusUnreadable):
                self.fetch_activation_status()
        except AnswerLost as error:
            raise NotSent("the status before a signature") from error

    def fetch_server_status(self) -> ServerStatus:
        """What the server says of itself; its time is known afterwards.

        Raises:
            NotSent: it cannot be asked.
        """
        return self._keys.ask_status()

    def _confirm_accepted(self) -> None:
        """Make sure that the server has accepted our last signature, by its own word of this moment.

        "OK" is not signed and names no request: it may be an old answer, or that to another question. In 3.0
        the status does not tell either, so there the "OK" has to do.

        Raises:
            AnswerLost: it has not accepted it, or could not be asked.
        """
        if not self.configuration.version.status_has_challenge:
            return
        try:
            report = self.fetch_activation_status()
        except (NotSent, RefusedByServer, StatusUnreadable) as error:
            raise AnswerLost("the status after a signature") from error
        if not report.is_in_step:
            raise AnswerLost("an OK, but the signature was not accepted")

    def _report(self, state: ActivationState) -> StatusReport:
        report = self._ask_report(state)
        # Nothing but a garbled counter in the blob, which has no MAC, looks the same for once. Who is told
        # that counters cannot meet any more has to enrol again, so it has to be said twice.
        return report if report.synchronisation is not None else self._ask_report(state)

    def _ask_report(self, state: ActivationState) -> StatusReport:
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

    def _is_active(self) -> bool:
        try:
            report = self.fetch_activation_status()
        except (RefusedByServer, StatusUnreadable):
            return False
        return report.status is ActivationStatus.ACTIVE and report.synchronisation is not None

    def _signed_call(
        self, path: str, uri_id: str, body: bytes, authentication: PowerAuthAuthentication
    ) -> dict[str, Any]:
        """A signed request that somebody's PIN depends on: the server must be able to find our counter."""
        with self.exclusive():
            self.meet_server()
            return self._signed_post(path, uri_id, body, authentication)

    def _encrypted_call(
        self, path: str, uri_id: str, sh1: str, plaintext: bytes, authentication: PowerAuthAuthentication
    ) -> dict[str, Any]:
        """Encrypt, then sign: the signature covers the envelope as it is sent. Returns what was inside."""
        with self.exclusive():
            self.meet_server()
            envelope, exchange = self._keys.encrypt_for_activation(self.state, sh1, plaintext)
            try:
                answer = self._signed_post(path, uri_id, json_bytes(envelope), authentication)
            except RefusedByServer:
                # Our idea of the server's time, which is inside, may have been the reason.
                self.server_time.forget()
                raise
        return decrypted_object(exchange, answer)
