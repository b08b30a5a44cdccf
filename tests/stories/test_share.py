"""Alice hands a code over from another app. It is asked about first, and then it is like any scan."""

import json
from io import BytesIO

import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from tests.scan.codes import CODE, file_of, picture
from tests.support.browser import ORIGIN, Browser, Page
from tests.support.desk import Desk
from tests.support.pages import check_page
from tests.support.people import Person
from webapp.sandbox.qr import proximity_link
from webapp.web.share import MAX_SHARED_BYTES

SHARED = "/scan/shared"
RECOVERY = "R:6DQ5F-Q5UUW-LIO6H-7KILA"
ASKED = "Go on with this code?"


@pytest.fixture
def nearby(bank) -> tuple[str, str]:
    """A sign-in that Alice began at a screen of her bank, and the link that the screen shows as a QR code."""
    operation_id = bank.offers("Alice", "login_nearby")
    return operation_id, proximity_link(operation_id, str(bank.operation(operation_id)["proximityOtp"]))


def hands_over(
    browser: Browser, content: bytes | None = None, *, site: str | None = None, **fields: str
) -> Page:
    """As the system does it for another app; `site` is what the browser says about where it comes from."""
    data = fields if content is None else {**fields, "picture": FileStorage(BytesIO(content), "shared.png")}
    # Of a large form, the client of the tests would leave a file behind.
    boundary, body = encode_multipart(data)
    answer = browser.client.post(
        SHARED,
        data=body,
        headers={**browser.headers, **({"Sec-Fetch-Site": site} if site else {})},
        content_type=f"multipart/form-data; boundary={boundary}",
        base_url=ORIGIN,
    )
    check_page(answer)
    return Page(browser, answer)


def as_another_site(browser: Browser, stranger: Browser, content: bytes | None = None, **fields: str) -> Page:
    """The same, but Alice's browser takes it for another site's form and keeps all its cookies back."""
    page = hands_over(stranger, content, site="cross-site", **fields)
    assert "Set-Cookie" not in page.response.headers, "a new session would take the place of Alice's"
    return Page(browser, page.response)


WAYS = {
    "a picture": lambda text: {"content": file_of(picture(text))},
    "a text": lambda text: {"text": text},
    "a link": lambda text: {"url": text},
    "a link beside its title": lambda text: {"text": "Sign in at the branch", "url": text},
}


@pytest.mark.parametrize("way", WAYS)
def test_alice_shares_a_code_and_approves(alice: Person, bank, nearby, way):
    operation_id, link = nearby
    page = hands_over(alice.browser, **WAYS[way](link), site="none")
    assert page.heading == ASKED
    assert "leads to a waiting operation" in page.text
    found = page.submits("Go on")
    assert found.heading == "Open this operation?"
    result = found.follows("Open the operation").submits("Approve", pin=alice.pin)
    assert result.heading == "Approved"
    assert bank.status(operation_id) == "APPROVED"


@pytest.mark.parametrize("way", WAYS)
def test_a_browser_that_keeps_its_cookies_back_needs_one_more_step(alice: Person, browse, nearby, way):
    page = as_another_site(alice.browser, browse(), **WAYS[way](nearby[1]))
    assert page.heading == ASKED
    again = page.submits("Go on")
    assert again.heading == ASKED
    assert again.submits("Go on").heading == "Open this operation?"
    assert alice.opens().heading == "Waiting for you"


def test_an_offline_operation_comes_through_byte_by_byte(alice: Person, browse, sandbox):
    handed = Desk(sandbox).hands(alice, note="Příliš žluťoučký kůň\u00a0…")
    for page in (
        hands_over(alice.browser, file_of(picture(handed.text)), site="none"),
        as_another_site(alice.browser, browse(), file_of(picture(handed.text))).submits("Go on"),
        hands_over(alice.browser, text=handed.text, site="none"),
    ):
        assert "a code that you retype" in page.text
        shown = page.submits("Go on")
        assert shown.heading == "Payment", "its signature would not fit another text"
        assert "Příliš žluťoučký kůň" in shown.text


