"""Alice scans what her bank shows her: by camera, by picture, by its text. No script runs here."""

import json
from io import BytesIO

import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from tests.qr.payloads import OPERATION_ID, payload
from tests.scan.codes import CODE, file_of, picture
from tests.support.browser import ORIGIN, Browser, Page
from tests.support.desk import Desk, shown_code
from tests.support.pages import check_page
from tests.support.people import Person
from tests.support.wire import refused
from webapp.sandbox.qr import proximity_link, proximity_token, proximity_token_link
from webapp.web import scan
from webapp.web.security import HEADERS

COOKIE = "__Host-pac"
RECOVERY = "R:6DQ5F-Q5UUW-LIO6H-7KILA"
DAMAGED = {
    "operation": ("canary\ntwo", "damaged or incomplete. It is not shown"),
    "link": ("web+assent://operation?oid=", "should lead to an operation"),
    "activation code": ("AERUK-ZJ4VP-G66EB-S6C3Q", "This is an activation code, but"),
}


@pytest.fixture
def nearby(bank) -> str:
    """A sign-in that Alice began at a screen of her bank."""
    return bank.offers("Alice", "login_nearby")


def code_of(bank, operation_id: str) -> str:
    return str(bank.operation(operation_id)["proximityOtp"])


def link_of(bank, operation_id: str) -> str:
    return proximity_link(operation_id, code_of(bank, operation_id))


def pastes(browser: Browser, text: str, at: str = "/scan") -> Page:
    return browser.opens(at).submits("Read the text", text=text)


def sends(browser: Browser, content: bytes, at: str = "/scan") -> Page:
    return browser.opens(at).submits("Read the picture", picture=(BytesIO(content), "x.png"))


def sends_much(browser: Browser, content: bytes) -> Page:
    """The same; of a large form, the client of the tests would leave a file behind."""
    fields = {
        "csrf_token": browser.opens("/scan").value("csrf_token"),
        "picture": FileStorage(BytesIO(content), "x.png"),
    }
    boundary, body = encode_multipart(fields)
    kind = f"multipart/form-data; boundary={boundary}"
    answer = browser.client.post("/scan", data=body, content_type=kind, base_url=ORIGIN)
    check_page(answer)
    return Page(browser, answer)


def shows(browser: Browser, *texts: str, at: str = "/scan", reader: str = "browser") -> Page:
    """What the script of the page sends once the camera has seen something."""
    page = browser.opens(at)
    fields = {"csrf_token": page.value("csrf_token"), "seen": json.dumps(texts), "reader": reader}
    if page.value("operation"):
        fields["operation"] = page.value("operation")
    return browser.posts("/scan", fields)


def films(browser: Browser, image, **query):
    """Post one frame, as the script does; returns the bare response."""
    token = browser.opens("/scan").value("csrf_token")
    size = {"width": image.width, "height": image.height, **query}
    return browser.client.post(
        "/scan/frame",
        query_string=size,
        data=image.tobytes(),
        headers={"X-CSRFToken": token},
        content_type="application/octet-stream",
        base_url=ORIGIN,
    )


def in_a_frame(browser: Browser, text: str, **how) -> Page:
    answer = films(browser, picture(text))
    assert answer.status_code == 200
    return shows(browser, answer.json["text"], reader="site", **how)


WAYS = {
    "text": pastes,
    "picture": lambda browser, text, **how: sends(browser, file_of(picture(text)), **how),
    "camera": shows,
    "frame": in_a_frame,
}


def checks(wire) -> list[dict[str, str] | None]:
    return [
        json.loads(request.body)["requestObject"].get("proximityCheck")
        for request in wire.sent("/operation/authorize")
    ]


@pytest.mark.parametrize("way", WAYS)
def test_a_code_from_another_screen_opens_its_operation_after_a_press(alice: Person, bank, wire, nearby, way):
    before = len(wire.requests)
    page = WAYS[way](alice.browser, link_of(bank, nearby))
    assert page.heading == "Open this operation?"
    assert len(wire.requests) == before, "nobody asked for it"
    page = page.follows("Open the operation")
    assert page.url == f"/operations/{nearby}", "the address is clean"
    assert "The code is there" in page.text
    assert page.submits("Approve", pin=alice.pin).heading == "Approved"
    ((check),) = checks(wire)
    assert (check["type"], check["timestampReceived"]) == ("QR_CODE", check["timestampSent"])
    assert alice.browser.cookie(COOKIE) is None


