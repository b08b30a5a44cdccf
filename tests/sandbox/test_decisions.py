"""Decisions that the bank takes in for a person: the back office believes it and keeps count."""

import pytest

from webapp.sandbox.errors import AdminError


@pytest.fixture
def approve(bank):
    def approve(operation, **changed):
        asked = {
            "operationId": operation["id"],
            "userId": "alice",
            "applicationId": "assent-demo",
            "data": operation["data"],
            "signatureType": "POSSESSION_KNOWLEDGE",
        }
        return bank("/operation/approve", **(asked | changed))

    return approve


def test_the_bank_approves_for_alice(bank, approve):
    login = bank.offers("login", additionalData={"shownAt": "COUNTER"})
    answer = approve(login, additionalData={"authFactor": "possession_knowledge"})
    assert answer["result"] == "APPROVED"
    assert answer["operation"] == bank.looks_at(login)
    assert (answer["operation"]["status"], answer["operation"]["failureCount"]) == ("APPROVED", 0)
    assert answer["operation"]["additionalData"] == {
        "shownAt": "COUNTER",
        "authFactor": "possession_knowledge",
    }


def test_what_belongs_to_nobody_becomes_hers(bank, approve):
    kiosk = bank.offers("login_kiosk", user=None)
    assert approve(kiosk)["operation"]["userId"] == "alice"


@pytest.mark.parametrize(
    "changed",
    [
        {"userId": "bob"},
        {"applicationId": "other"},
        {"data": "A2*Rsomething else"},
        {"signatureType": "POSSESSION"},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_what_does_not_fit_is_a_failed_approval(bank, approve, changed):
    login = bank.offers("login")
    answer = approve(login, **changed)
    assert answer["result"] == "APPROVAL_FAILED"
    assert (answer["operation"]["status"], answer["operation"]["failureCount"]) == ("PENDING", 1)


def test_the_last_failure_ends_it(bank, approve):
    login = bank.offers("login")
    results = [bank("/operation/approve/fail", operationId=login["id"])["result"] for _ in range(5)]
    assert results == ["APPROVAL_FAILED"] * 4 + ["OPERATION_FAILED"]
    assert bank.looks_at(login)["status"] == "FAILED"


@pytest.mark.parametrize("path", ["/operation/approve", "/operation/approve/fail"])
@pytest.mark.parametrize("how", ["canceled", "expired"])
def test_what_no_longer_waits_stays_as_it_is(bank, clock, path, how):
    login = bank.offers("login")
    if how == "canceled":
        bank("/operation/cancel", operationId=login["id"])
    else:
        clock.advance(301)
    asked = {"userId": "alice", "applicationId": "assent-demo", "data": login["data"]}
    with pytest.raises(AdminError) as refused:
        bank(path, operationId=login["id"], signatureType="POSSESSION_KNOWLEDGE", **asked)
    assert refused.value.code == "ERR0037"
    assert (bank.looks_at(login)["status"], bank.looks_at(login)["failureCount"]) == (how.upper(), 0)


def test_a_type_that_does_not_exist(bank, approve):
    with pytest.raises(AdminError) as refused:
        approve(bank.offers("login"), signatureType="FAITH")
    assert refused.value.code == "ERR0024"