def test_nothing_of_it_is_said_before_it_is_known(alice: Person, sandbox):
    handed = Desk(sandbox).hands(alice)
    page = hands_over(alice.browser, file_of(picture(handed.text)), site="none")
    for line in handed.text.split("\n"):
        assert line not in page.text or len(line) < 4


def test_an_activation_code_arrives_in_the_form(browse):
    for site in ("none", "same-origin"):
        page = hands_over(browse(), file_of(picture(CODE)), site=site)
        assert "an activation code" in page.text
        assert page.submits("Go on").value("code") == CODE


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Call +420 000 000 000 at once", "no code of your bank"),
        ("https://shop.example/", "no code of your bank"),
        (RECOVERY, "recovery code"),
    ],
)
def test_what_is_no_code_is_told_and_not_repeated(alice: Person, browse, text, words):
    for page in (
        hands_over(alice.browser, text=text, site="none"),
        as_another_site(alice.browser, browse(), text=text),
        as_another_site(alice.browser, browse(), file_of(picture(text))),
    ):
        assert page.status == 422
        assert page.heading == "What was shared cannot be used"
        assert words in page.text
        assert text not in page.html
        assert page.follows("Scan a code").heading == "Scan a code"


@pytest.mark.parametrize(
    ("content", "status", "words"),
    [
        (b"GIF89a", 422, "no picture that can be read here"),
        (file_of(picture("x"), "JPEG")[:300], 422, "no picture that can be read here"),
        (file_of(picture("x").point(lambda _: 255)), 422, "no QR code to be seen"),
        (b"\xff\xd8" + bytes(8 * 1024 * 1024), 413, "too large"),
    ],
)
def test_a_picture_without_a_code_is_told(alice: Person, content, status, words):
    page = hands_over(alice.browser, content, site="none")
    assert page.status == status
    assert words in page.text


def test_more_than_a_picture_is_not_read(alice: Person):
    answer = alice.browser.client.post(
        SHARED,
        data=bytes(MAX_SHARED_BYTES + 1),
        content_type="multipart/form-data; boundary=x",
        base_url=ORIGIN,
    )
    check_page(answer)
    assert answer.status_code == 413
    assert "That was too much" in answer.text


@pytest.mark.parametrize("fields", [{}, {"text": "  "}, {"seen": "nonsense"}, {"seen": '["a", "b"]'}])
def test_nothing_leads_to_the_scanner(alice: Person, fields):
    answer = alice.browser.client.post(SHARED, data=fields, base_url=ORIGIN)
    assert (answer.status_code, answer.location) == (303, "/scan")


def test_the_address_alone_leads_to_the_scanner(alice: Person):
    assert alice.opens(SHARED).heading == "Scan a code"


def test_what_another_site_sends_uses_nothing_up(alice: Person, browse, bank, nearby, wire):
    asked = len(wire.requests)
    as_another_site(alice.browser, browse(), text=nearby[1])
    assert len(wire.requests) == asked
    assert bank.status(nearby[0]) == "PENDING"
    assert alice.browser.cookie("__Host-pac") is None


def test_the_text_is_in_the_form_and_nowhere_else(alice: Person, browse, nearby):
    page = as_another_site(alice.browser, browse(), text=nearby[1])
    code = nearby[1][-8:]
    assert page.html.count(code) == 1
    assert code not in str(page.response.headers)
    assert code not in page.response.request.full_path
    seen = as_another_site(alice.browser, browse(), file_of(picture(nearby[1])))
    assert json.loads(seen.value("seen")) == [nearby[1]]


def test_no_other_form_comes_without_its_token(alice: Person):
    for path in ("/scan", "/offline", "/install-hint", "/activation/forget"):
        answer = alice.browser.client.post(path, data={"text": CODE}, base_url=ORIGIN)
        assert answer.status_code == 400, path
        foreign = alice.browser.client.post(path, headers={"Sec-Fetch-Site": "cross-site"}, base_url=ORIGIN)
        assert foreign.status_code == 400, path
