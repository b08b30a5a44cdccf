"""Codes that people bring to the offline counter, right and wrong ones."""

import pytest

from tests.sandbox.device import PB
from tests.sandbox_bank.at_the_counter import Desk, fact, reads, text_of, wrong


@pytest.fixture
def desk(app_for, backend, clock):
    return Desk(backend, app_for(backend), clock)


@pytest.fixture
def alice(desk):
    return desk.enrols("Alice")


@pytest.fixture
def bob(desk):
    return desk.enrols("Bob")


@pytest.mark.parametrize("kind", ["payment", "login"])
def test_the_right_code_approves(desk, alice, kind):
    page = desk.makes(alice, kind)
    done = desk.types(page, reads(alice, page))
    assert done.heading == "The code is right"
    assert "this browser and the PIN" in done.text
    operation = desk.operation(page)
    assert (operation["status"], operation["userId"], operation["failureCount"]) == ("APPROVED", "Alice", 0)
    assert operation["additionalData"]["activationId"] == alice.activation_id
    assert desk.opens(done.path).heading == "The code is right", "it may be opened again"


@pytest.mark.parametrize(
    "written",
    [
        "{}{}-{}{}",
        "{}{}{}{}",
        "{} {} {} {}",
        "  {}-{}-{}-{}\t",
        "{}\u00a0{} \u2013 {}\u2009{}",
        "\u2066{}{}\u2011{}{}\u2069",
    ],
)
def test_digits_may_be_grouped_as_people_like(desk, alice, written):
    page = desk.makes(alice)
    code = reads(alice, page).replace("-", "")
    groups = [code[at : at + 4] for at in range(0, 16, 4)]
    assert desk.types(page, written.format(*groups)).heading == "The code is right"


@pytest.mark.parametrize(
    "typed",
    ["", "   ", "1234", "1234-5678", "12345678-1234567", "12345678-123456789", "12345678/12345678",
     "1234567O-12345678", "١٢٣٤٥٦٧٨-١٢٣٤٥٦٧٨", "１２３４５６７８１２３４５６７８", "²²²²²²²²²²²²²²²²",
     "12345678-12345678" + " " * 60, "<script>alert(1)</script>", "\x00\x07", "\ud83d"],
)  # fmt: skip
def test_what_is_no_code_costs_no_attempt(desk, alice, typed):
    page = desk.types(desk.makes(alice), typed.encode("utf-8", "replace").decode())
    assert page.status == 422
    assert page.text.count("This was not checked, so it cost no attempt.") == 2, (
        "in the summary, at the field"
    )
    assert desk.activation(alice)["failedAttempts"] == 0
    assert desk.operation(page)["failureCount"] == 0


def test_a_slip_of_the_finger_stays_in_the_field_and_a_wrong_code_does_not(desk, alice):
    page = desk.makes(alice)
    assert desk.types(page, "1234 5678 1234 567").value("code") == "1234 5678 1234 567"
    assert desk.types(page, "1234567812345678").value("code") == ""


def test_a_wrong_pin_shows_here_and_costs_an_attempt(desk, alice):
    page = desk.makes(alice)
    right = alice.keys
    alice.forget_pin()
    answer = desk.types(page, reads(alice, page))
    assert answer.status == 422
    assert "This code is wrong. Nothing was approved." in answer.text
    assert "Attempts left: 4 for the browser, 4 for the operation." in answer.text
    assert fact(answer, "Attempts left for the browser") == "4"
    assert fact(answer, "Attempts left for the operation") == "4"
    alice.keys = right
    assert desk.types(answer, reads(alice, answer)).heading == "The code is right"
    assert desk.activation(alice)["failedAttempts"] == 0


def test_five_wrong_codes_end_it(desk, alice):
    page = desk.makes(alice)
    code = wrong(reads(alice, page))
    for left in (4, 3, 2, 1):
        page = desk.types(page, code)
        assert f"Attempts left: {left} for the browser" in page.text
    ended = desk.types(page, code)
    assert ended.heading == "Failed: too many attempts"
    assert "Blocked" in ended.text
    assert "Too many wrong attempts." in ended.text
    assert fact(ended, "Attempts left for the browser") == "0"
    assert desk.operation(page)["status"] == "FAILED"
    assert ended.follows("To the blocked browser").heading == "Activation"


