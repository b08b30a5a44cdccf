"""Alice stands at a counter whose QR code she scans, and nobody behind the site can be reached."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.browser import Browser, Page
from tests.support.desk import Desk, as_browsers_send, presses, scans, shown_code
from tests.support.people import Person
from tests.support.site import make_settings
from tests.support.wire import refused
from webapp.app import create_app
from webapp.flows.policy import Policy
from webapp.powerauth.encoding import to_base64
from webapp.powerauth.operation_data import escape
from webapp.web.forms import carried

CODE = re.compile(r"[0-9]{8}-[0-9]{8}")


@pytest.fixture
def desk(sandbox) -> Desk:
    return Desk(sandbox)


@pytest.fixture
def nobody_answers(alice, wire):
    """The bank's systems cannot be reached any more; Alice has enrolled before."""
    wire.breaks("", refused)
    wire.requests.clear()


def makes_code(person: Person, text: str, pin: str | None = None, **answers: str) -> str:
    return shown_code(presses(scans(person, text), pin=person.pin if pin is None else pin, **answers))


@pytest.mark.usefixtures("nobody_answers")
def test_alice_approves_what_she_read_with_a_code_that_the_bank_takes(alice: Person, desk, wire):
    handed = desk.hands(alice, amount="1250.50", currency="EUR")
    page = scans(alice, handed.text)
    assert page.status == 200
    assert page.heading == "Payment"
    assert "1,250.50 EUR" in page.text
    assert "nothing is sent to your bank" in page.text
    page = presses(page, pin=alice.pin)
    assert page.heading == "Your approval code"
    code = shown_code(page)
    assert CODE.fullmatch(code)
    assert desk.takes(handed, code, alice).is_right
    assert desk.status(handed) == "APPROVED"
    assert not wire.requests, "nobody was asked anything"


@pytest.mark.usefixtures("nobody_answers")
def test_before_and_beside_the_code_stands_that_a_wrong_pin_cannot_be_noticed(alice: Person, desk):
    page = scans(alice, desk.hands(alice).text)
    assert "A wrong PIN cannot be noticed here" in page.text
    page = presses(page, pin=alice.wrong_pin)
    assert page.status == 200
    assert "A wrong PIN cannot be noticed here" in page.text


@pytest.mark.usefixtures("nobody_answers")
def test_the_code_of_a_wrong_pin_is_refused_at_the_bank_and_counts_there(alice: Person, desk):
    handed = desk.hands(alice)
    verdict = desk.takes(handed, makes_code(alice, handed.text, alice.wrong_pin), alice)
    assert not verdict.is_right
    assert verdict.browser_attempts == 4
    assert alice.failed_attempts == 1
    assert desk.takes(handed, makes_code(alice, handed.text), alice).is_right
    assert alice.failed_attempts == 0


@pytest.mark.usefixtures("bob", "nobody_answers")
def test_what_is_meant_for_everybody_can_be_approved_by_anybody(alice: Person, bob: Person, desk):
    handed = desk.hands(None)
    assert desk.takes(handed, makes_code(bob, handed.text), bob).is_right


@pytest.mark.usefixtures("nobody_answers")
def test_a_code_is_read_digit_by_digit_and_copied_whole(alice: Person, desk):
    page = presses(scans(alice, desk.hands(alice).text), pin=alice.pin)
    code = shown_code(page)
    assert f'aria-label="{" ".join(code)}"' in page.html
    for part in (code[:4], code[4:8], code[9:13], code[13:]):
        assert f"<span>{part}</span>" in page.html


@pytest.mark.usefixtures("nobody_answers")
def test_the_code_is_in_the_page_alone(alice: Person, desk, clock):
    handed = desk.hands(alice)
    page = presses(scans(alice, handed.text), pin=alice.pin)
    code = shown_code(page)
    assert page.response.headers["Cache-Control"] == "no-store"
    assert code not in page.url
    assert "screen-wake-lock=(self)" in page.response.headers["Permissions-Policy"]
    assert "camera=()" in page.response.headers["Permissions-Policy"]


