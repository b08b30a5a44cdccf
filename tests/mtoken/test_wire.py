"""Answers of the Mobile Token API: what they become, and what is no answer at all."""

import datetime as dt
from decimal import Decimal

import pytest
from structlog.testing import capture_logs

from tests.mtoken.documents import ID, PAYMENT, payment, read
from webapp.mtoken.attributes import (
    OperationAttributeAmount,
    OperationAttributeHeading,
    OperationAttributeKeyValue,
    OperationAttributeNote,
    OperationAttributePartyInfo,
    OperationAttributeUnknown,
    PartyInfo,
)
from webapp.mtoken.errors import AnswerLost
from webapp.mtoken.operation import (
    AllowedOperationSignature,
    AllowedOperationSignatureType,
    OperationFormData,
    OperationStatus,
    ResultTexts,
    UserOperation,
)
from webapp.mtoken.response import KnownRestApiError, Response, ResponseError
from webapp.mtoken.wire import (
    Envelope,
    read_envelope,
    read_nothing,
    read_operation,
    read_operation_list,
    read_response,
)
from webapp.powerauth.protocol import SignatureType

TWO_FACTORS = AllowedOperationSignatureType.TWO_FACTORS
UTC = dt.UTC
MORNING = dt.datetime(2026, 3, 2, 8, 15, 2, tzinfo=UTC)


def test_ok_with_and_without_an_object():
    assert read_envelope(200, b'{"status":"OK"}') == Envelope()
    assert read_envelope(200, b'{"status":"OK","responseObject":[1.10],"page":0}') == Envelope(
        [Decimal("1.10")]
    )


def test_the_servers_time_stands_beside_the_object():
    body = b'{"status":"OK","responseObject":[],"currentTimestamp":"2026-03-02T08:15:02+0000"}'
    assert read_envelope(200, body).current_timestamp == MORNING


def test_a_server_time_that_cannot_be_read_is_none():
    assert read_envelope(200, b'{"status":"OK","currentTimestamp":"soon"}').current_timestamp is None


@pytest.mark.parametrize("status", [200, 400, 401, 404, 429, 500, 503])
def test_an_error_is_a_response_whatever_the_status_is(status):
    body = b'{"status":"ERROR","responseObject":{"code":"OPERATION_EXPIRED","message":"late"}}'
    error = ResponseError(KnownRestApiError.OPERATION_EXPIRED, "late")
    assert read_envelope(status, body) == Envelope(response_error=error)
    assert read_response(status, body, read_operation) == Response("ERROR", None, error)


def test_a_code_that_is_not_known_stays_a_text():
    error = read_envelope(400, b'{"status":"ERROR","responseObject":{"code":"NEW_ONE"}}').response_error
    assert error == ResponseError("NEW_ONE", "")
    assert not isinstance(error.code, KnownRestApiError)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b""),
        (200, b"<html><body>Maintenance</body></html>"),
        (502, b"<html>Bad gateway</html>"),
        (200, b'{"status":"OK","responseObject":'),
        (200, b'\xef\xbb\xbf{"status":"OK"}'),
        (200, b'{"status":"OK"} {}'),
        (200, b'{"status":"OK","responseObject":"\xff"}'),
        (200, b"[" * 100_000),
        (200, b"[]"),
        (200, b'"OK"'),
        (200, b"null"),
        (200, b"{}"),
        (200, b'{"status":"ok"}'),
        (200, b'{"status":["OK"]}'),
        (400, b'{"status":"OK"}'),
        (500, b'{"status":"OK","responseObject":[]}'),
        (302, b'{"status":"OK"}'),
        (302, b'{"status":"ERROR","responseObject":{"code":"ERROR_GENERIC"}}'),
        (401, b'{"status":"ERROR"}'),
        (401, b'{"status":"ERROR","responseObject":"no"}'),
        (401, b'{"status":"ERROR","responseObject":{"code":401}}'),
        (401, b'{"status":"ERROR","responseObject":{"code":"","message":"no"}}'),
    ],
)
def test_what_is_no_usable_answer(status, body):
    with pytest.raises(AnswerLost):
        read_envelope(status, body)


