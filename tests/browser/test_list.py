"""The list keeps itself fresh while somebody looks at it, and nothing moves under a hand."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.window import FRESH, Window, enters
from tests.support.people import Person


def test_what_arrives_is_appended_announced_and_counted(site, window: Window):
    site.bank.offers("Alice", "login")
    window.opens()
    expect(window.page).to_have_title("(1) Waiting for you – Assent")
    site.bank.offers("Alice", "payment")
    assert window.looks_again().status == 200
    expect(window.entries).to_have_count(2)
    expect(window.entries.nth(0)).to_contain_text("Sign in")
    expect(window.entries.nth(1)).to_contain_text("Payment")
    expect(window.said).to_have_text("2 operations are waiting.")
    expect(window.page).to_have_title("(2) Waiting for you – Assent")
    window.looks_again()
    expect(window.said).to_be_empty()


def test_the_first_operation_takes_the_place_of_nothing_and_the_last_leaves_it_again(site, window: Window):
    window.opens()
    nothing = window.page.get_by_role("heading", name="Nothing is waiting")
    expect(nothing).to_be_visible()
    expect(window.page).to_have_title("Waiting for you – Assent")
    payment = site.bank.offers("Alice", "payment")
    window.looks_again()
    expect(window.entries).to_have_count(1)
    expect(nothing).to_be_hidden()
    site.bank.cancels(payment)
    window.looks_again()
    expect(window.entries).to_have_count(0)
    expect(nothing).to_be_visible()
    expect(window.page).to_have_title("Waiting for you – Assent")


def test_a_list_that_did_not_change_costs_nothing(site, window: Window):
    site.bank.offers("Alice", "payment")
    window.opens()
    assert window.looks_again().status == 304
    assert window.looks_again().status == 304
    assert all(answer.request.sizes()["responseBodySize"] == 0 for answer in window.answers)
    assert len(window.asked) == 2


def test_it_asks_every_seven_seconds_and_never_within_five(window: Window):
    window.opens()
    window.passes(6.5)
    assert not window.asked
    window.looks_again(0.5)
    window.hides()
    window.shows()
    window.passes(4.5)
    assert len(window.asked) == 1
    window.looks_again(0.5)


def test_a_hidden_page_rests_and_one_that_is_shown_asks_at_once(site, window: Window):
    window.opens()
    window.hides()
    window.passes(600)
    assert not window.asked
    site.bank.offers("Alice", "payment")
    window.shows()
    window.looks_again(0.001)
    expect(window.entries).to_have_count(1)
    window.looks_again()


def test_the_focus_stays_where_it_is(site, window: Window):
    for template in ("payment", "login"):
        site.bank.offers("Alice", template)
    window.opens()
    link = window.entries.nth(1).get_by_role("link")
    link.focus()
    site.bank.offers("Alice", "limit")
    window.looks_again()
    expect(window.entries).to_have_count(3)
    expect(link).to_be_focused()


def test_an_operation_that_changes_keeps_its_link_its_focus_and_a_press(site, window: Window):
    payment = site.bank.offers("Alice", "payment")
    window.opens()
    link = window.entries.nth(0).get_by_role("link")
    link.focus()
    link.evaluate("(link) => { window.linkOfBefore = link; }")
    box = link.locator(".operation__title").bounding_box()
    window.page.mouse.move(box["x"] + 2, box["y"] + 2)
    window.page.mouse.down()

    def dearer(route):
        answer = route.fetch(headers={**route.request.headers, "if-none-match": "none"})
        body = answer.text().replace("2,450.50", "9,999.00")
        route.fulfill(response=answer, body=re.sub(r'data-version="\w+"', 'data-version="other"', body))

    window.page.route(FRESH, dearer)
    window.looks_again()
    expect(link).to_contain_text("9,999.00")
    assert link.evaluate("(link) => link === window.linkOfBefore")
    expect(link).to_be_focused()
    window.page.mouse.up()
    expect(window.page).to_have_url(re.compile(payment))


def test_what_left_stays_under_the_hand_and_goes_with_it(site, window: Window):
    first, second = (site.bank.offers("Alice", template) for template in ("login", "payment"))
    window.opens()
    window.entries.nth(1).hover()
    site.bank.cancels(second)
    site.bank.cancels(first)
    window.looks_again()
    expect(window.entries).to_have_count(2)
    expect(window.entries.nth(1)).to_contain_text("It does not wait any more.")
    expect(window.page).to_have_title("Waiting for you – Assent")
    window.heading.hover()
    window.passes(0.1)
    expect(window.entries).to_have_count(0)


def test_what_left_below_the_hand_goes_at_once(site, window: Window):
    older, _newer = (site.bank.offers("Alice", template) for template in ("login", "payment"))
    window.opens()
    window.entries.nth(0).hover()
    site.bank.cancels(older)
    window.looks_again()
    expect(window.entries).to_have_count(1)
    expect(window.entries).to_contain_text("Payment")


def test_what_left_goes_when_the_focus_does(site, window: Window):
    payment = site.bank.offers("Alice", "payment")
    window.opens()
    link = window.entries.get_by_role("link")
    link.focus()
    site.bank.cancels(payment)
    window.looks_again()
    expect(link).to_be_focused()
    window.page.keyboard.press("Shift+Tab")
    window.passes(0.1)
    expect(window.entries).to_have_count(0)


def test_many_similar_ones_are_pointed_out_below_what_is_known(site, window: Window):
    for _ in range(2):
        site.bank.offers("Alice", "payment")
    window.opens()
    before = window.entries.nth(1).bounding_box()
    site.bank.offers("Alice", "payment")
    window.looks_again()
    expect(window.entries).to_have_count(4)
    expect(window.said).to_have_text("3 operations are waiting. 3 similar requests within minutes")
    assert window.entries.nth(1).bounding_box() == before
    window.opens()
    expect(window.entries.nth(0)).to_contain_text("3 similar requests within minutes")


def test_the_end_of_a_time_is_asked_about_and_the_bank_decides(site, window: Window):
    site.bank.offers("Alice", "payment")
    window.opens()
    expect(window.entries).to_contain_text("5 minutes")
    for _ in range(42):
        window.looks_again()
    expect(window.entries).to_contain_text("6 seconds")
    window.passes(6)
    expect(window.entries).to_contain_text("0 seconds")
    assert len(window.asked) == 42
    window.looks_again(1.1)
    expect(window.entries).to_have_count(0)


def test_a_clock_that_jumps_changes_no_time_that_is_left(site, window: Window):
    site.bank.offers("Alice", "payment")
    window.opens()
    window.page.clock.set_system_time(site.clock.now_ms() / 1000 + 36_000)
    assert window.looks_again().status == 200, "after a jump all times are asked for anew"
    expect(window.entries).to_contain_text("4 minutes")
    assert window.looks_again().status == 304


def test_a_list_that_cannot_be_asked_for_says_how_old_it_is(site, window: Window):
    window.opens()
    stale = window.page.get_by_text("This list may be out of date")
    window.looks_again()
    expect(stale).to_be_hidden()
    site.goes_down()
    for seconds, asked in ((7, 2), (14, 3), (28, 4), (56, 5), (60, 6), (60, 7)):
        window.passes(seconds - 0.1)
        assert len(window.asked) == asked - 1
        window.passes(0.1)
        window.settles()
        expect(stale).to_be_visible()
        assert len(window.asked) == asked
    expect(window.page.locator("#age")).to_have_text("3 minutes")


@pytest.mark.parametrize("status", [429, 503])
def test_a_server_that_wants_rest_gets_it(window: Window, status):
    window.opens()
    window.page.route(
        FRESH, lambda route: route.fulfill(status=status, headers={"Retry-After": "300"}), times=1
    )
    window.looks_again()
    expect(window.page.get_by_text("This list may be out of date")).to_be_visible()
    window.hides()
    window.shows()
    window.passes(299)
    assert len(window.asked) == 1
    window.looks_again(1)
    expect(window.page.get_by_text("This list may be out of date")).to_be_hidden()


def test_a_list_is_as_old_as_its_last_answer(site, window: Window):
    window.opens()
    loaded = window.page.locator("#loaded")
    expect(loaded).to_have_text("Sep 21, 2026, 4:13:20 PM")
    window.looks_again()
    expect(loaded).to_have_text("Sep 21, 2026, 4:13:27 PM")


def test_a_blocked_browser_is_told_so_and_asks_no_more(site, alice: Person, window: Window):
    window.opens()
    site.bank.blocks(alice.activation_id)
    with window.page.expect_navigation():
        window.passes(7)
    expect(window.heading).to_have_text("This browser is blocked")
    window.passes(600)
    assert len(window.asked) == 1


def test_a_forgotten_browser_is_told_so_and_asks_no_more(opens_window: Callable[[], Window], window: Window):
    window.opens()
    other = opens_window().opens("/activation/forget")
    with other.page.expect_navigation():
        other.page.get_by_role("button", name="Forget this browser").click()
    with window.page.expect_navigation():
        window.passes(7)
    expect(window.heading).to_have_text("This browser is not enrolled")
    window.passes(600)
    assert len(window.asked) == 1


def test_the_list_of_somebody_else_comes_with_their_page(site, enrols, context, window: Window):
    site.bank.offers("Alice", "payment")
    window.opens()
    bob = enrols("Bob")
    site.bank.offers("Bob", "login")
    enters(context, bob, site)
    with window.page.expect_navigation():
        window.passes(7)
    expect(window.page.get_by_text("Bob's laptop")).to_be_visible()
    expect(window.entries).to_have_count(1)
    expect(window.entries).to_contain_text("Sign in")


def test_without_script_the_page_says_when_it_was_loaded(chromium, site, alice: Person):
    with chromium.new_context(java_script_enabled=False, locale="en-US") as context:
        enters(context, alice, site)
        page = context.new_page()
        page.goto(site.address + "/operations")
        expect(page.get_by_text("Loaded at Sep 21, 2026, 2:13:20 PM UTC.")).to_be_visible()
        site.bank.offers("Alice", "payment")
        page.get_by_role("link", name="Look again").click()
        expect(page.get_by_role("link", name="Payment")).to_be_visible()


def test_the_digits_go_on_by_themselves_when_the_bank_has_finished(site, chromium):
    with chromium.new_context(locale="en-US") as context:
        window = Window(context.new_page(), site).stops_time().opens("/activation/new")
        offer = site.bank.gives_code("Alice")
        window.page.get_by_label("Activation code").fill(offer.code)
        window.page.get_by_label("Name of this browser").fill("Laptop")
        window.page.get_by_label("Choose a PIN").fill("2580")
        window.page.get_by_label("The same PIN again").fill("2580")
        window.page.get_by_role("button", name="Enrol this browser").click()
        expect(window.heading).to_have_text("Compare these digits with your bank")
        window.page.wait_for_load_state("load")  # before that the script has not looked at the clock
        with window.page.expect_response("**/activation"):
            window.passes(7)
        window.settles()
        expect(window.heading).to_have_text("Compare these digits with your bank")
        site.bank.commits(offer.activation_id)
        with window.page.expect_navigation():
            window.passes(7)
        expect(window.heading).to_have_text("Waiting for you")
        assert not window.complaints
