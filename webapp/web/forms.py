"""Forms as typed values, or as errors per field. PINs are never put back into a page.

An error is the `message_key` of the rule that the field breaks; field_words.py has the words. A PIN
that proves somebody stays as typed: the use case reads it by the operator's rules.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Self

from webapp.flows.answer import Answer
from webapp.flows.enrol import read_code
from webapp.flows.errors import PinRefused, PinsDiffer
from webapp.flows.passkey_answers import MAX_ANSWER_LENGTH
from webapp.flows.pin import KnowledgeRules
from webapp.flows.proximity import KeptCode
from webapp.flows.ways_in import OtpRule
from webapp.powerauth.encoding import from_base64url, to_base64url
from webapp.powerauth.errors import ActivationCodeError, EncodingError
from webapp.powerauth.offline_operation import MAX_LENGTH
from webapp.web.visible import one_line

MAX_CODE_LENGTH: Final = 300
MAX_NAME_LENGTH: Final = 64
MAX_OTP_LENGTH: Final = 64
MAX_PIN_LENGTH: Final = 256
"""More than any PIN or password has: what is longer is refused and not cut."""
MAX_SNAPSHOT_LENGTH: Final = 4096
MAX_CHOICE_LENGTH: Final = 32
MAX_RETYPED_LENGTH: Final = 64
MAX_PROXIMITY_LENGTH: Final = 4096

NAME_MISSING: Final = "name.missing"
CODE_MISSING: Final = "activation.code.missing"
OTP_MISSING: Final = "activation.otp.missing"


@dataclass(frozen=True, slots=True)
class NewPin:
    """A PIN or password typed twice, as it is computed with; empty if something is wrong with it."""

    pin: str = field(default="", repr=False)
    errors: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def parse(cls, fields: Mapping[str, str], rules: KnowledgeRules, name: str = "pin") -> Self:
        """Read the fields `name` and `name_again`."""
        again = f"{name}_again"
        try:
            return cls(rules.choose(typed_pin(fields, name), typed_pin(fields, again)))
        except PinsDiffer as differ:
            return cls(errors={again: differ.message_key})
        except PinRefused as refused:
            return cls(errors={name: refused.message_key})


@dataclass(frozen=True, slots=True)
class NewBrowser:
    """How a browser is to be called and what its person will know: the end of every form that enrols."""

    name: str = ""
    pin: str = field(default="", repr=False)
    errors: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def parse(cls, fields: Mapping[str, str], rules: KnowledgeRules) -> Self:
        name = one_line(fields.get("name", ""), MAX_NAME_LENGTH)
        chosen = NewPin.parse(fields, rules)
        missing = {} if name else {"name": NAME_MISSING}
        return cls(name, chosen.pin, {**missing, **chosen.errors})


@dataclass(frozen=True, slots=True)
class EnrolForm:
    """What it takes to enrol with a code: code, one-time password and name as typed, and the PIN."""

    code: str = field(default="", repr=False)
    name: str = ""
    pin: str = field(default="", repr=False)
    errors: Mapping[str, str] = field(default_factory=dict)
    otp: str | None = field(default=None, repr=False)

    @classmethod
    def parse(cls, fields: Mapping[str, str], rules: KnowledgeRules, otp_rule: OtpRule = OtpRule.OFF) -> Self:
        code = fields.get("code", "")[: MAX_CODE_LENGTH + 1]
        otp = one_line(fields.get("otp", ""), MAX_OTP_LENGTH) if otp_rule is not OtpRule.OFF else ""
        browser = NewBrowser.parse(fields, rules)
        errors: dict[str, str] = {}
        if problem := _problem_of_code(code):
            errors["code"] = problem
        if otp_rule is OtpRule.REQUIRED and not otp:
            errors["otp"] = OTP_MISSING
        return cls(code, browser.name, browser.pin, {**errors, **browser.errors}, otp or None)


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
    passkey: str = field(repr=False)

    @classmethod
    def parse(cls, fields: Mapping[str, str]) -> Self:
        return cls(
            _snapshot(fields),
            typed_pin(fields) if "pin" in fields else None,
            fields.get("on_call", "")[:MAX_CHOICE_LENGTH] or None,
            one_line(fields.get("retyped", ""), MAX_RETYPED_LENGTH) or None,
            fields.get("code", "")[:MAX_PROXIMITY_LENGTH].strip() or None,
            passkey_answer(fields),
        )

    def answer(self, kept: KeptCode | None) -> Answer:
        """The answers together with the proximity code that a link has brought."""
        answer = Answer(self.pin, self.on_call, self.retyped, self.code, kept)
        return replace(answer, passkey=self.passkey or None)


@dataclass(frozen=True, slots=True)
class OfflineForm:
    """The text of a QR code, the note of what was shown of it, and the answers."""

    text: str = field(repr=False)
    answers: ApproveForm
    is_read: bool

    @classmethod
    def parse(cls, fields: Mapping[str, str]) -> Self:
        return cls(_carried_back(fields), ApproveForm.parse(fields), fields.get("read") == "yes")

    def answer(self) -> Answer:
        return replace(self.answers.answer(None), is_read=self.is_read)


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


def scanned_text(fields: Mapping[str, str]) -> str:
    """The text of a QR code as it was before it got into a form, which turns every line break into CR LF."""
    sent = fields.get("text", "")[: 2 * MAX_LENGTH + 2]
    return sent.removeprefix("\ufeff").replace("\r\n", "\n").strip(" \t\n\u00a0")


def carried(text: str) -> str:
    """The text for a hidden field: what is signed comes back byte for byte, whatever is in it."""
    return to_base64url(text.encode())


def _carried_back(fields: Mapping[str, str]) -> str:
    """Empty if it did not come back as it was: the note of the form is about another text then."""
    try:
        return from_base64url(fields.get("payload", "")).decode()
    except (EncodingError, UnicodeDecodeError):
        return ""


def passkey_answer(fields: Mapping[str, str]) -> str:
    """What the page wrote about a passkey's answer, as it came; the use case reads it."""
    return fields.get("passkey", "")[:MAX_ANSWER_LENGTH]


def typed_pin(fields: Mapping[str, str], name: str = "pin") -> str:
    """A PIN or password as typed; `KnowledgeRules` read it."""
    return fields.get(name, "")[:MAX_PIN_LENGTH]


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
