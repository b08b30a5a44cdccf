"""What the bank wants to be read first is read first: the server keeps count, not the page."""

import pytest

from tests.support.people import Person

WARNING = "Is somebody telling you to do this?"


def screens(*wanted: dict):
    """The newer form: several screens before one operation."""

    def change(operation):
        operation["ui"] = {"preApprovalScreens": list(wanted)}

    return change


def info(heading: str, **more) -> dict:
    return {"type": "INFO", "heading": heading, "message": "m", **more}


def test_alice_reads_the_warning_before_she_sees_the_payment(alice: Person, bank):
    large = bank.offers("Alice", "payment_warning")
    page = alice.opens_operation(large)
    assert page.heading == "Read this first"
    assert WARNING in page.text
    assert "98,000" not in page.text
    assert "pin" not in page.fields
    page = page.submits("Continue", read="yes")
    assert page.heading == "Large payment"
    assert "CZK98,000.00" in page.text
    page = page.submits("Approve", pin=alice.pin, on_call="no", retyped="98000")
    assert page.heading == "Approved"
    assert bank.status(large) == "APPROVED"


def test_a_warning_that_wants_a_gesture_is_not_passed_by_a_press(alice: Person, bank):
    page = alice.opens_operation(bank.offers("Alice", "payment_warning")).submits("Continue")
    assert page.status == 422
    assert page.heading == "Read this first"
    assert "Tick this box" in page.text
    assert page.submits("Continue", read="yes").heading == "Large payment"


def test_an_approval_that_skipped_the_warning_is_refused(alice: Person, bank, wire):
    large = bank.offers("Alice", "payment_warning")
    form = alice.opens_operation(large).fills("Continue", read="yes")
    page = alice.browser.posts(
        f"/operations/{large}/approve", {**form.values, "pin": alice.pin, "on_call": "no", "retyped": "98000"}
    )
    assert page.status == 409
    assert page.heading == "Read this first"
    assert not wire.sent("/operation/authorize")
    assert bank.status(large) == "PENDING"


def test_the_warning_is_shown_each_time(alice: Person, bank):
    large = bank.offers("Alice", "payment_warning")
    alice.reads_screens(large)
    assert alice.opens_operation(large).heading == "Read this first"


def test_a_wrong_pin_does_not_begin_the_screens_anew(alice: Person, bank):
    large = bank.offers("Alice", "payment_warning")
    page = alice.reads_screens(large).submits(
        "Approve", pin=alice.wrong_pin, on_call="no", retyped="98 000,00"
    )
    assert page.status == 422
    assert page.heading == "Large payment"
    assert page.submits("Approve", pin=alice.pin, on_call="no", retyped="98000").heading == "Approved"


@pytest.mark.parametrize(("typed", "status"), [("12", 409), ("1379", 422)])
def test_screens_begin_anew_in_another_language(alice: Person, bank, wire, typed, status):
    large = bank.offers("Alice", "payment_warning")
    form = alice.reads_screens(large).fills("Approve", pin=typed, on_call="no", retyped="98000")
    alice.browser.headers = {"Accept-Language": "cs"}
    page = form.is_sent()
    assert page.status == status
    assert "98" not in page.text
    assert len(wire.sent("/operation/authorize")) == (status == 422)


def test_several_screens_come_one_after_the_other(alice: Person, bank, wire):
    payment = bank.offers("Alice", "payment")
    wire.tells_otherwise(screens(info("First"), info("Second", type="NOBODY_KNOWS"), info("Third")))
    page = alice.opens_operation(payment)
    seen = []
    while page.heading == "Read this first":
        seen.append(next(word for word in ("First", "Second", "Third") if word in page.text))
        page = page.submits("Continue")
    assert seen == ["First", "Second", "Third"]
    assert page.submits("Approve", pin=alice.pin).heading == "Approved"


def test_screens_begin_anew_when_the_operation_changes_between_them(alice: Person, bank, wire):
    payment = bank.offers("Alice", "payment")
    wire.tells_otherwise(screens(info("First"), info("Second")))
    form = alice.opens_operation(payment).submits("Continue").fills("Continue")
    wire.is_mended()
    wire.tells_otherwise(screens(info("First"), info("Second"), info("New")))
    page = form.is_sent()
    assert page.status == 409
    assert "First" in page.text


def test_a_screen_that_wants_time_gets_it(alice: Person, bank, wire, clock):
    payment = bank.offers("Alice", "payment")
    wire.tells_otherwise(screens(info("Slowly", controls={"approve": {"type": "BUTTON", "counter": 5}})))
    page = alice.opens_operation(payment)
    early = page.submits("Continue")
    assert early.status == 409
    assert "Take a moment" in early.text
    clock.advance(5)
    assert early.submits("Continue").heading == "Payment"


def test_nobody_has_to_wait_for_longer_than_half_a_minute(alice: Person, bank, wire, clock):
    payment = bank.offers("Alice", "payment")
    wire.tells_otherwise(screens(info("Slowly", controls={"approve": {"counter": 86_400}})))
    page = alice.opens_operation(payment)
    clock.advance(30)
    assert page.submits("Continue").heading == "Payment"


def test_a_screen_may_offer_to_reject(alice: Person, bank, wire):
    payment = bank.offers("Alice", "payment")
    controls = {"decline": {"type": "REJECT", "text": "Stop this"}}
    wire.tells_otherwise(screens(info("First", controls=controls)))
    page = alice.opens_operation(payment).submits("Stop this")
    assert page.heading == "Rejected"
    assert bank.status(payment) == "REJECTED"
    (request,) = wire.sent("/operation/cancel")
    assert b'"reason":"PREAPPROVAL"' in request.body


@pytest.mark.parametrize("kind", ["WARNING", "INFO"])
def test_a_screen_without_words_gets_the_sites_own(alice: Person, bank, wire, kind):
    payment = bank.offers("Alice", "payment")
    wire.tells_otherwise(screens({"type": kind}))
    page = alice.opens_operation(payment)
    assert page.heading == "Read this first"
    assert (WARNING in page.text) == (kind == "WARNING")
    assert page.submits("Continue").heading == "Payment"


def test_a_note_too_old_begins_the_screens_anew(alice: Person, bank, wire, clock):
    consent = bank.offers("Alice", "consent")
    wire.tells_otherwise(screens(info("First"), info("Second")))
    form = alice.opens_operation(consent).submits("Continue").fills("Continue")
    clock.advance(16 * 60)
    page = form.is_sent()
    assert page.status == 409
    assert "First" in page.text
    assert page.submits("Continue").submits("Continue").heading == "Consent"


def test_buttons_change_places_when_the_bank_wants_it(alice: Person, bank):
    usual = alice.opens_operation(bank.offers("Alice", "payment")).html
    flipped = alice.reads_screens(bank.offers("Alice", "payment_warning")).html
    assert usual.index(">Approve<") < usual.index(">Reject …<")
    assert flipped.index(">Reject …<") < flipped.index(">Approve<")
    assert '<a class="button button--primary"' in flipped