@pytest.mark.usefixtures("nobody_answers")
def test_pressing_twice_makes_one_code(alice: Person, desk):
    handed = desk.hands(alice)
    filled = as_browsers_send(scans(alice, handed.text).fills("Show the approval code", pin=alice.pin))
    first, second = filled.is_sent(), filled.is_sent()
    assert shown_code(first) == shown_code(second)
    assert "This is the same code as before" not in first.text
    assert "This is the same code as before" in second.text
    filled.values["pin"] = alice.wrong_pin
    assert shown_code(filled.is_sent()) == shown_code(first)
    assert shown_code(alice.opens(first.path)) == shown_code(first)
    assert desk.takes(handed, shown_code(first), alice).is_right


@pytest.mark.usefixtures("nobody_answers")
def test_two_hands_at_once_make_one_code(alice: Person, desk, site):
    handed = desk.hands(alice)
    filled = as_browsers_send(scans(alice, handed.text).fills("Show the approval code", pin=alice.pin))
    tabs = [same_browser(site, alice.browser) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        pages = list(pool.map(lambda tab: tab.posts(filled.action, filled.values), tabs))
    (code,) = {shown_code(page) for page in pages}
    assert desk.takes(handed, code, alice).is_right


@pytest.mark.usefixtures("nobody_answers")
def test_two_codes_in_two_tabs(alice: Person, desk):
    first = presses(scans(alice, desk.hands(alice).text), pin=alice.pin)
    second = presses(scans(alice, desk.hands(alice).text), pin=alice.pin)
    assert shown_code(alice.opens(first.path)) == shown_code(first)
    assert shown_code(alice.opens(second.path)) == shown_code(second) != shown_code(first)


@pytest.mark.usefixtures("nobody_answers")
def test_scanning_again_makes_another_code(alice: Person, desk):
    handed = desk.hands(alice)
    first, second = makes_code(alice, handed.text), makes_code(alice, handed.text)
    assert first != second
    assert desk.takes(handed, second, alice).is_right


@pytest.mark.usefixtures("nobody_answers")
def test_after_two_minutes_the_code_is_gone(alice: Person, desk, clock):
    page = scans(alice, desk.hands(alice).text)
    filled = as_browsers_send(page.fills("Show the approval code", pin=alice.pin))
    shown = filled.is_sent()
    assert shown.refreshes_to == shown.path
    clock.advance(119)
    assert shown_code(alice.opens(shown.path)) == shown_code(shown)
    clock.advance(1)
    over = alice.opens(shown.path)
    assert over.status == 410
    assert over.heading == "There is no code here any more"
    assert "<output" not in over.html
    assert over.follows("Scan another code").path == "/scan"
    again = filled.is_sent()
    assert again.status == 410, "and the same form brings it back no more"


@pytest.mark.usefixtures("nobody_answers")
def test_a_clock_that_is_set_back_shows_nothing_longer(alice: Person, desk, clock):
    shown = presses(scans(alice, desk.hands(alice).text), pin=alice.pin)
    clock.jump(-3600)
    assert alice.opens(shown.path).status == 410


@pytest.mark.usefixtures("bob", "nobody_answers")
def test_only_the_browser_that_made_a_code_can_read_it(alice: Person, bob: Person, desk):
    shown = presses(scans(alice, desk.hands(alice).text), pin=alice.pin)
    assert bob.opens(shown.path).status == 410
    alice.browser.client.delete_cookie("__Secure-code", path=shown.path)
    over = alice.opens(shown.path)
    assert over.status == 410, "the site itself keeps no key for it"
    assert shown_code(shown) not in over.html


@pytest.mark.usefixtures("bob", "nobody_answers")
def test_a_form_of_another_browser_is_of_no_use(alice: Person, bob: Person, desk):
    theirs = as_browsers_send(
        scans(alice, desk.hands(None).text).fills("Show the approval code", pin=bob.pin)
    )
    token = bob.opens("/scan").value("csrf_token")
    page = bob.browser.posts("/offline/code", {**theirs.values, "csrf_token": token})
    assert page.status == 409
    assert page.heading == "Payment", "it is shown again, for Bob to read"
    assert "<output" not in page.html
    assert presses(page, pin=bob.pin).heading == "Your approval code"


@pytest.mark.usefixtures("nobody_answers")
def test_a_form_that_lay_open_over_lunch_is_shown_again(alice: Person, desk, clock):
    page = scans(alice, desk.hands(alice).text)
    clock.advance(15 * 60 + 1)
    page = presses(page, pin=alice.pin)
    assert page.status == 409
    assert "open for too long" in page.text
    assert presses(page, pin=alice.pin).heading == "Your approval code"


@pytest.mark.usefixtures("nobody_answers")
def test_a_note_about_another_text_signs_nothing(alice: Person, desk, site):
    cheap, dear = desk.hands(alice, amount="1.00"), desk.hands(alice, amount="9999.00")
    filled = as_browsers_send(scans(alice, cheap.text).fills("Show the approval code", pin=alice.pin))
    filled.values["payload"] = carried(dear.text)
    page = filled.is_sent()
    assert page.status == 400
    assert "9" not in page.text
    assert page.follows("Scan again").path == "/scan"


@pytest.mark.usefixtures("nobody_answers")
@pytest.mark.parametrize("change", [("A1*A", "A1*A9"), ("Charlie", "Mallory"), ("\nB\n", "\n\n")])
def test_what_was_changed_on_the_way_shows_nothing(alice: Person, desk, change):
    text = desk.hands(alice, note="for Charlie", flags="B").text
    assert change[0] in text
    page = scans(alice, text.replace(*change))
    assert page.status == 422
    assert page.heading == "This QR code cannot be trusted"
    for word in ("Charlie", "Mallory", "EUR", "Payment"):
        assert word not in page.html
    assert page.follows("Scan again").path == "/scan"


@pytest.mark.usefixtures("bob", "nobody_answers")
def test_what_is_meant_for_bob_is_told_like_a_forgery(alice: Person, bob: Person, desk):
    theirs = scans(alice, desk.hands(bob, note="for Charlie").text)
    forged = scans(alice, desk.hands(alice, note="for Charlie").text.replace("Charlie", "Mallory"))
    assert (theirs.status, theirs.text) == (forged.status, forged.text)
    assert "Charlie" not in theirs.html


@pytest.mark.usefixtures("nobody_answers")
@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (("x", "Title", "Message", "A1*A1,5EUR", "B"), "Line 4: The amount cannot be read."),
        (("x", "Title", "Message", "A1*D20260230", "B"), "Line 4: The date cannot be read"),
        (("x", "Title", "Message", "A1*I", "B"), "Line 4: The account cannot be read."),
        (("x", "Title", "Message", "payment", "B"), "Line 4: What would be signed does not begin"),
        (("x", "Title", "Message", "A1*T1*T2*T3*T4*T5*T6*T7", ""), "Line 4: There are more entries"),
        (("x", "Ti\ttle", "Message", "A1", "B"), "Line 2: It has a character that no such code has."),
        (("x", "Title", "A1", "B"), "Some of its lines are missing."),
    ],
)
def test_a_malformed_code_names_the_line_and_the_rule(alice: Person, desk, lines, said):
    page = scans(alice, desk.signs(alice, *lines))
    assert page.status == 422
    assert page.heading == "This QR code cannot be read"
    assert said in page.text
    assert "Title" not in page.html
    assert page.follows("Scan again").path == "/scan"


