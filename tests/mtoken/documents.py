"""JSON as servers send it, in the words of the API's document."""

import copy
import json
from typing import Any

from webapp.mtoken.operation import UserOperation
from webapp.mtoken.wire import read_operation, read_response

ID = "3c7d9c1a-5e21-4f0f-9a36-d1f0a6b2c8e4"

PAYMENT = r"""
{
  "id": "3c7d9c1a-5e21-4f0f-9a36-d1f0a6b2c8e4",
  "name": "payment",
  "data": "A1*A2450.50EUR*IDE89370400440532013000**D20260331*NRent \\* March\\nflat 4",
  "status": "PENDING",
  "operationCreated": "2026-03-02T08:15:00+0000",
  "operationExpires": "2026-03-02T08:20:00+0000",
  "allowedSignatureType": {"type": "2FA", "variants": ["possession_knowledge", "possession_biometry"]},
  "formData": {
    "title": "Payment",
    "message": "Confirm a payment of 2450.50 EUR.",
    "attributes": [
      {"type": "HEADING", "id": "payment.heading", "label": "New payment", "level": 0},
      {"type": "AMOUNT", "id": "payment.amount", "label": "Amount", "amount": 2450.50, "currency": "EUR",
       "amountFormatted": "2,450.50", "currencyFormatted": "€", "valueFormatted": "€2,450.50"},
      {"type": "KEY_VALUE", "id": "payment.account", "label": "To account",
       "value": "DE89370400440532013000"},
      {"type": "PARTY_INFO", "id": "payment.party", "label": "Payee",
       "partyInfo": {"name": "Hausverwaltung Nord"}},
      {"type": "NOTE", "id": "payment.note", "label": "Note", "note": "Rent * March\nflat 4"}
    ],
    "resultTexts": {"success": "The payment is on its way.", "reject": "Nothing was paid.",
                    "failure": "The payment was not made."}
  }
}
"""

CONVERSION = r"""
{
  "type": "AMOUNT_CONVERSION", "id": "conversion", "label": "You pay", "dynamic": true,
  "sourceAmount": 120, "sourceCurrency": "USD", "sourceAmountFormatted": "120,00",
  "sourceCurrencyFormatted": "US$", "sourceValueFormatted": "120,00\u00a0US$",
  "targetAmount": 2763.6, "targetCurrency": "CZK", "targetAmountFormatted": "2\u00a0763,60",
  "targetCurrencyFormatted": "Kč", "targetValueFormatted": "2\u00a0763,60\u00a0Kč"
}
"""

INVOICE = """
[
  {"type": "ALERT", "id": "invoice.alert", "label": "Warning", "alertType": "WARNING", "title": "New payee",
   "message": "You have never paid to this account."},
  {"type": "AMOUNT", "id": "invoice.amount", "label": "Amount", "amount": 389, "currency": "CZK",
   "amountFormatted": "389.00", "currencyFormatted": "CZK", "valueFormatted": "CZK389.00"},
  {"type": "IMAGE", "id": "invoice.image", "label": "Invoice", "thumbnailUrl": "/sandbox/invoice-small.png",
   "originalUrl": "/sandbox/invoice.png"}
]
"""

WARNING_UI = """
{
  "flipButtons": true,
  "blockApprovalOnCall": true,
  "preApprovalScreen": {
    "type": "WARNING",
    "heading": "Is somebody telling you to do this?",
    "message": "The bank never asks you to move money to safety.",
    "items": ["Nobody from the bank calls about a safe account.", "The police do not ask for payments.",
              "If in doubt, reject and call us."],
    "approvalType": "SLIDER"
  }
}
"""

NEWER_UI = """
{
  "preApprovalScreens": [
    {"type": "INFO", "heading": "Read this", "message": "", "id": "one", "backButton": true, "image": "lock",
     "elements": [
       {"id": "a", "type": "LIST_ITEM", "text": "First", "style": "WARNING", "icon": "phone"},
       {"id": "b", "type": "ALERT", "text": "Careful", "style": "DANGER"},
       {"id": "c", "type": "BUTTON", "text": "Call us", "href": "tel:+420123456789", "action": "PHONE",
        "actionSettings": "REJECT"},
       {"id": "d", "type": "HOLOGRAM", "text": "Boo", "style": "SHINY"},
       "just a text",
       7
     ],
     "controls": {"flip": false, "axis": "VERTICAL", "decline": {"type": "REJECT", "text": "No"},
                  "approve": {"type": "BUTTON", "text": "Yes", "counter": 3}}},
    {"type": "QR_SCAN", "heading": "Scan", "message": "It proves that you are here."}
  ],
  "preApprovalScreen": {"type": "WARNING", "heading": "not this one", "message": ""}
}
"""

REDIRECT = """
{"type": "MERCHANT_REDIRECT", "heading": "Thank you", "message": "You are going back to the shop.",
 "payload": {"redirectText": "Back to the shop", "redirectUrl": "https://shop.example/return?order=5521",
             "countdown": 5}}
"""

REVIEW = """
{"type": "REVIEW", "heading": "Limit changed", "message": "It applies at once.",
 "payload": {"attributes": [
   {"type": "NOTE", "id": "limit.note", "label": "New limit", "note": "50000 CZK per day"}]}}
"""


def payment(**members: Any) -> dict[str, Any]:
    """The payment, with some members replaced; `...` takes one away."""
    operation = json.loads(PAYMENT) | members
    return {name: value for name, value in operation.items() if value is not ...}


def read(text: str) -> UserOperation:
    """An operation out of the text of a server, exact decimals and all."""
    body = f'{{"status":"OK","responseObject":{text}}}'.encode()
    operation = read_response(200, body, read_operation).response_object
    assert operation is not None
    return operation


def everything() -> dict[str, Any]:
    """One operation in which every member that we know occurs."""
    ui = json.loads(WARNING_UI) | json.loads(NEWER_UI)
    ui |= {"postApprovalScreen": json.loads(REDIRECT), "templates": {"list": {"style": ["a", 1, None]}}}
    operation = payment(ui=ui, statusReason="LIMIT")
    operation["formData"]["attributes"] += [json.loads(CONVERSION), *json.loads(INVOICE)]
    return operation


def places(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """The paths of all values within a value."""
    found = [path]
    children = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, child in children:
        found += places(child, (*path, key))
    return found


def replaced(document: Any, path: tuple[str | int, ...], value: Any) -> Any:
    """The document with another value in one place."""
    if not path:
        return value
    changed = copy.deepcopy(document)
    inner = changed
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return changed