def test_the_note_of_a_lost_answer_quotes_nothing():
    with pytest.raises(AnswerLost) as caught:
        read_envelope(200, b'{"status":"OK","responseObject":{"data":"A1*A100CZK"')
    assert "A100" not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    "answer", ["", ',"responseObject":null', ',"responseObject":{}', ',"responseObject":"x"']
)
def test_an_object_of_another_shape_is_no_usable_answer(answer):
    body = f'{{"status":"OK"{answer}}}'.encode()
    for reader in (read_operation, read_operation_list):
        with pytest.raises(AnswerLost):
            read_response(200, body, reader)
    assert read_response(200, body, read_nothing) == Response("OK")


# Operations


def test_a_payment_is_read_in_full():
    assert read(PAYMENT) == UserOperation(
        id=ID,
        name="payment",
        data="A1*A2450.50EUR*IDE89370400440532013000**D20260331*NRent \\* March\\nflat 4",
        status=OperationStatus.PENDING,
        operation_created=dt.datetime(2026, 3, 2, 8, 15, tzinfo=UTC),
        operation_expires=dt.datetime(2026, 3, 2, 8, 20, tzinfo=UTC),
        allowed_signature_type=AllowedOperationSignature(
            TWO_FACTORS, (SignatureType.POSSESSION_KNOWLEDGE, SignatureType.POSSESSION_BIOMETRY)
        ),
        form_data=OperationFormData(
            "Payment",
            "Confirm a payment of 2450.50 EUR.",
            (
                OperationAttributeHeading("payment.heading", "New payment", 0),
                OperationAttributeAmount(
                    "payment.amount", "Amount", Decimal("2450.50"), "EUR", "2,450.50", "€", "€2,450.50"
                ),
                OperationAttributeKeyValue("payment.account", "To account", "DE89370400440532013000"),
                OperationAttributePartyInfo("payment.party", "Payee", PartyInfo(name="Hausverwaltung Nord")),
                OperationAttributeNote("payment.note", "Note", "Rent * March\nflat 4"),
            ),
            ResultTexts("The payment is on its way.", "The payment was not made.", "Nothing was paid."),
        ),
    )


def test_the_least_operation_gets_what_old_servers_left_out():
    times = '"operationCreated":"2026-03-02T08:15:02+0000","operationExpires":"2026-03-02T08:15:02+0000"'
    assert read(f'{{"id":"1","data":"A2",{times}}}') == UserOperation(
        id="1",
        data="A2",
        operation_created=MORNING,
        operation_expires=MORNING,
        name="",
        status=OperationStatus.PENDING,
        status_reason=None,
        allowed_signature_type=AllowedOperationSignature(TWO_FACTORS, (SignatureType.POSSESSION_KNOWLEDGE,)),
        form_data=OperationFormData("", "", (), None),
        ui=None,
    )


@pytest.mark.parametrize("name", ["id", "data", "operationCreated", "operationExpires"])
@pytest.mark.parametrize("value", [..., None, True, [], {}, -1.5])
def test_without_identifier_data_and_times_an_operation_is_unusable(name, value):
    with pytest.raises(AnswerLost, match=name):
        read_operation(payment(**{name: value}))


def test_an_unusable_operation_spoils_only_itself_and_is_logged_without_its_content():
    broken = payment(id=..., data="A1*A99CZK")
    with capture_logs() as logs:
        found = read_operation_list([payment(id="1"), broken, 7, None, payment(id="2")])
    assert [operation.id for operation in found] == ["1", "2"]
    assert (found.unreadable, len(found), found[0].id, found[1:][0].id) == (3, 2, "1", "2")
    assert len(logs) == 3
    assert "A99CZK" not in str(logs)
    assert "no usable id" in str(logs)