@pytest.mark.usefixtures("nobody_answers")
def test_damaged_ends_are_told_too(alice: Person, desk):
    *lines, nonce, signature = desk.hands(alice).text.split("\n")
    for text, said in [
        ("\n".join((*lines, nonce, "7" + signature[1:])), "which key"),
        ("\n".join((*lines, nonce, signature[:-1])), "signature is damaged"),
        ("\n".join((*lines, nonce[:-1], signature)), "random number"),
        ("\n".join((*lines, "x" * 4100, nonce, signature)), "longer than"),
    ]:
        page = scans(alice, text)
        assert page.status == 422
        assert said in page.text


@pytest.mark.usefixtures("nobody_answers")
def test_white_space_around_a_pasted_text_does_no_harm(alice: Person, desk):
    handed = desk.hands(alice)
    page = scans(alice, f"\ufeff \n{handed.text}\n\n")
    assert desk.takes(handed, shown_code(presses(page, pin=alice.pin)), alice).is_right


@pytest.mark.usefixtures("nobody_answers")
@pytest.mark.parametrize(("pin", "said"), [("", "Enter your PIN."), ("12", "4 to 32"), ("25x0", "4 to 32")])
def test_a_pin_that_cannot_be_right_makes_no_code(alice: Person, desk, pin, said):
    page = presses(scans(alice, desk.hands(alice).text), pin=pin)
    assert page.status == 422
    assert said in page.text
    assert page.value("pin") == ""
    assert presses(page, pin=alice.pin).heading == "Your approval code"


