"""The offline counter: pictures to scan without a connection, and the codes that people bring back.

The server signs a picture's text and checks a code; that there is an operation, until when it waits and how
often it was tried in vain, the back office keeps like for any other. What only the bank knows, such as the
picture's nonce, is on a *slip* that the bank keeps itself.

Source: formats.md, sections 2.1, 2.4 to 2.8; sandbox-admin.md.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from webapp.powerauth.encoding import to_base64
from webapp.powerauth.operation_data import parse_operation_data
from webapp.randomness import Random
from webapp.sandbox.back_office import APPLICATION, Activation, Office, Operation
from webapp.sandbox.forms import FormTemplate, OperationTemplate
from webapp.sandbox.operation_data import escape_heading, operation_data
from webapp.sandbox.placeholders import fill

FLAGS: Final = "BXFC"
STEP_S: Final = 60
STEPS_BACK: Final = 2
"""A time-based code is good for two to three minutes: to scan, to read, to enter the PIN, to type."""

_BIOMETRY: Final = "B"
_COUNTER: Final = "OFFLINE_COUNTER"
_SEED_BYTES: Final = 16
_URI_ID: Final = "/operation/authorize/offline"
_MOST_BYTES: Final = 900  # of what the bank writes: with nonce and signature a camera can still read it
_LONGEST_CODE: Final = 64
# White space, dashes, and what comes along unseen when a code is copied.
_BETWEEN: Final = re.compile(r"[\s\u00ad\u2010-\u2015\u2212\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff-]+")
_CODE: Final = re.compile(r"([0-9]{8})([0-9]{8})")


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked for at the counter; without a browser it is for whoever scans it."""

    template: OperationTemplate
    form: FormTemplate | None
    values: Mapping[str, str] = field(repr=False)
    flags: str
    browser: Activation | None
    nearby: bool

    def lines(self, operation_id: str, data: str) -> str:
        """The five lines that the bank gives."""
        spoken = ("", "") if self.form is None else (self.form.title, self.form.message)
        title, message = (fill(text, self.values) for text in spoken)
        return "\n".join((operation_id, escape_heading(title), escape_heading(message), data, self.flags))

    def fits(self) -> bool:
        """Whether it can be one picture, and tokens can read it.

        Raises:
            AdminError: ERR0024, a value that the back office would refuse.
            OperationDataError: a value that no token could read.
        """
        data = operation_data(self.template.data_template, self.values)
        parse_operation_data(data)
        return len(self.lines("0" * 36, data).encode()) <= _MOST_BYTES


