"""Operations as a bank tells them, in any number and of any size."""

import json
import uuid
from typing import Any

_BEGAN = "2026-01-05T08:00:00+0000"
_ENDS = "2036-01-05T08:00:00+0000"


def operation(number: int, attributes: int = 6) -> dict[str, Any]:
    """A payment with so many attributes; the number makes its identifier, the same in every run."""
    return {
        "id": str(uuid.uuid5(uuid.NAMESPACE_OID, f"{number}/{attributes}")),
        "name": f"payment-{number}",
        "data": f"A1*A{100 + number}.50EUR*IDE89370400440532013000*NRent",
        "status": "PENDING",
        "operationCreated": _BEGAN,
        "operationExpires": _ENDS,
        "allowedSignatureType": {"type": "2FA", "variants": ["possession_knowledge"]},
        "formData": {
            "title": f"Payment {number}",
            "message": "Confirm the payment, please.",
            "attributes": [_amount(number), _account(), *map(_detail, range(attributes - 2))],
        },
    }


def operations(count: int, *, first: int = 0, attributes: int = 6) -> list[dict[str, Any]]:
    """So many of them, with consecutive numbers."""
    return [operation(first + number, attributes) for number in range(count)]


def ok(content: Any) -> bytes:
    """The answer that carries this."""
    return json.dumps({"status": "OK", "responseObject": content}, separators=(",", ":")).encode()


def _amount(number: int) -> dict[str, Any]:
    return {
        "type": "AMOUNT",
        "id": "payment.amount",
        "label": "Amount",
        "amount": 100.5 + number,
        "currency": "EUR",
        "amountFormatted": f"{100 + number}.50",
        "currencyFormatted": "€",
        "valueFormatted": f"€{100 + number}.50",
    }


def _account() -> dict[str, Any]:
    return {
        "type": "KEY_VALUE",
        "id": "payment.account",
        "label": "To account",
        "value": "DE89370400440532013000",
    }


def _detail(number: int) -> dict[str, Any]:
    return {
        "type": "KEY_VALUE",
        "id": f"payment.detail.{number}",
        "label": f"Detail {number}",
        "value": f"What the bank says about it, part {number}",
    }