@pytest.mark.usefixtures("nobody_answers")
def test_a_time_based_code_goes_along(alice: Person, desk, clock):
    handed = desk.hands(alice, nearby=True)
    page = scans(alice, handed.text)
    assert "good for a minute or two" in page.text
    code = shown_code(presses(page, pin=alice.pin))
    clock.advance(60)
    assert desk.takes(handed, code, alice).is_right


@pytest.mark.usefixtures("nobody_answers")
def test_one_that_is_too_old_is_refused_at_the_bank_and_scanned_again(alice: Person, desk, clock):
    handed = desk.hands(alice, nearby=True)
    code = makes_code(alice, handed.text)
    clock.advance(300)
    assert not desk.takes(handed, code, alice).is_right
    assert desk.takes(handed, makes_code(alice, desk.renewed(handed.operation_id)), alice).is_right


@pytest.mark.usefixtures("nobody_answers")
def test_a_warning_of_fraud_has_to_be_read(alice: Person, desk):
    handed = desk.hands(alice, flags="F", account="DE89370400440532013000")
    page = scans(alice, handed.text)
    assert "Your bank fears fraud here" in page.text
    page = presses(page, pin=alice.pin, retyped="3000")
    assert page.status == 422
    assert "Tick this box once you have read the warning" in page.text
    page = presses(page, pin=alice.pin, retyped="3000", read="yes")
    assert desk.takes(handed, shown_code(page), alice).is_right


@pytest.mark.usefixtures("nobody_answers")
def test_where_fraud_is_feared_the_account_is_typed_again(alice: Person, desk):
    page = scans(alice, desk.hands(alice, flags="F").text)
    missing = presses(page, pin=alice.pin, read="yes")
    assert missing.status == 422
    wrong = presses(page, pin=alice.pin, read="yes", retyped="0000")
    assert "This is not what stands above" in wrong.text
    assert wrong.value("retyped") == "0000"


@pytest.mark.usefixtures("nobody_answers")
def test_nobody_approves_while_somebody_on_the_phone_says_so(alice: Person, desk):
    page = scans(alice, desk.hands(alice, flags="C").text)
    assert presses(page, pin=alice.pin).status == 422
    stopped = presses(page, pin=alice.pin, on_call="yes")
    assert stopped.status == 422
    assert "Hang up first" in stopped.text
    assert presses(page, pin=alice.pin, on_call="no").heading == "Your approval code"


@pytest.mark.usefixtures("nobody_answers")
def test_the_bank_may_want_the_buttons_the_other_way_round(alice: Person, desk):
    usual, flipped = (scans(alice, desk.hands(alice, flags=flags).text) for flags in ("", "X"))
    for page, first in ((usual, "Show the approval code"), (flipped, "Do not approve")):
        actions = page.html.partition('class="actions"')[2]
        order = sorted(("Show the approval code", "Do not approve"), key=actions.index)
        assert order[0] == first
        assert "button--primary" in actions[: actions.index(first)]


@pytest.mark.usefixtures("nobody_answers")
def test_biometry_is_not_offered_where_only_the_pin_can_sign(alice: Person, desk):
    handed = desk.hands(alice, flags="B")
    page = scans(alice, handed.text)
    assert "pin" in page.fields
    assert desk.takes(handed, shown_code(presses(page, pin=alice.pin)), alice).is_right


