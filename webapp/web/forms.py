"""Forms as typed values, or as errors per field. PINs are never put back into a page.

An error is the `message_key` of the rule that the field breaks; webapp/web/messages.py has the words.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Self

from webapp.flows.answer import Answer
from webapp.flows.enrol import read_code
from webapp.flows.errors import PinRefused, PinsDiffer
from webapp.flows.pin import check_new_pin
from webapp.flows.proximity import KeptCode
from webapp.powerauth.errors import ActivationCodeError
from webapp.web.visible import one_line

MAX_CODE_LENGTH: Final = 300
MAX_NAME_LENGTH: Final = 64
MAX_PIN_LENGTH: Final = 64
MAX_SNAPSHOT_LENGTH: Final = 4096
MAX_CHOICE_LENGTH: Final = 32
MAX_RETYPED_LENGTH: Final = 64
MAX_PROXIMITY_LENGTH: Final = 4096

NAME_MISSING: Final = "name.missing"
CODE_MISSING: Final = "activation.code.missing"


@dataclass(frozen=True, slots=True)
class EnrolForm:
    """What it takes to enrol: code and name as typed, the PIN in ASCII digits if it has any digits."""

    code: str = field(default="", repr=False)
    name: str = ""
    pin: str = field(default="", repr=False)
    errors: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def parse(cls, fields: Mapping[str, str]) -> Self:
        code = fields.get("code", "")[: MAX_CODE_LENGTH + 1]
        name = one_line(fields.get("name", ""), MAX_NAME_LENGTH)
        pin, again = _pin(fields, "pin"), _pin(fields, "pin_again")
        errors: dict[str, str] = {}
        if problem := _problem_of_code(code):
            errors["code"] = problem
        if not name:
            errors["name"] = NAME_MISSING
        try:
            check_new_pin(pin, again)
        except PinsDiffer as differ:
            errors["pin_again"] = differ.message_key
        except PinRefused as refused:
            errors["pin"] = refused.message_key
        return cls(code, name, pin, errors)


@dataclass(frozen=True, slots=True)
class ScreenForm:
    """The note of what was shown, and whether the person says that they have read it."""

    snapshot: str = field(repr=False)
    is_read: bool

    @classmethod
    def parse(cls, fields: Mapping[str, str]) -> Self:
        return cls(_snapshot(fields), fields.get("read") == "yes")


@dataclass(frozen=True, slots=True)
class ApproveForm:
    """The note of what was shown, and the answers; None where the page had no field for one."""

    snapshot: str = field(repr=False)
    pin: str | None = field(repr=False)
    on_call: str | None
    retyped: str | None = field(repr=False)
    code: str | None = field(repr=False)

    @classmethod
    def parse(cls, fields: Mapping[str, str]) -> Self:
        return cls(
            _snapshot(fields),
            _pin(fields, "pin") if "pin" in fields else None,
            fields.get("on_call", "")[:MAX_CHOICE_LENGTH] or None,
            one_line(fields.get("retyped", ""), MAX_RETYPED_LENGTH) or None,
            fields.get("code", "")[:MAX_PROXIMITY_LENGTH].strip() or None,
        )

    def answer(self, kept: KeptCode | None) -> Answer:
        """The answers together with the proximity code that a link has brought."""
        return Answer(self.pin, self.on_call, self.retyped, self.code, kept)


@dataclass(frozen=True, slots=True)
class RejectForm:
    """The note of what was shown, and the reason, if one was chosen."""

    snapshot: str = field(repr=False)
    reason: str

    @classmethod
    def parse(cls, fields: Mapping[str, str]) -> Self:
        return cls(_snapshot(fields), fields.get("reason", "")[:MAX_CHOICE_LENGTH])


def _snapshot(fields: Mapping[str, str]) -> str:
    return fields.get("snapshot", "")[:MAX_SNAPSHOT_LENGTH]


def _pin(fields: Mapping[str, str], name: str) -> str:
    """Digits of any script become ASCII, space around goes; everything else stays for the rules to refuse."""
    typed = fields.get(name, "")[:MAX_PIN_LENGTH].strip()
    return "".join(str(unicodedata.decimal(character, character)) for character in typed)


def _problem_of_code(code: str) -> str | None:
    if not code.strip():
        return CODE_MISSING
    try:
        read_code(code)
    except ActivationCodeError as error:
        return rule_key(error)
    return None


def rule_key(error: ActivationCodeError) -> str:
    """The key of the words for the rule that a code breaks."""
    return f"activation.code.{error.rule.name.lower()}"
