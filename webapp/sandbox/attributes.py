"""One attribute of a form: its template and the operation's parameters become what the token shows.

`params` of a template names, for each member, the *parameter* that holds its value. A member whose
parameter is missing is left out, and where nothing would be left to show, the attribute is.

Source: mobile-token-api.md, sections 4.3 and 8.2.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from webapp.sandbox.money import money

_ALERT_TYPES = ("SUCCESS", "INFO", "WARNING", "ERROR")
_LEVEL = re.compile(r"[0-9]{1,2}")


class AttributeTemplate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`text` is the label; `params`: member → name of a parameter."""

    id: str
    type: str
    text: str
    params: dict[str, str] = {}


def attribute(
    template: AttributeTemplate, parameters: Mapping[str, str], language: str
) -> dict[str, Any] | None:
    """The JSON object of an attribute (amounts are `Decimal`); None if it cannot be shown."""
    kind = template.type if template.type in _CONTENT else "KEY_VALUE"
    given = {member: parameters[name] for member, name in template.params.items() if name in parameters}
    content = _CONTENT[kind](given, language)
    if content is None:
        return None
    return {"type": kind, "id": template.id, "label": template.text, **content}


def _required(given: Mapping[str, str], name: str) -> dict[str, Any] | None:
    return {name: given[name]} if name in given else None


def _optional(given: Mapping[str, str], *names: str) -> dict[str, Any]:
    return {name: given[name] for name in names if name in given}


def _heading(given: Mapping[str, str]) -> dict[str, Any]:
    level = given.get("level", "")
    return {"level": int(level) if _LEVEL.fullmatch(level) else 0}


def _amount(given: Mapping[str, str], language: str) -> dict[str, Any] | None:
    if "amount" not in given or "currency" not in given:
        return None
    value = money(given["amount"], given["currency"], language)
    raw = {} if value.amount is None else {"amount": value.amount}
    return {
        **raw,
        "currency": value.currency,
        "amountFormatted": value.amount_formatted,
        "currencyFormatted": value.currency_formatted,
        "valueFormatted": value.value_formatted,
    }


def _conversion(given: Mapping[str, str], language: str) -> dict[str, Any] | None:
    """Both sides are the five members of an amount, named `source…` and `target…`."""
    members: dict[str, Any] = {"dynamic": given.get("dynamic", "").lower() == "true"}
    for side in ("source", "target"):
        one = {
            name: given[side + name.title()]
            for name in ("amount", "currency")
            if side + name.title() in given
        }
        content = _amount(one, language)
        if content is None:
            return None
        members |= {side + name[0].upper() + name[1:]: value for name, value in content.items()}
    return members


def _image(given: Mapping[str, str]) -> dict[str, Any] | None:
    return _optional(given, "thumbnailUrl", "originalUrl") if "thumbnailUrl" in given else None


def _alert(given: Mapping[str, str]) -> dict[str, Any]:
    kind = given.get("type", "").upper()
    return {"alertType": kind if kind in _ALERT_TYPES else "INFO", **_optional(given, "title", "message")}


# Type as it is sent → its members, from the values given and the language; None: nothing to show.
_CONTENT: dict[str, Callable[[Mapping[str, str], str], dict[str, Any] | None]] = {
    "AMOUNT": _amount,
    "AMOUNT_CONVERSION": _conversion,
    "KEY_VALUE": lambda given, _: _required(given, "value"),
    "NOTE": lambda given, _: _required(given, "note"),
    "HEADING": lambda given, _: _heading(given),
    "IMAGE": lambda given, _: _image(given),
    "ALERT": lambda given, _: _alert(given),
    "PARTY_INFO": lambda given, _: {
        "partyInfo": _optional(given, "logoUrl", "name", "description", "websiteUrl")
    },
}
