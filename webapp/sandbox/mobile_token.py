"""The endpoints of the Mobile Token API: what a token may see and decide.

Source: mobile-token-api.md, sections 1 to 7.
"""

from collections.abc import Mapping
from typing import Final

from webapp.powerauth.protocol import SignatureType
from webapp.sandbox import forms, operations, tokens
from webapp.sandbox.activations import Activation
from webapp.sandbox.errors import (
    MOBILE_AUTHENTICATION,
    EndpointError,
    ProtocolError,
    answered_with,
    invalid_request,
)
from webapp.sandbox.members import Members
from webapp.sandbox.operations import Decision, Operation
from webapp.sandbox.signatures import PB, PK, PKB, P, Signer, read_header, verify
from webapp.sandbox.store import Transaction
from webapp.sandbox.surroundings import Call, Json, Surroundings, mobile_moment, ok

URI_AUTHORIZE: Final = "/operation/authorize"
URI_REJECT: Final = "/operation/cancel"
URI_HISTORY: Final = "/operation/history"
_TOKEN_TYPES: Final = (P, PK, PB, PKB)
_UNDER_VERIFICATION: Final = frozenset({"VERIFICATION_PENDING", "VERIFICATION_IN_PROGRESS"})
_LONGEST_DATA: Final = 100_000


def operation_list(surroundings: Surroundings, call: Call) -> Json:
    """Pending operations of the user."""
    activation = token_owner(surroundings, call)
    return _with_time(surroundings, _listed(surroundings, call, activation, history=False))


def operation_history(surroundings: Surroundings, call: Call) -> Json:
    """All operations of the user, against two factors."""
    with answered_with(MOBILE_AUTHENTICATION):
        authorization = read_header(call, (PK, PB))
        with surroundings.store.write() as transaction:
            signer = verify(surroundings, transaction, call, authorization, URI_HISTORY)
    return ok(_listed(surroundings, call, signer.activation, history=True))


def operation_detail(surroundings: Surroundings, call: Call) -> Json:
    """One pending operation, one's own or nobody's. Its state is told before whose it is."""
    activation = token_owner(surroundings, call)
    operation_id = call.request_object(invalid_request).text("id")
    with surroundings.store.write() as transaction:
        operation = operations.pending(transaction, operation_id, surroundings.clock.now_ms())
    if operation.user_id not in (None, activation.user_id):
        raise invalid_request("of another user")
    return _with_time(surroundings, _shown_or_refused(call, operation))


def operation_claim(surroundings: Surroundings, call: Call) -> Json:
    """Nobody's operation becomes one's own."""
    activation = token_owner(surroundings, call)
    operation_id = call.request_object(invalid_request).text("id")
    with surroundings.store.write() as transaction:
        now = surroundings.clock.now_ms()
        operation = operations.claim(transaction, operation_id, activation.user_id, now)
    return _with_time(surroundings, _shown_or_refused(call, operation))


def operation_authorize(surroundings: Surroundings, call: Call) -> Json:
    """Approve. Signature and decision are one transaction."""
    asked = call.request_object(invalid_request)
    operation_id = asked.text("id")
    data = asked.text("data", longest=_LONGEST_DATA)
    otp = _proximity_otp(asked)
    with surroundings.store.write() as transaction:
        now = surroundings.clock.now_ms()
        try:
            with answered_with(MOBILE_AUTHENTICATION):
                signer = _signer(surroundings, transaction, call, (P, PK, PB), URI_AUTHORIZE)
        except EndpointError as refused:
            raise operations.signature_refused(transaction, operation_id, now) from refused
        _check_not_under_verification(signer.activation)
        operations.approve(
            transaction,
            operations.pending(transaction, operation_id, now),
            _decision(call, signer),
            data=data,
            proximity_otp=otp,
            settings=surroundings.settings,
            now_ms=now,
        )
    return ok()


