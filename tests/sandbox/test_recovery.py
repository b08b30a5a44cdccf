"""Recovery codes: with an activation, from a card, and how many wrong PUKs one may try."""

import pytest

from tests.sandbox.device import PB, PKB, Device, P
from webapp.powerauth.activation_code import validate_recovery_code, validate_recovery_puk
from webapp.powerauth.encoding import to_base64
from webapp.powerauth.status import ActivationStatus
from webapp.sandbox.errors import AdminError

REFUSED = (400, "INVALID_RECOVERY_CODE")
UNAUTHENTICATED = (401, "ERR_AUTHENTICATION")


@pytest.fixture
def phone(backend, clock):
    return Device(backend, clock)


@pytest.fixture
def lost(bank, enrol):
    """A device with a recovery code."""
    bank.gives_out_recovery_codes()
    return enrol("alice", flags=["VIP"])


def recovers(phone, code, puk):
    return phone.introduces_itself("RECOVERY", recoveryCode=code, puk=puk)


def codes_of(bank, user="alice"):
    return bank("/recovery/lookup", userId=user)["recoveryCodes"]


def wrong(puk):
    return f"{(int(puk) + 1) % 10**10:010}"


def test_without_being_told_the_bank_gives_out_no_codes(alice, bank):
    assert "activationRecovery" not in alice.inner
    assert codes_of(bank) == []


def test_a_code_replaces_a_lost_device(lost, phone, bank):
    given = lost.inner["activationRecovery"]
    assert validate_recovery_code(given["recoveryCode"])
    assert validate_recovery_puk(given["puk"])
    assert recovers(phone, given["recoveryCode"], given["puk"]).status == 200
    assert phone.status().status is ActivationStatus.ACTIVE
    assert lost.status().status is ActivationStatus.REMOVED
    seen = bank.sees(phone)
    assert (seen["userId"], seen["activationFlags"]) == ("alice", ["VIP"])
    assert phone.inner["activationRecovery"]["recoveryCode"] != given["recoveryCode"]


def test_a_puk_works_once(lost, phone, backend, clock):
    given = lost.inner["activationRecovery"]
    assert recovers(phone, given["recoveryCode"], given["puk"]).status == 200
    again = recovers(Device(backend, clock), given["recoveryCode"], given["puk"])
    assert again.refusal == REFUSED
    assert phone.status().status is ActivationStatus.ACTIVE


def test_a_code_works_only_after_the_commit(bank, phone, backend, clock):
    bank.gives_out_recovery_codes()
    phone.activate(bank.invites()["activationCode"])
    given = phone.inner["activationRecovery"]
    assert recovers(Device(backend, clock), given["recoveryCode"], given["puk"]).refusal == REFUSED
    bank.commits(phone)
    assert recovers(Device(backend, clock), given["recoveryCode"], given["puk"]).status == 200


def test_five_wrong_puks_block_the_code_and_each_answer_names_the_puk(lost, phone, bank):
    given = lost.inner["activationRecovery"]
    for _ in range(5):
        answer = recovers(phone, given["recoveryCode"], wrong(given["puk"]))
        assert answer.refusal == REFUSED
        assert answer.body["responseObject"]["currentRecoveryPukIndex"] == 1
    answer = recovers(phone, given["recoveryCode"], given["puk"])
    assert answer.refusal == REFUSED
    assert "currentRecoveryPukIndex" not in answer.body["responseObject"]
    (code,) = codes_of(bank)
    assert (code["status"], code["puks"]) == ("BLOCKED", [{"pukIndex": 1, "status": "INVALID"}])
    assert lost.status().status is ActivationStatus.ACTIVE


def test_what_is_wrong_anyway_uses_no_puk_up(lost, phone, bank):
    given = lost.inner["activationRecovery"]
    attributes = {"recoveryCode": given["recoveryCode"], "puk": given["puk"]}
    for inner in ({"activationOtp": "1"}, {"devicePublicKey": to_base64(bytes(65))}):
        answer = phone.introduces_itself("RECOVERY", inner=inner, **attributes)
        assert answer.refusal == (400, "ERR_ACTIVATION")
    assert codes_of(bank)[0]["puks"] == [{"pukIndex": 1, "status": "VALID"}]
    assert recovers(phone, code=given["recoveryCode"], puk=given["puk"]).status == 200


def test_an_unknown_code_is_refused(phone):
    assert recovers(phone, "AAAAA-AAAAA-AAAAA-AAAAA", "0123456789").refusal == REFUSED