def test_a_blocked_browser_is_unblocked_while_the_operation_waits(desk):
    alice = desk.enrols("Alice", maxFailureCount=2)
    page = desk.makes(alice)
    for _ in range(2):
        page = desk.types(page, wrong(reads(alice, page)))
    assert page.heading == "This browser is blocked"
    assert "Check the code" not in page.buttons
    page.follows("To the blocked browser").submits("Unblock")
    page = desk.opens(page.path)
    assert desk.types(page, reads(alice, page)).heading == "The code is right"


@pytest.mark.parametrize("change", ["block", "remove"])
def test_a_browser_that_is_gone_approves_nothing(desk, alice, change):
    page = desk.makes(alice)
    filled = page.fills("Check the code", code=reads(alice, page))
    desk.backend.admin(f"/activation/{change}", {"activationId": alice.activation_id})
    answer = filled.is_sent()
    assert answer.heading.startswith("This browser is")
    assert desk.operation(page)["status"] == "PENDING"


def test_a_second_press_changes_nothing(desk, alice):
    page = desk.makes(alice)
    filled = page.fills("Check the code", code=reads(alice, page))
    assert filled.is_sent().heading == "The code is right"
    assert filled.is_sent().heading == "The code is right"
    assert desk.activation(alice)["failedAttempts"] == 0


def test_a_used_code_is_wrong_for_the_next_operation(desk, alice):
    first, second = desk.makes(alice), desk.makes(alice)
    code = reads(alice, first)
    assert desk.types(first, code).heading == "The code is right"
    assert "This code is wrong." in desk.types(second, code).text


def test_a_code_of_another_operation_is_wrong(desk, alice):
    first, second = desk.makes(alice), desk.makes(alice)
    code = reads(alice, first)
    assert "This code is wrong." in desk.types(second, code).text
    assert desk.types(first, code).heading == "The code is right", "where it belongs, it still works"


def test_a_code_of_somebody_else_is_wrong(desk, alice, bob):
    page = desk.makes(alice)
    assert "This code is wrong." in desk.types(page, reads(bob, page)).text


def test_an_operation_expires_with_its_picture(desk, alice):
    page = desk.makes(alice)
    filled = page.fills("Check the code", code=reads(alice, page))
    desk.clock.advance(301)
    for late in (filled.is_sent(), desk.opens(page.path)):
        assert late.heading == "Expired"
        assert "Nobody brought a right code in time. Nothing was approved." in late.text
        assert "<textarea" not in late.html
    assert desk.activation(alice)["failedAttempts"] == 0


@pytest.mark.parametrize(("flag", "heading"), [("yes", "The code is right"), (None, "To scan: Payment")])
def test_biometry_needs_the_banks_leave(desk, alice, flag, heading):
    page = desk.makes(alice, **{"flag.B": flag})
    answer = desk.types(page, reads(alice, page, PB))
    assert answer.heading == heading
    assert ("this browser and biometry" in answer.text) is (flag is not None)


# --- for whoever scans it


def test_bob_takes_what_is_meant_for_everybody(desk, alice, bob):
    page = desk.makes(None, "login")
    assert "userId" not in desk.operation(page)
    done = desk.types(page, reads(bob, page), browser=bob.activation_id)
    assert done.heading == "The code is right"
    assert desk.operation(page)["userId"] == "Bob"
    assert "Bob" in done.text


@pytest.mark.parametrize("who", ["", "5b2d6c04-9a39-4a7e-8e0a-2f4d3a1c9b77"])
def test_somebody_has_to_bring_the_code(desk, alice, who):
    page = desk.makes(None)
    answer = desk.types(page, reads(alice, page), browser=who)
    assert answer.status == 422
    assert "Choose who brings the code. It was not checked, so it cost no attempt." in answer.text
    assert answer.fields >= {"browser", "code"}