class Slip(msgspec.Struct, frozen=True, rename="camel"):
    """What the bank keeps of a picture it handed out. `seed`: Base64, where there is a time-based code."""

    lines: str
    text: str
    nonce: str
    activation_id: str | None = None
    seed: str | None = None

    @property
    def by_biometry(self) -> bool:
        return _BIOMETRY in self.lines.rpartition("\n")[2]

    def __repr__(self) -> str:
        return "Slip(<…>)"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the server said to a code, and what was left after it."""

    is_right: bool
    browser_is_blocked: bool
    browser_attempts: int
    operation_attempts: int


class Counter:
    """Every method may raise `AdminError`."""

    def __init__(self, office: Office, *, random: Random) -> None:
        self._office = office
        self._random = random

    def hand_out(self, order: Order) -> str:
        """Create the operation and its picture; returns the operation's id."""
        operation = self._new_operation(order)
        lines = order.lines(operation.id, operation.data)
        activation_id = None if order.browser is None else order.browser.activation_id
        seed = to_base64(self._random(_SEED_BYTES)) if order.nearby else None
        made = self._sign(lines, activation_id, seed)
        slip = Slip(lines, made["offlineData"], made["nonce"], activation_id, seed)
        self._office.keep(_name(operation.id), msgspec.json.encode(slip).decode())
        return operation.id

    def slip(self, operation_id: str) -> Slip | None:
        """What was handed out for this operation, if it was here."""
        text = self._office.kept(_name(operation_id))
        return None if text is None else msgspec.json.decode(text, type=Slip)

    def text(self, slip: Slip) -> str:
        """The text of the picture as of now: a time-based code in it is renewed, all else stays."""
        if slip.seed is None:
            return slip.text
        return str(self._sign(slip.lines, slip.activation_id, slip.seed, slip.nonce)["offlineData"])

    def check(self, slip: Slip, operation: Operation, activation_id: str, code: str) -> Verdict:
        """Have a code checked that somebody with this activation brings; a wrong one counts.

        Args:
            slip: of this operation.
            operation: still waiting.
            activation_id: the slip's, if it names one.
            code: as `read_code` returns it.
        """
        asked = {
            "activationId": activation_id,
            "data": _signed_by_user(slip, operation),
            "signature": code,
            "allowBiometry": slip.by_biometry,
        }
        if slip.seed is not None:
            asked["proximityCheck"] = {"seed": slip.seed, "stepLength": STEP_S, "stepCount": STEPS_BACK}
        found = self._office.admin("/signature/offline/verify", asked)
        settled = self._approve(operation, found) if found["signatureValid"] else self._fail(operation)
        return Verdict(
            is_right=found["signatureValid"],
            browser_is_blocked=found["activationStatus"] == "BLOCKED",
            browser_attempts=found["remainingAttempts"],
            operation_attempts=settled.attempts_left,
        )

    def _new_operation(self, order: Order) -> Operation:
        asked: dict[str, Any] = {
            "applications": [APPLICATION],
            "templateName": order.template.template_name,
            "parameters": dict(order.values),
            "additionalData": {"shownAt": _COUNTER},
        }
        if order.browser is not None:
            asked |= {"userId": order.browser.user_id, "activationId": order.browser.activation_id}
        return _operation(self._office.admin("/operation/create", asked))

    def _sign(self, lines: str, activation_id: str | None, seed: str | None, nonce: str | None = None) -> Any:
        if activation_id is None:
            asked: dict[str, Any] = {"applicationId": APPLICATION, "data": lines}
            return self._office.admin("/signature/offline/non-personalized/create", asked)
        asked = {"activationId": activation_id, "data": lines, "nonce": nonce}
        if seed is not None:
            asked["proximityCheck"] = {"seed": seed, "stepLength": STEP_S}
        return self._office.admin("/signature/offline/personalized/create", asked)

    def _approve(self, operation: Operation, found: Any) -> Operation:
        signature_type = found["signatureType"]
        additional = {
            "approvedAt": _COUNTER,
            "activationId": found["activationId"],
            "authFactor": signature_type.lower(),
        }
        asked = {
            "operationId": operation.id,
            "userId": found["userId"],
            "applicationId": APPLICATION,
            "data": operation.data,
            "signatureType": signature_type,
            "additionalData": additional,
        }
        return _operation(self._office.admin("/operation/approve", asked)["operation"])

    def _fail(self, operation: Operation) -> Operation:
        asked = {"operationId": operation.id}
        return _operation(self._office.admin("/operation/approve/fail", asked)["operation"])


def read_code(typed: str) -> str | None:
    """Sixteen digits in any groups → `12345678-12345678`, the form that the server takes; or None."""
    found = _CODE.fullmatch(_BETWEEN.sub("", typed)) if len(typed) <= _LONGEST_CODE else None
    return None if found is None else f"{found[1]}-{found[2]}"


def _signed_by_user(slip: Slip, operation: Operation) -> str:
    """What a code covers, without the secret and without a time-based code: the server adds them."""
    body = f"{operation.id}&{operation.data}"
    return f"POST&{to_base64(_URI_ID.encode())}&{slip.nonce}&{to_base64(body.encode())}"


def _name(operation_id: str) -> str:
    return f"offline/{operation_id}"


def _operation(answer: Any) -> Operation:
    return msgspec.convert(answer, type=Operation)
