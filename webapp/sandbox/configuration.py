"""What an application is configured with beyond its keys: lists of objects under keys.

Without any of them the sandbox knows activation codes only. The keys that mean something here:

    oauth2_providers    OpenID providers (oidc.py), with the members of PowerAuth Server
    sandbox_customers   customers of the bank: `userId`, `attributes` (what they identify themselves with in
                        an activation of type CUSTOM), `claims` (their user info), `commit` (whether such
                        an activation is active at once)
    recovery            recovery codes; written by the back office's own calls (recovery.py)
"""

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from webapp.sandbox.members import Members
from webapp.sandbox.store import Transaction

OIDC_PROVIDERS: Final = "oauth2_providers"
CUSTOMERS: Final = "sandbox_customers"
RECOVERY: Final = "recovery"


@dataclass(frozen=True, slots=True)
class Customer:
    """Somebody whom the bank knows."""

    user_id: str
    attributes: Mapping[str, str] = field(repr=False)
    claims: Mapping[str, Any] | None = field(default=None, repr=False)
    commit: bool = False


def values(transaction: Transaction, application_id: str, key: str) -> list[Members]:
    """The objects under a key; none when it is not configured."""
    row = transaction.execute(
        "SELECT content FROM application_config WHERE application_id = ? AND key = ?", (application_id, key)
    ).fetchone()
    return [] if row is None else [Members.of(value) for value in json.loads(row["content"])]


def every_value(transaction: Transaction, key: str) -> list[Members]:
    """The objects under a key of all applications."""
    rows = transaction.execute("SELECT content FROM application_config WHERE key = ?", (key,))
    return [Members.of(value) for row in rows for value in json.loads(row["content"])]


def configure(transaction: Transaction, application_id: str, key: str, content: list[Any]) -> None:
    """Put these objects under the key, in place of what was there."""
    transaction.execute(
        "INSERT INTO application_config (application_id, key, content) VALUES (?, ?, ?)"
        " ON CONFLICT (application_id, key) DO UPDATE SET content = excluded.content",
        (application_id, key, json.dumps(content)),
    )


def unconfigure(transaction: Transaction, application_id: str, key: str) -> None:
    transaction.execute(
        "DELETE FROM application_config WHERE application_id = ? AND key = ?", (application_id, key)
    )


def everything(transaction: Transaction, application_id: str) -> dict[str, list[Any]]:
    """All that an application is configured with."""
    rows = transaction.execute(
        "SELECT key, content FROM application_config WHERE application_id = ? ORDER BY key", (application_id,)
    )
    return {row["key"]: json.loads(row["content"]) for row in rows}


def read_customer(members: Members) -> Customer:
    """One entry of `sandbox_customers`, or the refusal that the members carry."""
    members.only("userId", "attributes", "claims", "commit")
    claims = members.optional_members("claims")
    return Customer(
        members.text("userId"),
        members.text_map("attributes"),
        None if claims is None else claims.values,
        members.flag("commit", default=False),
    )


def identify(transaction: Transaction, application_id: str, attributes: Mapping[str, str]) -> Customer | None:
    """The customer with exactly these attributes; somebody without attributes cannot be identified."""
    given = _comparable(attributes)
    for customer in _customers(transaction, application_id):
        if customer.attributes and hmac.compare_digest(_comparable(customer.attributes), given):
            return customer
    return None


def claims_of(transaction: Transaction, application_id: str, user_id: str) -> Mapping[str, Any] | None:
    """What the bank says about a customer."""
    known = (one for one in _customers(transaction, application_id) if one.user_id == user_id)
    return next((customer.claims for customer in known), None)


def _customers(transaction: Transaction, application_id: str) -> list[Customer]:
    return [read_customer(members) for members in values(transaction, application_id, CUSTOMERS)]


def _comparable(attributes: Mapping[str, str]) -> bytes:
    return json.dumps(attributes, sort_keys=True).encode()