@pytest.mark.parametrize("way", WAYS)
def test_an_operation_asks_for_its_code_and_gets_it(alice: Person, bank, wire, nearby, way):
    scanner = alice.opens_operation(nearby).follows("Scan the code instead")
    assert "Back to the operation" in scanner.links
    page = WAYS[way](alice.browser, link_of(bank, nearby), at=scanner.url)
    assert page.url == f"/operations/{nearby}"
    assert "The code is there" in page.text
    assert page.submits("Approve", pin=alice.pin).heading == "Approved"
    assert [check["type"] for check in checks(wire)] == ["QR_CODE"]


@pytest.mark.parametrize("form", ["token", "link with a token"])
def test_a_code_may_be_a_token(alice: Person, bank, nearby, form):
    token = proximity_token(nearby, code_of(bank, nearby))
    text = token if form == "token" else proximity_token_link(token)
    page = pastes(alice.browser, text).follows("Open the operation")
    assert page.submits("Approve", pin=alice.pin).heading == "Approved"


def test_a_scanned_code_that_grew_old_is_not_sent(alice: Person, bank, wire, nearby, clock):
    page = pastes(alice.browser, link_of(bank, nearby)).follows("Open the operation")
    clock.advance(61)
    page = page.submits("Approve", pin=alice.pin)
    assert page.status == 422
    assert "too old" in page.text
    assert not wire.sent("/operation/authorize")
    assert "Scan the code instead" in page.links


def test_the_code_of_another_operation_is_told_and_neither_fetched_nor_sent(
    alice: Person, bank, wire, nearby
):
    other = bank.offers("Alice", "login_nearby")
    before = len(wire.requests)
    page = pastes(alice.browser, link_of(bank, other), at=f"/scan?operation={nearby}")
    assert page.heading == "This code belongs to another operation"
    assert len(wire.requests) == before
    assert page.follows("Back to my operation").url == f"/operations/{nearby}"
    page = page.follows("Open the other operation")
    assert "The code is there" in page.text
    assert bank.operation(nearby)["failureCount"] == 0


def test_a_code_without_digits_is_no_use_to_who_looks_for_them(alice: Person, bank, nearby):
    page = pastes(alice.browser, proximity_link(nearby, None), at=f"/scan?operation={nearby}")
    assert page.status == 422
    assert "brings no digits" in page.text
    assert page.follows("Back to the operation").value("code") == ""
    page = pastes(alice.browser, proximity_link(nearby, None))
    assert page.follows("Open the operation").value("code") == ""


def test_an_operation_of_nobody_is_not_claimed_by_a_scan(alice: Person, bank):
    kiosk = bank.offers(None, "login_kiosk")
    page = pastes(alice.browser, proximity_link(kiosk, None)).follows("Open the operation")
    assert page.url == f"/operations/{kiosk}"
    assert "userId" not in bank.operation(kiosk)


@pytest.mark.parametrize("oid", ["../history", "a/b", "x" * 129, "..", "."])
def test_an_identifier_that_would_lead_elsewhere_leads_nowhere(alice: Person, oid):
    page = pastes(alice.browser, proximity_token(oid, "40718263"))
    assert page.status == 422
    assert "should lead to an operation" in page.text
    assert alice.browser.cookie(COOKIE) is None
    assert "Back to the operation" not in alice.browser.opens("/scan", operation=oid).links


@pytest.mark.parametrize("way", WAYS)
def test_an_operation_without_a_connection_is_shown_whatever_way_it_comes(alice: Person, sandbox, wire, way):
    """Accents and line breaks are signed, so one that came otherwise would be refused."""
    handed = Desk(sandbox).hands(alice, note="Příliš žluťoučký kůň")
    wire.breaks("", refused)
    page = WAYS[way](alice.browser, handed.text)
    assert "Příliš žluťoučký kůň" in page.text
    page = page.submits("Show the approval code", pin=alice.pin)
    assert Desk(sandbox).takes(handed, shown_code(page), alice).is_right


def test_an_operation_without_a_connection_needs_an_activation_too(newcomer: Person, bob: Person, sandbox):
    for person in (bob, None):
        page = pastes(newcomer.browser, Desk(sandbox).hands(person).text)
        assert page.status == 403
        assert page.heading == "This browser is not enrolled"


@pytest.mark.parametrize("way", WAYS)
def test_an_activation_code_comes_into_its_field(newcomer: Person, bank, way):
    offer = bank.gives_code("Alice")
    page = newcomer.opens("/activation/new").follows("Scan the code instead")
    page = WAYS[way](newcomer.browser, offer.scanned, at=page.url)
    assert page.value("code") == offer.scanned
    assert offer.code not in page.url
    assert bank.activation(offer.activation_id)["activationStatus"] == "CREATED", "nothing was sent"
    page = page.submits("Enrol", name="x", pin=newcomer.pin, pin_again=newcomer.pin)
    assert page.path == "/activation"
    assert bank.activation(offer.activation_id)["activationStatus"] == "PENDING_COMMIT"