def operation_reject(surroundings: Surroundings, call: Call) -> Json:
    """Reject, with possession alone."""
    asked = call.request_object(invalid_request)
    operation_id, reason = asked.text("id"), asked.optional_text("reason")
    asked.optional_members("mobileTokenData")
    with surroundings.store.write() as transaction:
        now = surroundings.clock.now_ms()
        with answered_with(MOBILE_AUTHENTICATION):
            signer = _signer(surroundings, transaction, call, (P,), URI_REJECT)
        operation = operations.pending(transaction, operation_id, now)
        operations.reject(transaction, operation, _decision(call, signer), reason, now)
    return ok()


def token_owner(
    surroundings: Surroundings, call: Call, allowed: tuple[SignatureType, ...] = _TOKEN_TYPES
) -> Activation:
    """The activation whose token the request carries."""
    with answered_with(MOBILE_AUTHENTICATION):
        return tokens.authenticate(surroundings, call, allowed)


def _signer(
    surroundings: Surroundings,
    transaction: Transaction,
    call: Call,
    allowed: tuple[SignatureType, ...],
    uri_id: str,
) -> Signer:
    return verify(surroundings, transaction, call, read_header(call, allowed), uri_id)


def _decision(call: Call, signer: Signer) -> Decision:
    return Decision(
        signer.activation,
        signer.authorization.signature_type,
        # As the enrollment server does: whoever speaks for others says for whom.
        call.headers.get("X-Forwarded-For", "") or call.address,
        call.headers.get("User-Agent", "")[:255],
    )


def _check_not_under_verification(activation: Activation) -> None:
    with answered_with(MOBILE_AUTHENTICATION):
        if _UNDER_VERIFICATION.intersection(activation.flags):
            raise ProtocolError("a verification of this activation is in progress")


def _proximity_otp(asked: Members) -> str | None:
    """The code; the moments beside it are for the log of a real server, but must be moments."""
    asked.optional_members("mobileTokenData")
    check = asked.optional_members("proximityCheck")
    if check is None:
        return None
    otp = check.text("otp", longest=32)
    if check.text("type") not in ("QR_CODE", "DEEPLINK"):
        raise invalid_request("unknown type of proximity check")
    if check.moment_ms("timestampReceived") is None or check.moment_ms("timestampSent") is None:
        raise invalid_request("a moment of the proximity check is missing")
    return otp


def _listed(surroundings: Surroundings, call: Call, activation: Activation, *, history: bool) -> list[Json]:
    """Operations whose type has texts, newest first."""
    most = surroundings.settings.list_size
    with surroundings.store.write() as transaction:
        now = surroundings.clock.now_ms()
        found = operations.visible(transaction, activation, now, pending=not history, most=most)
    shown = (_shown(operation, call.headers, history=history) for operation in found)
    return [one for one in shown if one is not None]


def _shown_or_refused(call: Call, operation: Operation) -> Json:
    shown = _shown(operation, call.headers, history=False)
    if shown is None:
        raise invalid_request("no texts for this type of operation")
    return shown


def _shown(operation: Operation, headers: Mapping[str, str], *, history: bool) -> Json | None:
    """The operation as a token sees it, in its language; None without texts."""
    form = forms.form_for(
        operation.operation_type,
        operation.parameters,
        headers.get("Accept-Language", ""),
        risk_flags=operation.risk_flags,
        proximity=operation.proximity_seed is not None,
        history=history,
    )
    if form is None:
        return None
    shown: Json = {
        "id": operation.id,
        "name": operation.operation_type,
        "data": operation.data,
        "status": operation.status.value,
        "statusReason": operation.status_reason,
        "operationCreated": mobile_moment(operation.created_ms),
        "operationExpires": mobile_moment(operation.expires_ms),
        "ui": form.ui,
        "allowedSignatureType": _allowed_signature_type(operation),
        "formData": form.form_data,
    }
    return {name: value for name, value in shown.items() if value is not None}


def _allowed_signature_type(operation: Operation) -> Json:
    if P.value in operation.signature_types:
        return {"type": "1FA", "variants": []}
    return {
        "type": "2FA",
        "variants": [kind.value for kind in (PK, PB) if kind.value in operation.signature_types],
    }


def _with_time(surroundings: Surroundings, response_object: object) -> Json:
    return ok(response_object) | {"currentTimestamp": mobile_moment(surroundings.clock.now_ms())}
