"""What a person reads about an operation, in their language; and the operations the bank knows.

The real enrollment server keeps one row per operation type and language and merges it with the
operation's parameters. Ours are read from `texts.json`. What is shown and what is signed are filled
from the same parameters, by two templates that stand side by side in that file.

The server escapes every value as in a JSON string and parses the text afterwards. Filling the leaves of
parsed JSON comes to the same in the two members that are JSON (`resultTexts`, `ui`) and leaves title and
message free of the backslashes the real server puts there.

Source: mobile-token-api.md, sections 8 and 9.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from webapp.sandbox.attributes import AttributeTemplate, attribute
from webapp.sandbox.languages import choose
from webapp.sandbox.placeholders import fill

_TEXTS = Path(__file__).with_name("texts.json")


class FormTemplate(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """The texts of one operation type in one language."""

    title: str
    message: str
    attributes: tuple[AttributeTemplate, ...]
    result_texts: dict[str, str] | None = None
    ui: dict[str, Any] | None = None


class OperationTemplate(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """One kind of operation the sandbox bank creates; the members are the back office's.

    `expiration` is in seconds. `parameters` are an example that the bank's page offers. An operation
    that is not `personalised` is created without a user and waits to be claimed. `forms`: language →
    texts; a type without any is never shown to a token.
    """

    template_name: str
    operation_type: str
    data_template: str
    signature_type: tuple[str, ...]
    max_failure_count: int
    expiration: int
    parameters: dict[str, str]
    forms: dict[str, FormTemplate]
    risk_flags: str | None = None
    proximity_check_enabled: bool = False
    personalised: bool = True


@dataclass(frozen=True, slots=True)
class Form:
    """`formData` and `ui` of an operation, ready for JSON: dicts, lists, texts, booleans, int, Decimal."""

    form_data: dict[str, Any]
    ui: dict[str, Any] | None


@cache
def _read() -> tuple[OperationTemplate, ...]:
    return msgspec.json.decode(_TEXTS.read_bytes(), type=tuple[OperationTemplate, ...])


def templates() -> list[OperationTemplate]:
    """Every operation template the sandbox starts with, in the order of the bank's page."""
    return list(_read())


def form_for(
    operation_type: str,
    parameters: Mapping[str, str],
    accept_language: str,
    *,
    risk_flags: str | None,
    proximity: bool,
    history: bool,
) -> Form | None:
    """The texts of an operation for one reader.

    Args:
        operation_type: the placeholder of the server's rows.
        parameters: as given when the operation was created.
        accept_language: the request's header; empty if it had none.
        risk_flags: letters X, C, F; looked at only if the form has no `ui` of its own.
        proximity: whether this operation has a proximity check.
        history: whether it is shown as the past: nothing is left to scan then.

    Returns:
        None if the type has texts in no language: left out of lists, refused in details.
    """
    found = [
        (template, language)
        for template in _read()
        if template.operation_type == operation_type and (language := choose(template.forms, accept_language))
    ]
    if not found:
        return None
    template, language = found[0]
    form = template.forms[language]
    form_data: dict[str, Any] = {
        "title": fill(form.title, parameters),
        "message": fill(form.message, parameters),
        "attributes": [
            shown for one in form.attributes if (shown := attribute(one, parameters, language)) is not None
        ],
    }
    if form.result_texts is not None:
        form_data["resultTexts"] = _filled(form.result_texts, parameters)
    return Form(form_data, _ui(form, parameters, risk_flags or "", scannable=proximity and not history))


def _ui(
    form: FormTemplate, parameters: Mapping[str, str], risk_flags: str, *, scannable: bool
) -> dict[str, Any] | None:
    if form.ui is None:
        return _ui_of_risk_flags(risk_flags)
    ui: dict[str, Any] = _filled(form.ui, parameters)
    if not scannable and ui.get("preApprovalScreen", {}).get("type") == "QR_SCAN":
        del ui["preApprovalScreen"]
    return ui


def _ui_of_risk_flags(flags: str) -> dict[str, Any] | None:
    """The warning of flag F has no texts: the token shows its own."""
    ui: dict[str, Any] = {}
    if "X" in flags:
        ui["flipButtons"] = True
    if "C" in flags:
        ui["blockApprovalOnCall"] = True
    if "F" in flags:
        ui["preApprovalScreen"] = {"type": "WARNING", "approvalType": "SLIDER"}
    return ui if flags else None


def _filled(value: Any, parameters: Mapping[str, str]) -> Any:
    """A copy of JSON with every text in it filled."""
    match value:
        case str():
            return fill(value, parameters)
        case dict():
            return {name: _filled(member, parameters) for name, member in value.items()}
        case list():
            return [_filled(member, parameters) for member in value]
        case _:
            return value