def test_alice_is_told_before_her_codes_run_out_and_how_to_go_on(alice: Person, desk, wire):
    assert alice.opens().status == 200
    wire.breaks("", refused)
    handed = desk.hands(alice)
    for made in range(18):
        page = scans(alice, handed.text)
        assert ("has not seen" in page.text) == (made > 10), made
        assert ('data-level="warning"' in _about_codes(page)) == (made >= 13), made
        page = presses(page, pin=alice.pin)
        code = shown_code(page)
    assert "No more can be made until your bank was reached. First type this code." in page.text
    assert "First type this code" in page.text
    page = scans(alice, handed.text)
    assert "No more codes for now" in page.text
    assert "pin" not in page.fields
    assert desk.takes(handed, code, alice).is_right, "the last one is still good"
    wire.is_mended()
    assert page.follows("Waiting operations").heading == "Waiting for you"
    page = scans(alice, desk.hands(alice).text)
    assert "has not seen" not in page.text
    assert "pin" in page.fields


def test_codes_that_nobody_ever_typed_do_not_shut_alice_out(alice: Person, bank, desk, wire):
    assert alice.opens().status == 200
    wire.breaks("", refused)
    for _ in range(18):
        makes_code(alice, desk.hands(alice).text, alice.wrong_pin)
    wire.is_mended()
    payment = bank.offers("Alice", "payment")
    assert alice.approves(payment).heading == "Approved"
    assert alice.failed_attempts == 0
    handed = desk.hands(alice)
    assert desk.takes(handed, makes_code(alice, handed.text), alice).is_right


def test_a_form_from_before_makes_no_code_more_than_the_bank_can_take(alice: Person, desk, wire):
    page = scans(alice, desk.hands(alice).text)
    for _ in range(18):
        makes_code(alice, desk.hands(alice).text)
    page = presses(page, pin=alice.pin)
    assert page.status == 409
    assert "No more codes for now" in page.text
    assert "<output" not in page.html


def test_the_next_approval_with_a_connection_works_at_once(alice: Person, bank, desk):
    handed = desk.hands(alice)
    makes_code(alice, handed.text)
    payment = bank.offers("Alice", "payment")
    assert alice.approves(payment).heading == "Approved"
    assert bank.status(payment) == "APPROVED"
    assert desk.takes(handed, makes_code(alice, handed.text), alice).is_right


def test_a_code_is_worthless_once_something_newer_was_approved(alice: Person, bank, desk):
    handed = desk.hands(alice)
    page = presses(scans(alice, handed.text), pin=alice.pin)
    assert "the next approval makes it worthless" in page.text
    alice.approves(bank.offers("Alice", "payment"))
    assert not desk.takes(handed, shown_code(page), alice).is_right


def test_the_attempts_that_are_left_are_told_as_far_as_they_are_known(alice: Person, bank, desk):
    alice.approves(bank.offers("Alice", "payment"), alice.wrong_pin)
    assert "4 attempts are left." in scans(alice, desk.hands(alice).text).text


def test_what_is_newer_than_this_site_is_shown_with_a_caution(alice: Person, desk):
    for text in (
        desk.signs(alice, "x", "Title", "Message", "B1*A5EUR", ""),
        desk.signs(alice, "x", "Title", "Message", "A1*A5EUR", "", "12345678", "something new"),
    ):
        page = scans(alice, text)
        assert "There may be more in this code than is shown" in page.text
        assert "5 EUR" in page.text
        assert presses(page, pin=alice.pin).heading == "Your approval code"
    assert "something new" not in page.html.partition("<form")[0]


def test_every_field_is_shown_whatever_it_is(alice: Person, desk):
    data = "A9*A-1250.50eur*IDE89370400440532013000,COBADEFF*Q115-4488990217/0800*D20260331*Tone*Ztwo"
    page = scans(alice, desk.signs(alice, "x", "", "", data, ""))
    assert page.heading == "Operation"
    for said in (
        "-1,250.50 EUR",
        "DE89 3704 0044 0532 0130 00",
        "BIC: COBADEFF",
        "115-4488990217/0800",
        "March 31, 2026",
        "Attribute 1 one",
        "Attribute 2 Z: two",
        "does not know what kind of entry",
    ):
        assert said in page.text


