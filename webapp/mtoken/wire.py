"""JSON of the Mobile Token API: answers become values, arguments become bytes.

Checked once, here: what these functions return needs no further doubt. Unknown members are ignored. The
rows of a form and the screens are read in `wire_attributes.py` and `wire_screens.py`.

Source: mobile-token-api.md, sections 1, 3.1, 4 and 6.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar, overload

import msgspec
import structlog

from webapp.mtoken.errors import AnswerLost, ProximityTimeError
from webapp.mtoken.members import (
    Json,
    JsonObject,
    date_of,
    names_of,
    object_of,
    one_of,
    text_of,
    write_date,
)
from webapp.mtoken.operation import (
    AllowedOperationSignature,
    AllowedOperationSignatureType,
    Operation,
    OperationFormData,
    OperationStatus,
    ProximityCheck,
    ResultTexts,
    UserOperation,
)
from webapp.mtoken.response import Response, ResponseError
from webapp.mtoken.wire_attributes import read_attribute, read_attributes
from webapp.mtoken.wire_json import read_json
from webapp.mtoken.wire_screens import read_ui
from webapp.powerauth.protocol import SignatureType

T = TypeVar("T")
ServerMoment = Callable[[datetime | None], datetime]
"""What the server's clock said at a moment of this machine's clock; for `None`, what it says now."""

_log = structlog.get_logger()

_STATUSES: Final = names_of(OperationStatus)
_SIGNATURES: Final = names_of(AllowedOperationSignatureType)
_VARIANTS: Final = {
    kind.value: kind for kind in (SignatureType.POSSESSION_KNOWLEDGE, SignatureType.POSSESSION_BIOMETRY)
}


_encoder: Final = msgspec.json.Encoder(decimal_format="number")


@dataclass(frozen=True, slots=True)
class Envelope:
    """The frame around every answer."""

    response_object: Json = None
    response_error: ResponseError | None = None
    current_timestamp: datetime | None = None
    """The server's time; only some calls tell it."""


def read_envelope(status: int, body: bytes, content_type: str = "") -> Envelope:
    """Take the frame off an answer: judged by content type, then JSON, then status.

    Args:
        content_type: as the server named it; empty if it named none, which counts as JSON.

    Raises:
        AnswerLost: nothing, another type, no JSON, a redirect, another shape, or `OK` with a status that
            says otherwise. The note says which.

    Source: mobile-token-api.md, section 1.2.
    """
    frame = _decode(status, body, content_type)
    match text_of(frame, "status"):
        case "ERROR" if not _is_redirect(status):
            return Envelope(response_error=_read_error(status, frame))
        case "OK" if 200 <= status < 300:  # noqa: PLR2004 - what HTTP calls success
            return Envelope(frame.get("responseObject"), None, date_of(frame, "currentTimestamp"))
        case _:
            raise AnswerLost(f"HTTP {status}: neither a result nor an error")


def read_response(status: int, body: bytes, read: Callable[[Json], T], content_type: str = "") -> Response[T]:
    """An answer as a `Response`, its object read by `read`.

    Raises:
        AnswerLost: the answer, or the object in it, is not of the shape that this call has.
    """
    envelope = read_envelope(status, body, content_type)
    if envelope.response_error is not None:
        return Response.error(envelope.response_error)
    return Response.ok(read(envelope.response_object))


def _decode(status: int, body: bytes, content_type: str) -> JsonObject:
    if not body:
        raise AnswerLost(f"HTTP {status}: empty")
    if not _is_json(content_type):
        raise AnswerLost(
            f"HTTP {status}: {'HTML' if 'html' in content_type.lower() else 'no JSON by its type'}"
        )
    try:
        frame = read_json(body)
    except (ValueError, RecursionError):
        # Neither the body nor the parser's message goes to the log: both may hold what was signed.
        raise AnswerLost(f"HTTP {status}: no JSON in {len(body)} bytes") from None
    if not isinstance(frame, dict):
        raise AnswerLost(f"HTTP {status}: JSON, but no object")
    return frame


def _is_json(content_type: str) -> bool:
    kind = content_type.partition(";")[0].strip().lower()
    return kind in {"", "application/json"} or kind.endswith("+json")


def _is_redirect(status: int) -> bool:
    return 300 <= status < 400  # noqa: PLR2004 - what HTTP calls a redirect


def _read_error(status: int, frame: JsonObject) -> ResponseError:
    error = object_of(frame, "responseObject") or {}
    code = text_of(error, "code")
    if not code:
        raise AnswerLost(f"HTTP {status}: an error without a code")
    return ResponseError.from_wire(code, text_of(error, "message") or "")


def read_nothing(_: object) -> None:
    """For calls without a result: whatever comes along is ignored."""


@dataclass(frozen=True, slots=True)
class OperationList(Sequence[UserOperation]):
    """Operations in the order sent, and how many more there were that could not be read."""

    operations: tuple[UserOperation, ...] = ()
    unreadable: int = 0

    @overload
    def __getitem__(self, index: int) -> UserOperation: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[UserOperation, ...]: ...
    def __getitem__(self, index: int | slice) -> UserOperation | tuple[UserOperation, ...]:
        return self.operations[index]

    def __iter__(self) -> Iterator[UserOperation]:
        return iter(self.operations)

    def __len__(self) -> int:
        return len(self.operations)


