"""The ways in that the demo's bank opens beside activation codes: credentials, recovery codes, signing in.

All of it is configured through the back office, and what is configured already stays as it is.
"""

from contextlib import suppress
from types import MappingProxyType
from typing import Any, Final

from webapp.powerauth.encoding import to_base64url
from webapp.randomness import Random, system_random
from webapp.sandbox.back_office import APPLICATION, Office
from webapp.sandbox.configuration import CUSTOMERS, OIDC_PROVIDERS, RECOVERY
from webapp.sandbox.errors import AdminError

PROVIDER: Final = "sandbox"
"""What the site has to call the provider."""

SIGN_IN_PATH: Final = "/sandbox/oidc"
RETURN_PATH: Final = "/activation/sign-in/return"

# User names and passwords; nothing is behind them, and the bank's pages show them to everybody.
_CREDENTIALS: Final = MappingProxyType(
    {"Alice": "wonderland-1865", "Bob": "builder-1999", "Charlie": "chocolate-1964"}
)
_COMMITTED_BY_THE_BANK: Final = "Alice"
"""The others are active at once, so that both can be tried."""

_SECRET_BYTES: Final = 32


def open_ways(office: Office) -> None:
    """What does not depend on the site's address: customers with credentials, and recovery codes."""
    configured = _configured(office)
    if CUSTOMERS not in configured:
        _configure(office, CUSTOMERS, [_customer(name) for name in _CREDENTIALS])
    if RECOVERY not in configured:
        enabled = {"activationRecoveryEnabled": True, "recoveryPostcardEnabled": True}
        office.admin("/recovery/config/update", {"applicationId": APPLICATION, **enabled})


def move_provider(office: Office, site: str, *, random: Random = system_random) -> None:
    """Have the provider at this address, which is the site's own, and send people back there.

    Args:
        site: where the browser at hand has found the site, such as `http://localhost:5000/`.
    """
    site = site.rstrip("/")
    returning = site + RETURN_PATH
    if any(one.get("redirectUri") == returning for one in _configured(office).get(OIDC_PROVIDERS, [])):
        return
    provider = {
        "providerId": PROVIDER,
        "clientId": "assent",
        "clientSecret": to_base64url(random(_SECRET_BYTES)),
        "scopes": "openid",
        "issuerUri": site + SIGN_IN_PATH,
        "authorizeUri": f"{site}{SIGN_IN_PATH}/authorize",
        "redirectUri": returning,
        "pkceEnabled": True,
    }
    # No browser comes from an address that the back office finds too long: all stays as it was.
    with suppress(AdminError):
        _configure(office, OIDC_PROVIDERS, [provider])


def _customer(name: str) -> dict[str, Any]:
    attributes = {"username": name.lower(), "password": _CREDENTIALS[name]}
    return {"userId": name, "attributes": attributes, "commit": name != _COMMITTED_BY_THE_BANK}


def _configured(office: Office) -> dict[str, list[dict[str, Any]]]:
    answer = office.admin("/application/config/detail", {"applicationId": APPLICATION})
    return {one["key"]: one["values"] for one in answer["applicationConfigs"]}


def _configure(office: Office, key: str, values: list[dict[str, Any]]) -> None:
    office.admin("/application/config/create", {"applicationId": APPLICATION, "key": key, "values": values})
