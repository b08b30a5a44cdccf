"""What people type at the bank: customers' names and the parameters of an operation."""

import re
from collections.abc import Mapping
from typing import Any, Final

from flask import abort, request

from webapp.sandbox import bank_words as words
from webapp.sandbox.forms import OperationTemplate, templates

USERS: Final = ("Alice", "Bob", "Charlie")
LONGEST_VALUE: Final = 500
FIELD: Final = "parameter."
"""What the field of a parameter is called, before the parameter's own name."""

_USER = re.compile(r"\w[\w .@-]{0,63}")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")


def is_user(name: str) -> bool:
    """Whether a customer may be called so."""
    return _USER.fullmatch(name) is not None


def check_user(name: str) -> None:
    """No page for a customer who cannot be."""
    if not is_user(name):
        abort(404)


def known_template(name: str) -> OperationTemplate:
    return next((one for one in templates() if one.template_name == name), None) or abort(404)


def typed_values(template: OperationTemplate) -> dict[str, str]:
    """The parameters out of the form; a field that is missing leaves the template's example.

    Browsers send line breaks as CR LF, operation data know LF only.
    """
    return {
        name: request.form.get(FIELD + name, example).replace("\r\n", "\n")
        for name, example in template.parameters.items()
    }


def too_long(values: Mapping[str, str]) -> dict[str, Any]:
    """Field → error, for the values that are longer than a field takes."""
    return {FIELD + name: words.TOO_LONG for name, value in values.items() if len(value) > LONGEST_VALUE}


def unprintable(values: Mapping[str, str]) -> dict[str, Any]:
    """Field → error, for the values with characters that nobody could read."""
    return {FIELD + name: words.BAD_VALUES for name, value in values.items() if _CONTROL.search(value)}


def as_typed(value: str) -> str:
    """A refused value, back in its field: not longer than the field, and no characters HTML cannot hold."""
    return _CONTROL.sub("\ufffd", value[:LONGEST_VALUE])