def test_amounts_and_days_are_written_as_the_reader_does(alice: Person, desk):
    alice.browser.headers["Accept-Language"] = "cs"
    page = scans(alice, desk.signs(alice, "x", "", "", "A9*A-1250.50EUR*D20260331", ""))
    assert "-1 250,50 EUR" in page.text
    assert "31. března 2026" in page.text


def test_what_is_hidden_in_the_texts_is_made_visible(alice: Person, desk):
    page = scans(
        alice, desk.signs(None, "x", "Pay\u202e1", "<b>now</b>" + "\\n" * 40, "A1*A5EUR*NA\u200bB", "")
    )
    assert "There are hidden characters in these texts" in page.text
    assert "⟦U+202E⟧" in page.text
    assert "⟦U+200B⟧" in page.text
    assert "<b>now" not in page.html
    assert "empty lines⟧" in page.text


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(st.characters(min_codepoint=32, exclude_categories=["Cs"])), min_size=4, max_size=4))
def test_whatever_the_bank_signs_is_shown_and_can_be_signed(alice: Person, desk, texts):
    title, message, note, unknown = texts
    data = f"A0*N{escape(note)}*z{escape(unknown)}"
    page = scans(alice, desk.signs(alice, "x", title, message, data, ""))
    assert page.status == 200
    # The codes of these examples are used up one after the other; the bank sees none of them.
    assert alice.opens().status == 200
    assert presses(page, pin=alice.pin).heading == "Your approval code"


def test_bank_and_site_may_agree_on_another_purpose_and_length(
    tmp_path, sandbox, bank, wire, clock, browser_of, desk
):
    policy = Policy(offline_uri_id="/counter/approve", offline_digits=6)
    site = create_app(
        make_settings(tmp_path, sandbox.sdk_configuration(), policy=policy), transport=wire, clock=clock
    )
    alice = Person("Alice", bank, browser_of(site)).is_enrolled()
    text = desk.signs(alice, "x", "Title", "Message", "A1*A5EUR", "")
    page = presses(scans(alice, text), pin=alice.pin)
    assert re.fullmatch(r"[0-9]{6}-[0-9]{6}", shown_code(page))
    assert f"<span>{shown_code(page)[:3]}</span>" in page.html
    parts = (b"/counter/approve", b"x&A1*A5EUR")
    uri_id, body = (to_base64(part) for part in parts)
    asked = {
        "activationId": alice.activation_id,
        "data": f"POST&{uri_id}&{text.split(chr(10))[-2]}&{body}",
        "signature": shown_code(page),
        "allowBiometry": False,
        "componentLength": 6,
    }
    assert sandbox.admin("/signature/offline/verify", asked)["signatureValid"]


def test_whoever_is_not_enrolled_is_told_so(newcomer: Person, desk):
    page = scans(newcomer, desk.hands(None).text)
    assert page.status == 403
    assert page.heading == "This browser is not enrolled"


@pytest.mark.parametrize("address", ["/offline", "/offline/code"])
def test_the_address_of_a_form_leads_to_the_scanner(alice: Person, address):
    assert alice.opens(address).path == "/scan"


def test_an_address_that_nobody_was_given_has_no_code(alice: Person):
    assert alice.opens("/offline/code/AAAAAAAAAAAAAAAA").status == 410


def same_browser(site, browser: Browser) -> Browser:
    """Another tab."""
    client = site.test_client()
    for name in ("__Host-sid", "__Host-key"):
        client.set_cookie(name, browser.cookie(name) or "")
    return Browser(client)


def _about_codes(page: Page) -> str:
    """The notice about codes that the bank has not seen, as markup."""
    before = page.html.partition("has not seen")[0]
    return before.rpartition('class="notice"')[2] if "has not seen" in page.html else ""
