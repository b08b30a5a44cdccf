"""What script adds to forms and times. What holds without it is told in tests/stories."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.site import served
from tests.browser.window import Window, enters
from tests.support.browser import Browser as PlainBrowser
from tests.support.pages import integrity_of
from tests.support.people import Person
from webapp.flows.policy import Policy

APPROVE = "Approve"
SHOP = "https://shop.example/"
_ENDS_WITH_THE_PRESS = """
    () => addEventListener("submit", () => {
      const expired = new CustomEvent("expired", { bubbles: true });
      setTimeout(() => document.querySelector("time").dispatchEvent(expired));
    })
"""


def receives(site) -> str:
    """A payment of Alice, to be approved with her PIN and without any screen before it."""
    return site.bank.offers("Alice", "payment")


def slider_of(page: Page) -> Locator:
    return page.get_by_role("slider", name="Slide to the end to go on")


def sent_to(window: Window, path: str) -> list[str]:
    """Remember the requests to addresses that end in `path`."""
    found: list[str] = []
    window.page.on("request", lambda one: found.append(one.url) if one.url.endswith(path) else None)
    return found


def test_a_double_click_signs_once(site, alice: Person, opens_window: Callable[[], Window]):
    payment = receives(site)
    window = opens_window().opens(f"/operations/{payment}")
    sent = sent_to(window, "/approve")
    window.page.get_by_label("Your PIN").fill(alice.pin)
    window.page.get_by_role("button", name=APPROVE).dblclick(no_wait_after=True)
    expect(window.heading).to_have_text("Approved")
    assert len(sent) == 1
    assert site.bank.status(payment) == "APPROVED"


def test_the_enter_key_twice_signs_once(site, alice: Person, opens_window):
    payment = receives(site)
    window = opens_window().opens(f"/operations/{payment}")
    sent = sent_to(window, "/approve")
    window.page.get_by_label("Your PIN").fill(alice.pin)
    for _ in range(2):
        window.page.keyboard.press("Enter")
    expect(window.heading).to_have_text("Approved")
    assert len(sent) == 1


def test_the_back_button_shows_what_happened(site, alice: Person, opens_window):
    payment = receives(site)
    window = opens_window().opens(f"/operations/{payment}")
    window.page.get_by_label("Your PIN").fill(alice.pin)
    window.page.get_by_role("button", name=APPROVE).click()
    expect(window.heading).to_have_text("Approved")
    window.page.go_back()
    expect(window.heading).to_have_text("Approved")
    assert alice.failed_attempts == 0


def test_the_time_left_is_counted_and_said_twice(site, window: Window):
    window.opens(f"/operations/{receives(site)}")
    left = window.page.locator(".time-left time")
    expect(left).to_have_text("5:00")
    window.passes(239)
    expect(left).to_have_text("1:01")
    expect(window.said).to_be_empty()
    window.passes(1)
    expect(window.said).to_have_text("Time left: 60 seconds")
    window.passes(49)
    expect(window.said).to_have_text("Time left: 60 seconds")
    window.passes(1)
    expect(left).to_have_text("0:10")
    expect(window.said).to_have_text("Time left: 10 seconds")


def test_a_wall_clock_that_is_set_does_not_move_the_time_left(site, window: Window):
    window.opens(f"/operations/{receives(site)}")
    window.page.clock.set_system_time(site.clock.now_ms() / 1000 - 600)
    window.passes(10)
    expect(window.page.locator(".time-left time")).to_have_text("4:50")


def test_when_the_time_is_over_the_page_shows_what_became_of_it(site, window: Window):
    window.opens(f"/operations/{receives(site)}")
    window.passes(300)
    expect(window.page.locator(".time-left time")).to_have_text("0:00")
    with window.page.expect_navigation():
        window.passes(1.1)
    expect(window.heading).to_have_text("The time is over")


def test_an_answer_on_its_way_is_not_cut_off_when_the_time_is_over(site, alice: Person, opens_window):
    payment = receives(site)
    window = opens_window().opens(f"/operations/{payment}")
    window.page.evaluate(_ENDS_WITH_THE_PRESS)
    loaded_again = sent_to(window, f"/operations/{payment}")
    window.page.get_by_label("Your PIN").fill(alice.pin)
    window.page.get_by_role("button", name=APPROVE).click()
    expect(window.heading).to_have_text("Approved")
    assert loaded_again == []


def test_a_slider_is_moved_by_keys(site, opens_window):
    window = opens_window().opens(f"/operations/{site.bank.offers('Alice', 'payment_risk')}")
    go_on = window.page.get_by_role("button", name="Continue")
    expect(go_on).to_have_attribute("aria-disabled", "true")
    go_on.click(force=True)
    expect(window.page.get_by_role("checkbox")).to_have_count(0)
    slider_of(window.page).focus()
    for _ in range(19):
        window.page.keyboard.press("ArrowRight")
    expect(go_on).to_have_attribute("aria-disabled", "true")
    window.page.keyboard.press("ArrowRight")
    expect(go_on).to_have_attribute("aria-disabled", "false")
    window.page.keyboard.press("ArrowLeft")
    expect(go_on).to_have_attribute("aria-disabled", "true")
    window.page.keyboard.press("End")
    go_on.click()
    expect(window.page.get_by_role("button", name=APPROVE)).to_be_visible()


@pytest.mark.parametrize(
    ("way", "value"),
    [
        ((0.02, 0.3, 0.6, 0.99), "100"),
        ((0.02, 0.3, 0.6), "0"),
        ((0.98,), "25"),
        ((0.5, 0.98), "25"),
    ],
    ids=["to the end", "not to the end", "a press on the end", "from the middle"],
)
def test_a_slider_is_dragged_from_its_beginning_to_its_end(site, opens_window, way, value):
    window = opens_window().opens(f"/operations/{site.bank.offers('Alice', 'payment_risk')}")
    slider = slider_of(window.page)
    box = slider.bounding_box()
    first, *others = [(box["x"] + part * box["width"], box["y"] + box["height"] / 2) for part in way]
    window.page.mouse.move(*first)
    window.page.mouse.down()
    for place in others:
        window.page.mouse.move(*place, steps=5)
    window.page.mouse.up()
    expect(slider).to_have_value(value)
    resting = "false" if value == "100" else "true"
    expect(window.page.get_by_role("button", name="Continue")).to_have_attribute("aria-disabled", resting)


def test_who_cannot_drag_presses_four_times(site, opens_window):
    window = opens_window().opens(f"/operations/{site.bank.offers('Alice', 'payment_risk')}")
    slider = slider_of(window.page)
    go_on = window.page.get_by_role("button", name="Continue")
    for value in ("25", "50", "75", "100"):
        expect(go_on).to_have_attribute("aria-disabled", "true")
        slider.click()
        expect(slider).to_have_value(value)
    expect(go_on).to_have_attribute("aria-disabled", "false")
    go_on.click()
    expect(window.page.get_by_role("button", name=APPROVE)).to_be_visible()


def test_a_button_that_has_to_wait_counts_and_holds(window: Window):
    def waiting(route):
        """As if the site wanted the button to wait."""
        answer = route.fetch()
        given, wanted = "page-unread-bind", "page-unread-wait-bind"
        others = {
            '<button class="button button--danger"': (
                '<button data-enhance="wait" data-wait="5" class="button button--danger"'
            ),
            f"/{given}.js": f"/{wanted}.js",
            integrity_of(given): integrity_of(wanted),
        }
        body, policy = answer.text(), answer.headers["content-security-policy"]
        for before, after in others.items():
            body, policy = body.replace(before, after), policy.replace(before, after)
        headers = {**answer.headers, "content-security-policy": policy}
        route.fulfill(response=answer, body=body, headers=headers)

    window.page.route("**/activation/forget", waiting)
    window.opens("/activation/forget")
    button = window.page.get_by_role("button", name="Forget this browser")
    sent = sent_to(window, "/activation/forget")
    expect(button).to_have_text("Forget this browser (5)")
    window.passes(4)
    expect(button).to_have_text("Forget this browser (1)")
    button.click(force=True)
    assert sent == []
    window.passes(1)
    expect(button).to_have_text("Forget this browser")
    expect(window.said).to_have_text("Forget this browser")
    button.click()
    expect(window.heading).to_have_text(re.compile("Approve your bank"))


@pytest.fixture
def shop(tmp_path_factory, chromium):
    """Alice has just paid at a shop that wants her back: a window to look at the result."""
    allowed = Policy(redirect_hosts=frozenset({"shop.example"}))
    with served(tmp_path_factory.mktemp("shop"), policy=allowed) as site, chromium.new_context() as context:
        alice = Person("Alice", site.bank, PlainBrowser(site.app.test_client())).is_enrolled()
        payment = site.bank.offers("Alice", "shop", back=SHOP)
        alice.approves(payment)
        enters(context, alice, site)
        window = Window(context.new_page(), site, start=f"/operations/{payment}/result")
        context.route(
            f"{SHOP}**", lambda route: route.fulfill(body="<h1>Shop</h1>", content_type="text/html")
        )
        yield window
        assert not window.complaints


def test_the_page_goes_on_to_the_shop_and_not_again_for_who_comes_back(shop: Window):
    shop.opens()
    expect(shop.said).to_contain_text("You are going there in 5 ")
    shop.page.wait_for_url(SHOP)
    shop.page.go_back()
    shop.heading.wait_for()
    expect(shop.page.get_by_role("button", name="Stay here")).to_have_count(0)


def test_the_seconds_until_then_are_counted_for_who_looks(shop: Window):
    shop.stops_time().opens()
    shown = shop.page.locator("p[tabindex]")
    expect(shown).to_have_text(re.compile("You are going there in 5 "))
    shop.passes(2)
    expect(shown).to_have_text(re.compile("You are going there in 3 "))
    expect(shop.said).to_contain_text("You are going there in 5 ")


def test_alice_can_stay(shop: Window):
    shop.stops_time().opens()
    shop.page.get_by_role("button", name="Stay here").click()
    expect(shop.said).to_have_text("You stay here.")
    expect(shop.page.locator("p[tabindex]")).to_be_focused()
    expect(shop.page.get_by_role("button", name="Stay here")).to_have_count(0)
    shop.passes(60)
    assert shop.path.endswith("/result")


def test_a_page_that_nobody_sees_goes_nowhere(shop: Window):
    shop.stops_time().opens()
    shop.hides()
    shop.passes(60)
    assert shop.path.endswith("/result")
    shop.shows()
    shop.passes(6)
    shop.page.wait_for_url(SHOP)
