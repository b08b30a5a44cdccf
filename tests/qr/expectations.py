"""What one case promises, against what the code does."""

import hashlib
from typing import Any

import pytest

from tests.qr.keys import AUTHENTICATIONS, Keys
from tests.qr.readings import NOT_READ, READERS, classified, code_of
from tests.vectors.checks.registry import Case
from webapp.mtoken.operations import URI_OFFLINE
from webapp.mtoken.scanned import ScanSource
from webapp.powerauth.errors import QROperationError, QROperationNotGenuine
from webapp.powerauth.offline_operation import QROperation, QROperationParser, verify_qr_operation
from webapp.powerauth.signing import sign_offline

PARSE = "QROperationParser.parse"
SIGNED = ("signed_sha256", "signature_valid", "signed_by_user", "code")


def check(case: Case, text: str, keys: Keys, *, of_links: bool) -> None:
    """Every promise of the case; one without any promise fails."""
    function = case.get("function") or ("parse_qr_code" if of_links else PARSE)
    if case.get("kind") is not None:
        _check_kind(case, text)
    elif case.get("error") is not None:
        _check_error(case, function, text, keys)
    elif case.get("result") is not None:
        _compare(case, READERS[function](text, keys))
    else:
        assert any(case.get(name) is not None for name in SIGNED), "the case promises nothing"
    if function == PARSE and case.get("kind") is None and case.get("error") is None:
        _check_signatures(case, QROperationParser.parse(text), keys)


def _check_kind(case: Case, text: str) -> None:
    found = classified(text, ScanSource(case.get("source") or ScanSource.OTHER))
    assert found.kind == case["kind"]
    assert found.error == case.get("error")
    if case.get("result") is None:
        assert found.result is None
    else:
        _compare(case, found.result)


def _check_error(case: Case, function: str, text: str, keys: Keys) -> None:
    with pytest.raises(NOT_READ) as caught:
        READERS[function](text, keys)
    assert code_of(caught.value) == case["error"]
    if case.get("error_line") is not None:
        assert isinstance(caught.value, QROperationError)
        assert (caught.value.line or 0) == case["error_line"]


def _compare(case: Case, result: Any) -> None:
    """A case of its own says everything, a changed one at least what the change decides."""
    expected = case["result"]
    if case.get("line") == "data":
        result = result["operation_data"]
    if case.get("of") is not None:
        result = {name: result[name] for name in expected}
    assert result == expected


def _check_signatures(case: Case, operation: QROperation, keys: Keys) -> None:
    if case.get("signed_sha256") is not None:
        assert hashlib.sha256(operation.signed_data.encode()).hexdigest() == case["signed_sha256"]
    if case.get("signature_valid") is not None:
        assert _is_genuine(operation, keys, case.get("checked_with")) is case["signature_valid"]
    if case.get("signed_by_user") is not None:
        assert operation.signed_by_user == case["signed_by_user"]
    if case.get("code") is not None:
        uri_id = case.get("uri_id") or URI_OFFLINE
        assert {factor: _code(operation, keys, factor, uri_id) for factor in case["code"]} == case["code"]


def _is_genuine(operation: QROperation, keys: Keys, checked_with: str | None) -> bool:
    """Against the key that the operation names, or against this one."""
    points = {"MASTER": keys.master_public, "PERSONALIZED": keys.server_public}
    only = points[checked_with] if checked_with else None
    try:
        verify_qr_operation(
            operation,
            master_public_key=only or keys.master_public,
            server_public_key=only or keys.server_public,
        )
    except QROperationNotGenuine:
        return False
    return True


def _code(operation: QROperation, keys: Keys, factor: str, uri_id: str) -> str:
    body = operation.signed_by_user.encode()
    code, _ = sign_offline(
        keys.state(), AUTHENTICATIONS[factor], uri_id=uri_id, nonce=operation.nonce, body=body
    )
    return code
