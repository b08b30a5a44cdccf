"""Who asks for an activation, in the members that were published."""

import pytest

from webapp.powerauth.activation_code import ActivationCode
from webapp.powerauth.identity import Identity, IdentityKind

CODE = "UCQ2F-I5EUW-TKPKF-JK2JA"


@pytest.mark.parametrize(
    ("identity", "kind", "attributes"),
    [
        (Identity.of_code(ActivationCode(CODE)), "CODE", {"code": CODE}),
        (Identity.of_attributes({"username": "alice"}), "CUSTOM", {"username": "alice"}),
        (
            Identity.of_recovery(f"R:{CODE}", "0123456789"),
            "RECOVERY",
            {"recoveryCode": CODE, "puk": "0123456789"},
        ),
        (
            Identity.of_oidc("provider", "code", "nonce"),
            "DIRECT",
            {"method": "oidc", "providerId": "provider", "code": "code", "nonce": "nonce"},
        ),
        (
            Identity.of_oidc("provider", "code", "nonce", "verifier"),
            "DIRECT",
            {
                "method": "oidc",
                "providerId": "provider",
                "code": "code",
                "nonce": "nonce",
                "codeVerifier": "verifier",
            },
        ),
    ],
    ids=lambda value: value.kind.lower() if isinstance(value, Identity) else "",
)
def test_every_way_in_has_its_attributes(identity: Identity, kind: str, attributes: dict[str, str]) -> None:
    assert (identity.kind, identity.attributes) == (IdentityKind(kind), attributes)


def test_attributes_that_change_afterwards_change_nothing() -> None:
    given = {"username": "alice"}
    identity = Identity.of_attributes(given)
    given["username"] = "bob"
    assert identity.attributes == {"username": "alice"}