def test_a_code_that_the_bank_did_not_sign_is_still_refused(newcomer: Person, bank):
    offer, other = bank.gives_code("Alice"), bank.gives_code("Bob")
    page = shows(newcomer.browser, f"{offer.code}#{other.signature}")
    page = page.submits("Enrol", name="x", pin=newcomer.pin, pin_again=newcomer.pin)
    assert page.status == 422
    assert "not issued by your bank" in page.text


def test_a_typed_activation_code_may_be_pasted_too(newcomer: Person):
    assert pastes(newcomer.browser, CODE.replace("-", " ").lower()).value("code") == CODE


def test_a_browser_that_is_enrolled_keeps_its_activation(alice: Person, bank):
    offer = bank.gives_code("Alice")
    page = pastes(alice.browser, offer.scanned)
    assert page.status == 409
    assert page.heading == "This browser is enrolled already"
    assert offer.code not in page.html
    assert bank.activation(offer.activation_id)["activationStatus"] == "CREATED"


def test_somebody_who_is_not_enrolled_reads_so(newcomer: Person, bank, wire, nearby):
    before = len(wire.requests)
    page = pastes(newcomer.browser, link_of(bank, nearby))
    assert page.status == 403
    assert page.heading == "This browser is not enrolled"
    assert "Enrol this browser" in page.links
    assert len(wire.requests) == before


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("text", ["https://shop.example/?q=canary", "Hello canary", "WIFI:S:canary;;"])
def test_what_is_no_code_of_ours_is_told_without_its_content(alice: Person, way, text):
    page = WAYS[way](alice.browser, text)
    assert page.status == 422
    assert "no code of your bank for this site" in page.text
    assert "canary" not in page.html
    assert "shop.example" not in page.html
    assert page.heading == "Scan a code", "and the way on is the next scan"


@pytest.mark.parametrize("kind", DAMAGED)
@pytest.mark.parametrize("way", ["text", "camera"])
def test_a_damaged_code_is_told_by_its_kind(alice: Person, way, kind):
    text, words = DAMAGED[kind]
    page = WAYS[way](alice.browser, text)
    assert page.status == 422
    assert words in page.text
    assert text.split("\n")[0] not in page.html


def test_a_damaged_operation_is_told_with_what_is_missing(alice: Person):
    assert "Some of its lines are missing." in pastes(alice.browser, "one\r\ntwo").text
    assert "Line 4" in pastes(alice.browser, payload(data="A1*A1250.50*N")).text


def test_a_recovery_code_is_told_where_it_is_used(newcomer: Person):
    page = pastes(newcomer.browser, RECOVERY)
    assert page.status == 422
    assert "your bank's app on a phone" in page.text
    assert RECOVERY not in page.html


def test_a_form_without_anything_says_so(alice: Person):
    for button in ("Read the text", "Read the picture"):
        page = alice.opens("/scan").submits(button)
        assert page.status == 422
        assert "nothing to read yet" in page.text
    for seen in ("", "{}", "[1]", "[]", '["\\ud800"]'):
        page = alice.opens("/scan")
        fields = {"csrf_token": page.value("csrf_token"), "seen": seen}
        assert alice.browser.posts("/scan", fields).status == 422


def test_a_photo_goes_where_a_screenshot_goes(alice: Person, bank, nearby):
    """The page has two fields for pictures; either may be left empty."""
    page, photo = alice.opens("/scan"), file_of(picture(link_of(bank, nearby)), "JPEG")
    both = [(BytesIO(b""), ""), (BytesIO(photo), "photo.jpg")]
    for files in (both, both[::-1]):
        fields = {
            "csrf_token": page.value("csrf_token"),
            "picture": [(BytesIO(f.getvalue()), n) for f, n in files],
        }
        assert alice.browser.posts("/scan", fields).heading == "Open this operation?"


@pytest.mark.parametrize(
    ("content", "status", "words"),
    [
        (file_of(picture("hello").point(lambda _: 200)), 422, "no QR code to be seen"),
        (b"%PDF-1.7", 422, "Send a JPEG, PNG or WebP"),
        (b"\xff\xd8\xff\xe0\0\0", 422, "Send a JPEG, PNG or WebP"),
        (b"\x89PNG\r\n\x1a\n" + bytes(8 * 1024 * 1024), 413, "too large"),
        (bytes(9 * 1024 * 1024), 413, "too large"),
    ],
    ids=["no code", "no picture", "damaged", "too large", "far too large"],
)
def test_a_picture_that_cannot_be_read_is_told_beside_its_field(alice: Person, content, status, words):
    page = sends_much(alice.browser, content)
    assert page.status == status
    assert words in page.text
    assert page.heading == "Scan a code"


