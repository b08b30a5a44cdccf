"""The three X-PowerAuth headers: read, and written again."""

from collections.abc import Callable
from dataclasses import astuple

import pytest

from tests.vectors.checks.registry import Case, family
from webapp.powerauth.errors import HeaderInvalid
from webapp.powerauth.headers import authorization_header, encryption_header, token_header
from webapp.powerauth.received_headers import parse_header, read_authorization, read_encryption, read_token


@family("http-headers")
def check_http_headers(case: Case) -> None:
    assert parse_header(case["value"]) == case["fields"]
    rewrite = _rewriters(case)[case["kind"]]
    if not case["valid"]:
        with pytest.raises(HeaderInvalid):
            rewrite(case["value"])
        return
    written = parse_header(rewrite(case["value"]))
    known = {name: text for name, text in case["fields"].items() if name in written}
    assert written == known
    assert rewrite(rewrite(case["value"])) == rewrite(case["value"])


def _rewriters(case: Case) -> dict[str, Callable[[str], str]]:
    """Kind of header → a function that reads a value and writes what it read."""
    scope = case.get("scope")
    assert scope in ({"application", "activation"} if case["kind"] == "encryption" else {None})

    def authorization(value: str) -> str:
        return authorization_header(*astuple(read_authorization(value)))

    def encryption(value: str) -> str:
        read = read_encryption(value, activation_scope=scope == "activation")
        return encryption_header(read.version, read.application_key, read.activation_id)

    def token(value: str) -> str:
        read = read_token(value)
        return token_header(read.version, read.token_id, read.digest, read.nonce, read.timestamp_ms)

    return {"signature": authorization, "encryption": encryption, "token": token}
