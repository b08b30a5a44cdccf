"""What does not belong here gets a clear page with the right status; nothing is signed, nothing is lost."""

import pytest

from tests.support.people import Person


def test_an_operation_nobody_knows(alice: Person):
    for operation_id in ("no-such-operation", "00000000-0000-4000-8000-000000000000", "x" * 300):
        page = alice.opens_operation(operation_id)
        assert page.status == 403
        assert page.links


def test_a_page_nobody_made(alice: Person):
    assert alice.opens("/nowhere").status == 404


def test_a_form_that_is_far_too_large(alice: Person, bank, wire):
    payment = bank.offers("Alice", "payment")
    page = alice.opens_operation(payment).submits("Approve", pin="2" * 100_000)
    assert page.status == 413
    assert not wire.sent("/operation/authorize")


@pytest.mark.parametrize("change", ["cut", "flipped", "empty", "foreign", "missing"])
def test_a_snapshot_that_was_tampered_with(alice: Person, bank, wire, change):
    payment, other = bank.offers("Alice", "payment"), bank.offers("Alice", "payment", amount="1.00")
    snapshot = alice.opens_operation(payment).value("snapshot") or ""
    tampered = {
        "cut": snapshot[:-3],
        "flipped": ("A" if snapshot[5] != "A" else "B").join((snapshot[:5], snapshot[6:])),
        "empty": "",
        "foreign": alice.opens_operation(other).value("snapshot"),
        "missing": None,
    }[change]
    page = alice.opens_operation(payment).submits("Approve", pin=alice.pin, snapshot=tampered)
    assert page.status == 400
    assert page.links
    assert not wire.sent("/operation/authorize")
    assert bank.status(payment) == "PENDING"


def test_a_snapshot_that_is_too_old(alice: Person, bank, wire, clock):
    consent = bank.offers("Alice", "consent")
    filled = alice.opens_operation(consent).fills("Approve")
    clock.advance(16 * 60)
    page = filled.is_sent()
    assert page.status == 409
    assert not wire.sent("/operation/authorize")
    assert alice.approves_at_once(consent).heading == "Approved"


def test_a_form_without_its_csrf_token(alice: Person, bank, wire):
    payment = bank.offers("Alice", "payment")
    for token in (None, "", "x"):
        page = alice.opens_operation(payment).submits("Approve", pin=alice.pin, csrf_token=token)
        assert page.status == 400
    assert not wire.sent("/operation/authorize")


def test_a_form_of_another_session(alice: Person, bob: Person, bank, wire):
    payment = bank.offers("Alice", "payment")
    snapshot = alice.opens_operation(payment).value("snapshot")
    own = bank.offers("Bob", "payment")
    token = bob.opens_operation(own).value("csrf_token") or ""
    asked = len(wire.requests)
    fields = {"snapshot": snapshot or "", "pin": bob.pin, "csrf_token": token}
    page = bob.browser.posts(f"/operations/{payment}/approve", fields)
    assert page.status == 409
    assert len(wire.requests) == asked, "refused without a call to the backend"


def test_a_form_from_before_enrolling_anew(alice: Person, bank, wire):
    payment = bank.offers("Alice", "payment")
    snapshot = alice.opens_operation(payment).value("snapshot") or ""
    alice.opens("/activation/forget").submits("Forget")
    alice.is_enrolled()
    token = alice.opens_operation(payment).value("csrf_token") or ""
    asked = len(wire.requests)
    fields = {"snapshot": snapshot, "pin": alice.pin, "csrf_token": token}
    page = alice.browser.posts(f"/operations/{payment}/approve", fields)
    assert page.status == 409
    assert len(wire.requests) == asked


def test_a_form_that_another_site_sends(alice: Person, bank, wire):
    payment = bank.offers("Alice", "payment")
    filled = alice.opens_operation(payment).fills("Approve", pin=alice.pin)
    alice.browser.headers["Sec-Fetch-Site"] = "cross-site"
    assert filled.is_sent().status == 400
    assert not wire.sent("/operation/authorize")


def test_a_browser_that_is_not_enrolled_sees_nothing(browse, bank):
    payment = bank.offers("Alice", "payment")
    stranger = browse()
    for path in ("/operations", f"/operations/{payment}", f"/operations/{payment}/result", "/activation"):
        page = stranger.opens(path)
        assert page.status == 403 or page.path in {"/", "/activation/new"}


def test_a_half_of_another_browser_opens_nothing(alice: Person, bob: Person):
    alice.browser.client.set_cookie("__Host-key", bob.browser.cookie("__Host-key") or "")
    assert alice.opens().status == 403
    for value in ("x", "%00", "A" * 43):
        alice.browser.client.set_cookie("__Host-key", value)
        assert alice.opens().status == 403
    for value in ("", "=" * 500):
        alice.browser.client.set_cookie("__Host-key", value)
        assert alice.opens().heading == "One moment", "as if no half had come along"


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_methods_that_no_page_has(site, method):
    response = getattr(site.test_client(), method)("/operations", base_url="https://localhost")
    assert response.status_code == 405