def test_a_text_that_is_far_too_long_is_none_of_ours(alice: Person):
    page = pastes(alice.browser, "A" * 100_000)
    assert page.status == 413
    assert "no code of your bank" in page.text


def test_a_frame_without_a_code_says_nothing(alice: Person):
    answer = films(alice.browser, picture("hello").point(lambda _: 200))
    assert (answer.status_code, answer.data) == (204, b"")
    check_page(answer)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"width": 1281}, 413),
        ({"width": 5}, 422),
        ({"width": 0}, 422),
        ({"height": -1}, 422),
        ({"width": "x"}, 422),
    ],
)
def test_a_frame_of_another_size_than_it_says_is_refused(alice: Person, query, status):
    assert films(alice.browser, picture("hello"), **query).status_code == status


def test_a_frame_may_be_two_megabytes_and_no_form_more_than_it_was(alice: Person):
    large = picture("hello").resize((1280, 1280))
    assert films(alice.browser, large).status_code == 200
    assert films(alice.browser, large.resize((1500, 1500))).status_code == 413
    token = alice.opens("/scan").value("csrf_token")
    fields = {"csrf_token": token, "x": "A" * 70_000}
    assert alice.browser.posts("/activation/forget", fields).status == 413


@pytest.mark.parametrize("address", ["/scan", "/scan/frame?width=4&height=4"])
def test_only_our_own_page_may_ask(alice: Person, address):
    for headers in ({}, {"X-CSRFToken": "x"}, {"Sec-Fetch-Site": "cross-site"}):
        answer = alice.browser.client.post(address, data=bytes(16), headers=headers, base_url=ORIGIN)
        assert answer.status_code == 400


def test_a_page_that_is_out_of_date_is_renewed(alice: Person):
    page = alice.opens("/scan").submits("Read the text", csrf_token="old", text=CODE)
    assert page.status == 400
    assert "out of date" in page.text
    assert page.submits("Read the text", text="Hello").status == 422


def test_the_camera_is_allowed_on_the_scanner_and_nowhere_else(alice: Person, newcomer):
    def policy(page):
        return page.response.headers["Permissions-Policy"]

    scanner = newcomer.opens("/scan")
    assert "camera=(self)" in policy(scanner)
    assert "microphone=()" in policy(scanner)
    assert policy(scanner) == scan.PERMISSIONS
    assert policy(pastes(newcomer.browser, "Hello")) == scan.PERMISSIONS
    for other in (
        newcomer.opens("/activation/new"),
        pastes(newcomer.browser, CODE),
        newcomer.opens("/operations"),
    ):
        assert policy(other) == HEADERS["Permissions-Policy"]
        assert "camera=()" in policy(other)


def test_every_page_of_an_enrolled_browser_leads_to_the_scanner(alice: Person, browse):
    assert alice.opens("/history").follows("Scan").heading == "Scan a code"
    assert "Scan" not in browse().opens("/").links


def test_the_scanner_works_while_the_bank_does_not(alice: Person, wire):
    wire.breaks("", refused)
    assert pastes(alice.browser, "Hello").status == 422
    assert pastes(alice.browser, proximity_link(OPERATION_ID, "40718263")).heading == "Open this operation?"


def test_what_was_scanned_stays_out_of_logs_addresses_and_pages(alice: Person, bank, nearby, log_lines):
    code = code_of(bank, nearby)
    for way in WAYS.values():
        page = way(alice.browser, proximity_link(nearby, code))
        assert page.heading == "Open this operation?"
    pastes(alice.browser, f"web+assent://operation?oid=&potp={code}")
    pastes(alice.browser, f"https://shop.example/?q={code}")
    page.follows("Open the operation").submits("Approve", pin=alice.pin)
    logged = log_lines.getvalue()
    assert '"route": "/scan"' in logged
    assert '"route": "/scan/frame"' in logged
    assert code not in logged
    assert not any(code in shown.html or code in shown.url for shown in alice.browser.pages)


def test_pictures_are_never_written_to_a_file(site):
    boundary, body = encode_multipart({"picture": FileStorage(BytesIO(bytes(700_000)), "x")})
    kind = f"multipart/form-data; boundary={boundary}"
    with site.test_request_context("/scan", method="POST", data=body, content_type=kind) as one:
        one.request.max_content_length = 1_000_000
        (upload,) = one.request.files.getlist("picture")
        assert isinstance(upload.stream, BytesIO)
