"""Operations: what waits, and the person's answer.

Source: mobile-token-api.md, sections 3, 6 and 11.
"""

from collections.abc import Callable
from typing import Final

from webapp.mtoken import wire
from webapp.mtoken.errors import AnswerLost
from webapp.mtoken.members import Json
from webapp.mtoken.operation import Operation, RejectionReason, UserOperation
from webapp.mtoken.response import Response
from webapp.mtoken.service import RequestProcessor, Service
from webapp.powerauth.factors import PowerAuthAuthentication
from webapp.powerauth.offline_operation import QROperation, verify_qr_operation
from webapp.powerauth.protocol import SignatureType
from webapp.powerauth.signature import OFFLINE_DIGITS

PATH: Final = "/api/auth/token/app/operation"
URI_AUTHORIZE: Final = "/operation/authorize"
URI_REJECT: Final = "/operation/cancel"
URI_HISTORY: Final = "/operation/history"
URI_OFFLINE: Final = "/operation/authorize/offline"


class Operations:
    """The operations of one activation.

    Every method may raise what prevents an answer: `NotSent`, `AnswerLost`, `InvalidActivationError`, and
    `RefusedByServer` where a token had to be made first. What the server answers is a `Response`, also
    when it is an error. `request_processor` sees a request just before it leaves.
    """

    def __init__(self, service: Service) -> None:
        self._service = service

    def pending_list(self, request_processor: RequestProcessor | None = None) -> Response[wire.OperationList]:
        """What waits for this person, newest first, at most 100."""
        return self._service.call_with_token(
            f"{PATH}/list", None, wire.read_operation_list, request_processor
        )

    def detail(
        self, operation_id: str, request_processor: RequestProcessor | None = None
    ) -> Response[UserOperation]:
        """One operation that waits, this person's or nobody's yet."""
        return self._service.call_with_token(
            f"{PATH}/detail", {"id": _identifier(operation_id)}, _reader_of(operation_id), request_processor
        )

    def claim(
        self, operation_id: str, request_processor: RequestProcessor | None = None
    ) -> Response[UserOperation]:
        """Take an operation that has no user yet."""
        return self._service.call_with_token(
            f"{PATH}/detail/claim",
            {"id": _identifier(operation_id)},
            _reader_of(operation_id),
            request_processor,
        )

    def history(
        self, authentication: PowerAuthAuthentication, request_processor: RequestProcessor | None = None
    ) -> Response[wire.OperationList]:
        """All operations of this person in any status, newest first, at most 100; takes two factors."""
        if authentication.signature_type is SignatureType.POSSESSION:
            raise ValueError("history takes two factors")
        return self._service.call_with_signature(
            f"{PATH}/history",
            URI_HISTORY,
            None,
            authentication,
            wire.read_operation_list,
            request_processor,
        )

    def authorize(
        self,
        operation: Operation,
        authentication: PowerAuthAuthentication,
        request_processor: RequestProcessor | None = None,
    ) -> Response[None]:
        """Approve exactly this `data`.

        Raises:
            ProximityTimeError: the proximity code seems to come from the future; scan again.
        """
        arguments = wire.write_authorization(operation, self._service.power_auth.server_moment)
        return self._service.call_with_signature(
            f"{PATH}/authorize",
            URI_AUTHORIZE,
            arguments,
            authentication,
            wire.read_nothing,
            request_processor,
        )

    def reject(
        self,
        operation: Operation | str,
        reason: RejectionReason | str,
        request_processor: RequestProcessor | None = None,
    ) -> Response[None]:
        """Reject an operation, or the one with this identifier; the activation alone signs."""
        return self._service.call_with_signature(
            f"{PATH}/cancel",
            URI_REJECT,
            wire.write_rejection(operation, reason),
            PowerAuthAuthentication.possession(),
            wire.read_nothing,
            request_processor,
        )

    def authorize_offline(
        self,
        qr_operation: QROperation,
        authentication: PowerAuthAuthentication,
        uri_id: str = URI_OFFLINE,
        *,
        digits: int = OFFLINE_DIGITS,
    ) -> str:
        """The code to retype at the bank, such as `12345678-12345678`; nothing is sent.

        It covers the operation's time-based code, if there is one. The moved counter is stored before the
        code is returned. Any PIN makes a code: that it was wrong shows at the bank, not here.

        Args:
            digits: of each half of the code, 4 … 8, as agreed with the server.

        Raises:
            QROperationNotGenuine: the server did not sign this for this activation; nothing was signed.
            ValueError: not two factors, or biometry where the operation does not allow it.
            FactorMissing: biometry is not set up.
        """
        if authentication.signature_type not in _offline_factors(qr_operation):
            raise ValueError("an offline operation takes the PIN, or biometry where it says so")
        power_auth = self._service.power_auth
        verify_qr_operation(
            qr_operation,
            master_public_key=power_auth.configuration.sdk.master_public_key,
            server_public_key=power_auth.state.server_public_key,
        )
        body = qr_operation.signed_by_user.encode()
        return power_auth.offline_signature(authentication, uri_id, qr_operation.nonce, body, digits)


def _offline_factors(qr_operation: QROperation) -> tuple[SignatureType, ...]:
    """The server refuses biometry where the operation does not allow it, and counts it as a failure."""
    if qr_operation.flags.biometrics_allowed:
        return SignatureType.POSSESSION_KNOWLEDGE, SignatureType.POSSESSION_BIOMETRY
    return (SignatureType.POSSESSION_KNOWLEDGE,)


def _reader_of(operation_id: str) -> Callable[[Json], UserOperation]:
    """Reads this operation; an answer about another one is the answer to another question."""

    def read(source: Json) -> UserOperation:
        operation = wire.read_operation(source)
        # Servers that do not mind the case of an identifier answer with their own.
        if operation.id.casefold() != operation_id.casefold():
            raise AnswerLost("another operation than the one asked for")
        return operation

    return read


def _identifier(operation_id: str) -> str:
    if not operation_id:
        raise ValueError("an operation identifier is a text that is not empty")
    return operation_id