@pytest.mark.parametrize("status", ["PENDING", "APPROVED", "REJECTED", "CANCELED", "EXPIRED", "FAILED"])
def test_every_status(status):
    assert read_operation(payment(status=status)).status is OperationStatus(status)


@pytest.mark.parametrize("status", ["pending", "PAUSED", "", 1, False, [], {}])
def test_a_status_that_is_not_known_is_unknown(status):
    assert read_operation(payment(status=status)).status is OperationStatus.UNKNOWN


@pytest.mark.parametrize("status", [..., None])
def test_no_status_means_pending(status):
    assert read_operation(payment(status=status)).status is OperationStatus.PENDING


@pytest.mark.parametrize(
    ("sent", "kind", "choices"),
    [
        (..., "2FA", ["possession_knowledge"]),
        (None, "2FA", ["possession_knowledge"]),
        ({"type": "1FA", "variants": []}, "1FA", ["possession"]),
        ({"type": "1FA"}, "1FA", ["possession"]),
        ({"type": "1FA", "variants": ["possession_knowledge"]}, "1FA", ["possession"]),
        ({"type": "2FA", "variants": ["possession_biometry"]}, "2FA", ["possession_biometry"]),
        (
            {
                "type": "2FA",
                "variants": ["possession_biometry", "x", "possession_knowledge", "possession_biometry"],
            },
            "2FA",
            ["possession_biometry", "possession_knowledge"],
        ),
        ({"type": "2FA", "variants": ["possession", "knowledge"]}, "2FA", []),
        ({"type": "2FA", "variants": []}, "2FA", []),
        ({"type": "2FA", "variants": "possession_knowledge"}, "2FA", []),
        ({"type": "2FA"}, "2FA", []),
        ({"type": "ECDSA"}, "ECDSA", []),
        ({"type": "3FA", "variants": ["possession_knowledge"]}, "UNKNOWN", []),
        ({"variants": ["possession_knowledge"]}, "UNKNOWN", []),
    ],
)
def test_what_an_approval_can_be_signed_with(sent, kind, choices):
    allowed = read_operation(payment(allowedSignatureType=sent)).allowed_signature_type
    assert allowed.type == kind
    assert list(allowed.choices) == choices


def test_texts_of_blanks_are_missing():
    texts = {"success": " ", "failure": "\n", "reject": "No."}
    form = read_operation(
        payment(formData={"title": " \n", "message": "\u00a0", "resultTexts": texts})
    ).form_data
    assert form == OperationFormData(result_texts=ResultTexts(None, None, "No."))


def test_a_form_that_cannot_be_read_leaves_a_row_that_says_so():
    assert read_operation(payment(formData="Pay!")).form_data.attributes == (
        OperationAttributeUnknown("", "", texts=(("", "Pay!"),)),
    )
    assert read_operation(payment(formData={"attributes": {"a": "b"}})).form_data.attributes == (
        OperationAttributeUnknown("", "", texts=(("a", "b"),)),
    )


@pytest.mark.parametrize("form", [..., None, {}, {"attributes": None, "title": 7, "resultTexts": []}])
def test_a_form_without_anything_is_empty(form):
    assert read_operation(payment(formData=form)).form_data == OperationFormData()


@pytest.mark.parametrize(
    "content_type", ["", "application/json", "Application/JSON; charset=UTF-8", "application/problem+json"]
)
def test_an_answer_that_calls_itself_json(content_type):
    assert read_envelope(200, b'{"status":"OK"}', content_type).response_error is None


@pytest.mark.parametrize(
    ("body", "content_type", "note"),
    [
        (b"", "application/json", "empty"),
        (b'{"status":"OK"}', "text/html; charset=utf-8", "HTML"),
        (b'{"status":"OK"}', "text/plain", "no JSON by its type"),
        (b'{"status":"O', "application/json", "no JSON in"),
        (b"<h1>Welcome</h1>", "", "no JSON in"),
    ],
)
def test_what_is_no_answer_is_told_apart_in_the_log(body, content_type, note):
    with pytest.raises(AnswerLost, match=note):
        read_envelope(200, body, content_type)