def read_operation_list(source: object) -> OperationList:
    """The operations of a list or of the history; an unusable one never spoils the others.

    Raises:
        AnswerLost: no array.
    """
    if not isinstance(source, list):
        raise AnswerLost("no array where a list of operations belongs")
    operations = []
    for item in source:
        try:
            operations.append(read_operation(item))
        except AnswerLost as error:
            _log.warning("operation_unreadable", reason=str(error))
    return OperationList(tuple(operations), len(source) - len(operations))


def read_operation(source: object) -> UserOperation:
    """One operation.

    Raises:
        AnswerLost: it has no identifier, no data or no times, and is unusable. The note says which.
    """
    if not isinstance(source, dict):
        raise AnswerLost("no object where an operation belongs")
    operation_id, signed = text_of(source, "id"), text_of(source, "data")
    created, expires = date_of(source, "operationCreated"), date_of(source, "operationExpires")
    if not operation_id or signed is None or created is None or expires is None:
        missing = {
            "id": operation_id,
            "data": signed,
            "operationCreated": created,
            "operationExpires": expires,
        }
        raise AnswerLost(f"no usable {', '.join(name for name, value in missing.items() if not value)}")
    return UserOperation(
        id=operation_id,
        data=signed,
        operation_created=created,
        operation_expires=expires,
        name=text_of(source, "name") or "",
        status=_read_status(source),
        status_reason=text_of(source, "statusReason"),
        allowed_signature_type=_read_allowed_signature(object_of(source, "allowedSignatureType")),
        form_data=_read_form_data(source),
        ui=read_ui(object_of(source, "ui")),
    )


def _read_status(source: JsonObject) -> OperationStatus:
    """Old servers send none; whatever else is not known here cannot be approved."""
    if source.get("status") is None:
        return OperationStatus.PENDING
    return one_of(source, "status", _STATUSES) or OperationStatus.UNKNOWN


def _read_allowed_signature(source: JsonObject | None) -> AllowedOperationSignature:
    if source is None:
        return AllowedOperationSignature()
    variants = source.get("variants")
    listed = [text for text in variants if isinstance(text, str)] if isinstance(variants, list) else []
    known = {_VARIANTS[text]: None for text in listed if text in _VARIANTS}
    kind = one_of(source, "type", _SIGNATURES) or AllowedOperationSignatureType.UNKNOWN
    return AllowedOperationSignature(kind, tuple(known))


def _read_form_data(source: JsonObject) -> OperationFormData:
    form = source.get("formData")
    if form is None:
        return OperationFormData()
    if not isinstance(form, dict):
        # Something was to be shown and cannot be: one row says so.
        return OperationFormData(attributes=(read_attribute(form),))
    texts = object_of(form, "resultTexts")
    return OperationFormData(
        title=_said(form, "title"),
        message=_said(form, "message"),
        attributes=read_attributes(form),
        result_texts=None if texts is None else _read_result_texts(texts),
    )


def _said(form: JsonObject, name: str) -> str:
    """A text; one of blanks says nothing and counts as missing, so that the site has words of its own."""
    text = text_of(form, name) or ""
    return text if text.strip() else ""


def _read_result_texts(texts: JsonObject) -> ResultTexts:
    success, failure, reject = (_said(texts, name) or None for name in ("success", "failure", "reject"))
    return ResultTexts(success, failure, reject)


def write_request(arguments: Mapping[str, Any] | None) -> bytes:
    """The body of a call: compact JSON in UTF-8. The bytes that are signed are the bytes that are sent."""
    return _encoder.encode({} if arguments is None else {"requestObject": arguments})


def write_authorization(operation: Operation, server_moment: ServerMoment) -> dict[str, Any]:
    """The arguments that approve exactly this `data`.

    Args:
        operation: anything with `id` and `data`; its `proximity_check` and `mobile_token_data`, if it
            has them, go along.
        server_moment: asked only if there is a proximity check.

    Raises:
        ProximityTimeError: the proximity code would have been received after it is sent.
        ValueError: the identifier is empty.

    Source: mobile-token-api.md, sections 3.1 and 4.8.
    """
    if not operation.id:
        raise ValueError("an operation identifier is a text that is not empty")
    arguments: dict[str, Any] = {"id": operation.id, "data": operation.data}
    check = getattr(operation, "proximity_check", None)
    if isinstance(check, ProximityCheck):
        arguments["proximityCheck"] = _write_proximity_check(check, server_moment)
    return arguments | _mobile_token_data(operation)


def write_rejection(operation: Operation | str, reason: str) -> dict[str, Any]:
    """The arguments that reject an operation, or the one with this identifier.

    Raises:
        ValueError: identifier or reason is empty.
    """
    identifier = operation if isinstance(operation, str) else operation.id
    if not identifier or not reason:
        raise ValueError("identifier and reason are texts that are not empty")
    return {"id": identifier, "reason": str(reason)} | _mobile_token_data(operation)


def _mobile_token_data(operation: object) -> dict[str, Any]:
    content = getattr(operation, "mobile_token_data", None)
    return {"mobileTokenData": dict(content)} if content else {}


def _write_proximity_check(check: ProximityCheck, server_moment: ServerMoment) -> dict[str, str]:
    received, sent = server_moment(check.timestamp_received), server_moment(None)
    if received > sent:
        raise ProximityTimeError("the proximity code was received after it is sent")
    return {
        "otp": check.totp,
        "type": check.type.value,
        "timestampReceived": write_date(received),
        "timestampSent": write_date(sent),
    }