def test_a_card_is_good_for_nothing_until_it_is_confirmed(bank, enrol, phone):
    bank.gives_out_recovery_codes(activationRecoveryEnabled=False)
    alice, card = enrol("alice"), bank.prints_card()
    first = card["puks"][0]["puk"]
    assert recovers(phone, card["recoveryCode"], first).refusal == REFUSED
    assert alice.confirms(card["recoveryCode"])[1] == {"alreadyConfirmed": False}
    assert alice.confirms(card["recoveryCode"])[1] == {"alreadyConfirmed": True}
    assert recovers(phone, card["recoveryCode"], first).status == 200
    assert alice.status().status is ActivationStatus.ACTIVE, "a card belongs to nobody's device yet"


def test_the_second_puk_of_a_card_replaces_what_the_first_has_made(bank, enrol, phone, backend, clock):
    bank.gives_out_recovery_codes(activationRecoveryEnabled=False)
    card = bank.prints_card()
    enrol("alice").confirms(card["recoveryCode"])
    first, second = (puk["puk"] for puk in card["puks"])
    other = Device(backend, clock)
    answer = recovers(phone, card["recoveryCode"], second)
    assert answer.body["responseObject"]["currentRecoveryPukIndex"] == 1
    assert recovers(phone, card["recoveryCode"], first).status == 200
    answer = recovers(other, card["recoveryCode"], first)
    assert answer.body["responseObject"]["currentRecoveryPukIndex"] == 2
    assert recovers(other, card["recoveryCode"], second).status == 200
    assert phone.status().status is ActivationStatus.REMOVED


@pytest.mark.parametrize("code", ["AAAAA-AAAAA-AAAAA-AAAAA", "R:{}", "nonsense"])
def test_a_code_that_is_not_on_a_card_is_not_confirmed(bank, enrol, code):
    bank.gives_out_recovery_codes(activationRecoveryEnabled=False)
    alice, card = enrol("alice"), bank.prints_card()
    assert alice.confirms(code.format(card["recoveryCode"]))[0].refusal == UNAUTHENTICATED


def test_somebody_elses_card_is_not_confirmed(bank, enrol):
    bank.gives_out_recovery_codes(activationRecoveryEnabled=False)
    card = bank.prints_card("alice")
    assert enrol("bob").confirms(card["recoveryCode"])[0].refusal == UNAUTHENTICATED
    assert codes_of(bank)[0]["status"] == "CREATED"


@pytest.mark.parametrize("kind", [P, PB, PKB], ids=str)
def test_only_the_pin_confirms(lost, bank, kind):
    card = bank.prints_card()
    assert lost.confirms(card["recoveryCode"], kind)[0].refusal == UNAUTHENTICATED
    assert lost.status().failed_attempts == 0


def test_a_wrong_pin_confirms_nothing_and_counts(lost, bank):
    card = bank.prints_card()
    lost.forget_pin()
    assert lost.confirms(card["recoveryCode"])[0].refusal == UNAUTHENTICATED
    assert lost.status().failed_attempts == 1


def test_the_bank_takes_the_code_away_with_the_activation_if_it_wants_to(lost, phone, bank):
    given = lost.inner["activationRecovery"]
    bank("/activation/remove", activationId=lost.activation_id, revokeRecoveryCodes=True)
    assert recovers(phone, given["recoveryCode"], given["puk"]).refusal == REFUSED


def test_the_code_survives_the_activation_otherwise(lost, phone, bank):
    given = lost.inner["activationRecovery"]
    bank("/activation/remove", activationId=lost.activation_id)
    assert recovers(phone, given["recoveryCode"], given["puk"]).status == 200


def test_the_bank_revokes_a_code(lost, phone, bank):
    (code,) = codes_of(bank)
    bank("/recovery/revoke", recoveryCodeIds=[code["recoveryCodeId"]])
    assert codes_of(bank)[0]["status"] == "REVOKED"
    given = lost.inner["activationRecovery"]
    assert recovers(phone, given["recoveryCode"], given["puk"]).refusal == REFUSED


def test_cards_are_printed_where_that_is_configured(bank):
    with pytest.raises(AdminError) as refused:
        bank.prints_card()
    assert refused.value.code == "ERR0029"
    bank.gives_out_recovery_codes()
    about = bank("/recovery/config/detail", applicationId="assent-demo")
    assert (about["activationRecoveryEnabled"], about["recoveryPostcardEnabled"]) == (True, True)


def test_codes_and_puks_stay_out_of_the_log(lost, phone, caplog):
    given = lost.inner["activationRecovery"]
    caplog.set_level("DEBUG")
    recovers(phone, given["recoveryCode"], wrong(given["puk"]))
    recovers(phone, given["recoveryCode"], given["puk"])
    assert "wrong PUK" in caplog.text
    assert given["recoveryCode"] not in caplog.text
    assert given["puk"] not in caplog.text