def test_bob_runs_out_of_attempts_but_alice_does_not(desk, alice):
    bob = desk.enrols("Bob", maxFailureCount=2)
    page = desk.makes(None)
    for _ in range(2):
        page = desk.types(page, wrong(reads(bob, page)), browser=bob.activation_id)
    assert "it was the last attempt: the browser is blocked now" in page.text
    assert "Bob" not in page.text
    done = desk.types(page, reads(alice, page), browser=alice.activation_id)
    assert done.heading == "The code is right"
    assert desk.operation(page)["failureCount"] == 2


def test_nobody_is_there_to_bring_a_code(desk):
    page = desk.makes(None)
    assert "Nobody can bring a code yet" in page.text
    assert "Check the code" not in page.buttons
    alice = desk.enrols("Alice")
    page = desk.opens(page.path)
    assert desk.types(page, reads(alice, page), browser=alice.activation_id).heading == "The code is right"


# --- with a time-based code


def test_the_picture_is_renewed_and_everything_else_in_it_stays(desk, alice):
    page = desk.makes(alice, nearby="yes")
    assert page.refreshes_to == page.url
    assert "code" not in page.fields, "what is typed would be lost"
    before = text_of(page).split("\n")
    assert text_of(desk.opens(page.path)).split("\n")[:-1] == before[:-1]
    desk.clock.advance(60)
    after = text_of(desk.opens(page.path)).split("\n")
    assert after[5] != before[5]
    assert (after[:5], after[6]) == (before[:5], before[6])


def test_the_picture_stands_still_while_somebody_types(desk, alice):
    typing = desk.makes(alice, nearby="yes").follows("Type the customer's code")
    assert typing.refreshes_to is None
    assert typing.follows("Renew the picture").refreshes_to is not None


@pytest.mark.parametrize("later_s", [0, 60, 120])
def test_there_is_time_to_read_and_to_type(desk, alice, later_s):
    page = desk.makes(alice, nearby="yes")
    code = reads(alice, page)
    desk.clock.advance(later_s)
    assert desk.types(page, code).heading == "The code is right"


def test_a_code_from_an_old_picture_is_wrong(desk, alice):
    page = desk.makes(alice, nearby="yes")
    code = reads(alice, page)
    desk.clock.advance(180)
    answer = desk.types(page, code)
    assert "This code is wrong." in answer.text
    assert "Attempts left: 4 for the browser" in answer.text
    assert answer.refreshes_to is None
    assert desk.types(answer, reads(alice, answer)).heading == "The code is right"


# --- the same operation online


@pytest.mark.parametrize(
    ("answer", "heading"),
    [("approve", "Approved"), ("reject", "Rejected"), ("cancel", "Withdrawn by the bank")],
)
def test_what_is_settled_elsewhere_needs_no_code(desk, alice, answer, heading):
    page = desk.makes(alice)
    filled, operation = page.fills("Check the code", code=reads(alice, page)), desk.operation(page)
    if answer == "cancel":
        desk.backend.admin("/operation/cancel", {"operationId": operation["id"]})
    else:
        assert getattr(alice, answer)(operation).status == 200
    assert filled.is_sent().heading == heading
    assert desk.opens(page.path).heading == heading
    assert desk.activation(alice)["failedAttempts"] == 0


class HastyOffice:
    """Withdraws an operation while its code is being checked."""

    def __init__(self, backend):
        self.backend = backend
        self.keep, self.kept = backend.keep, backend.kept
        self.created = None

    def admin(self, path, asked):
        answer = self.backend.admin(path, asked)
        if path == "/operation/create":
            self.created = answer["id"]
        if path == "/signature/offline/verify":
            self.backend.admin("/operation/cancel", {"operationId": self.created})
        return answer


@pytest.mark.parametrize("bend", [str, wrong])
def test_a_code_that_comes_too_late_by_a_hair_approves_nothing(app_for, backend, clock, bend):
    desk = Desk(backend, app_for(HastyOffice(backend)), clock)
    alice = desk.enrols("Alice")
    page = desk.makes(alice)
    answer = desk.types(page, bend(reads(alice, page)))
    assert answer.status == 409
    assert answer.heading == "This operation was settled in the meantime"
    assert "The code approved nothing." in answer.text
    assert desk.operation(page)["status"] == "CANCELED"
