"""Alice reads what her bank writes to her, and a broken inbox never comes between her and a payment."""

import json
import re

import pytest

from tests.support.browser import ORIGIN, Page
from tests.support.people import Person
from tests.support.wire import answer_lost, changed, error, html_page, html_page_with_200, refused, silence
from webapp.flows.background import REST_S
from webapp.flows.inbox import MESSAGES_ON_A_PAGE
from webapp.mtoken.transport import Headers, HttpResponse
from webapp.sandbox.backend import Backend
from webapp.sandbox.inbox import Letter
from webapp.web.inbox import FRAME_HEADERS

COUNT, LIST = "/inbox/count", "/inbox/message/list"
DETAIL, READ, READ_ALL = (f"/inbox/message/{name}" for name in ("detail", "read", "read-all"))
BROKEN = "The messages cannot be had now"
FAULTS = {
    "no connection": refused,
    "silence": silence,
    "a lost answer": answer_lost,
    "another page": html_page,
    "another page that says all is well": html_page_with_200,
    "no message service": error(400, "INBOX_FAILED"),
    "not switched on": error(404, "ERROR_NOT_FOUND"),
    "a fault": error(500, "ERROR_GENERIC"),
    "a code never heard of": error(418, "TEAPOT"),
    "a refused token": error(401, "POWERAUTH_AUTH_FAIL"),
    "nonsense": lambda *_: HttpResponse(200, Headers(), b'{"status":"OK","responseObject":"hello"}'),
    "nothing": lambda *_: HttpResponse(200, Headers(), b'{"status":"OK"}'),
}
each_fault = pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)


@pytest.fixture
def writes(sandbox: Backend):
    """The bank writes to somebody; returns the message's identifier."""

    def writes(subject: str, body: str = "Good day.", *, to: str = "Alice", **more: str) -> str:
        letter = {"type": "text", "summary": "", **more}
        return sandbox.write_to(to, Letter(subject=subject, body=body, **letter))

    return writes


def asks_count(person: Person, **headers: str):
    """What the script asks for once a page has come."""
    return person.browser.client.get("/inbox/count", base_url=ORIGIN, headers=headers)


def opens_frame(person: Person, page: Page, **headers: str):
    """What the frame on a message's page shows."""
    (address,) = re.findall(r'<iframe [^>]*src="([^"]+)"', page.html)
    return person.browser.client.get(address, base_url=ORIGIN, headers=headers)


def read_at_the_bank(sandbox: Backend, user: str = "Alice") -> dict[str, bool]:
    return {one.subject: one.read_ms is not None for one in sandbox.written_to(user, 100)}


class TestCount:
    def test_every_page_of_an_enrolled_browser_leads_to_the_messages(self, alice: Person, browse, writes):
        writes("New statement")
        page = alice.opens()
        assert "Messages" in page.links, "the number comes by script, once the page is there"
        assert 'data-address="/inbox/count"' in page.html
        assert page.follows("Messages").heading == "Messages"
        assert "Messages" not in browse().opens("/").links

    def test_the_script_learns_how_many_are_unread(self, alice: Person, writes):
        assert asks_count(alice).json == {"unread": 0}
        writes("New statement")
        writes("For Bob", to="Bob")
        response = asks_count(alice)
        assert response.json == {"unread": 1}
        assert response.headers["Cache-Control"] == "no-store"
        assert "Set-Cookie" not in response.headers, "it may arrive after the browser was forgotten"

    def test_without_script_the_list_says_it_in_the_header_too(self, alice: Person, writes):
        writes("New statement")
        page = alice.opens("/inbox")
        assert "1 unread message." in page.text
        assert "Messages (1)" in page.links

    def test_no_page_about_operations_asks_the_inbox(self, alice: Person, bank, wire):
        payment = bank.offers("Alice", "payment")
        alice.browser.client.get("/operations/fresh", base_url=ORIGIN)
        assert alice.approves(payment).heading == "Approved"
        alice.opens("/history").submits("Show the history", pin=alice.pin)
        assert not [one for one in wire.requests if "/inbox/" in one.url]

    def test_opened_in_a_window_it_leads_to_the_messages(self, alice: Person):
        response = asks_count(alice, **{"Sec-Fetch-Mode": "navigate"})
        assert (response.status_code, response.location) == (303, "/inbox")

    def test_nobody_is_told_anything_without_an_activation(self, browse, alice: Person, bank):
        response = browse().client.get("/inbox/count", base_url=ORIGIN)
        assert (response.status_code, response.data) == (204, b"")
        bank.blocks(alice.activation_id)
        assert asks_count(alice).status_code == 204

    @each_fault
    def test_a_broken_inbox_is_left_alone_for_a_minute(self, alice: Person, writes, wire, clock, fault):
        writes("New statement")
        alice.opens()
        wire.breaks(COUNT, fault)
        response = asks_count(alice)
        assert (response.status_code, response.data) == (204, b"")
        asked = len(wire.sent(COUNT))
        wire.is_mended()
        assert asks_count(alice).status_code == 204
        assert len(wire.sent(COUNT)) == asked, "nobody was asked"
        clock.advance(REST_S)
        assert asks_count(alice).json == {"unread": 1}

    def test_one_who_is_blocked_does_not_silence_the_others(self, alice: Person, bob: Person, bank, writes):
        writes("For Bob", to="Bob")
        bank.blocks(alice.activation_id)
        assert asks_count(alice).status_code == 204
        assert asks_count(bob).json == {"unread": 1}


class TestList:
    def test_an_empty_inbox(self, alice: Person):
        page = alice.opens("/inbox")
        assert "No unread messages." in page.text
        assert "has not written to you yet" in page.text
        assert "Mark all as read" not in page.buttons

    def test_newest_first_with_summary_and_time(self, alice: Person, writes, clock):
        writes("First", summary="The older one.")
        clock.advance(60)
        writes("Second", summary="The newer one.")
        page = alice.opens("/inbox")
        assert (
            page.text.index("The newer one.") < page.text.index("First") < page.text.index("The older one.")
        )
        assert "Sep 21, 2026, 2:13:20 PM UTC" in page.text
        assert page.text.count("Unread ·") == 2

    def test_page_by_page(self, alice: Person, writes, wire):
        for number in range(2 * MESSAGES_ON_A_PAGE + 1):
            writes(f"Number {number:02}")
        first = alice.opens("/inbox")
        assert "Number 40" in first.text
        assert "Number 20" not in first.text
        assert "Newer messages" not in first.links
        last = first.follows("Older messages").follows("Older messages")
        assert last.url == "/inbox?page=3"
        assert re.findall(r"Number \d\d", last.text) == ["Number 00"]
        assert "Older messages" not in last.links
        assert "Number 20" in last.follows("Newer messages").text
        sent = json.loads(wire.sent(LIST)[-1].body)["requestObject"]
        assert sent == {"page": 1, "size": MESSAGES_ON_A_PAGE, "onlyUnread": False}

    def test_a_message_leads_back_to_the_page_it_was_opened_from(self, alice: Person, writes):
        for number in range(MESSAGES_ON_A_PAGE + 1):
            writes(f"Number {number:02}")
        message = alice.opens("/inbox?page=2&only=unread").follows("Number 00")
        assert message.follows("Messages").heading == "Messages"
        assert 'class="back" href="/inbox?page=2&amp;only=unread"' in message.html
        assert message.submits("Mark as read").url == "/inbox?page=2&only=unread"

    @pytest.mark.parametrize("page", ["0", "-1", "x", "", "9" * 30, "9" * 5000, "٢"])
    def test_a_page_that_cannot_be_is_another_one(self, alice: Person, writes, page):
        writes("Number one")
        assert alice.opens(f"/inbox?page={page}").status == 200

    def test_behind_the_last_page(self, alice: Person, writes):
        writes("Number one")
        page = alice.opens("/inbox?page=7")
        assert "There are no older messages." in page.text
        assert page.follows("Newer messages").url == "/inbox?page=6"

    def test_unread_ones_only(self, alice: Person, writes):
        writes("First")
        writes("Second")
        alice.opens("/inbox").follows("First").submits("Mark as read")
        page = alice.opens("/inbox").follows("Show unread messages only")
        assert "Second" in page.text
        assert "First" not in page.text
        page.follows("Second").submits("Mark as read")
        page = alice.opens("/inbox?only=unread")
        assert "You have read everything." in page.text
        assert "First" in page.follows("Show all messages").text

    def test_an_unreadable_message_is_announced_and_spoils_only_itself(self, alice: Person, writes, wire):
        writes("First")
        writes("Second")
        wire.breaks(LIST, changed(lambda one: one.update(id=None) if one["subject"] == "First" else None))
        page = alice.opens("/inbox")
        assert "1 message cannot be shown" in page.text
        assert "Second" in page.text

    @pytest.mark.parametrize("identifier", ["..", "a/b", "count", "read-all", "x" * 500])
    def test_an_identifier_that_leads_elsewhere_leads_nowhere(self, alice: Person, writes, wire, identifier):
        writes("First")
        wire.breaks(LIST, changed(lambda one: one.update(id=identifier)))
        page = alice.opens("/inbox")
        assert "1 message cannot be shown" in page.text
        assert "First" not in page.text

    def test_a_count_that_fails_does_not_take_the_list_away(self, alice: Person, writes, wire):
        writes("First")
        wire.breaks(COUNT, silence)
        page = alice.opens("/inbox")
        assert page.status == 200
        assert "First" in page.text
        assert "unread message." not in page.text
        assert "Mark all as read" in page.buttons

    def test_in_the_language_of_the_reader(self, alice: Person, wire):
        alice.browser.headers["Accept-Language"] = "cs"
        alice.opens("/inbox")
        assert {one.headers["Accept-Language"] for one in wire.requests[-2:]} == {"cs"}


class TestReading:
    def test_opening_marks_nothing_and_a_press_does(self, alice: Person, writes, sandbox):
        writes("New statement", "Good day,\n\nit is ready.", summary="February is ready.")
        page = alice.opens("/inbox").follows("New statement")
        assert page.heading == "New statement"
        assert "Unread · Sep 21, 2026" in page.text
        assert "February is ready." in page.text
        assert "Good day, it is ready." in page.text
        assert not read_at_the_bank(sandbox)["New statement"]
        page = page.submits("Mark as read")
        assert page.path == "/inbox"
        assert "No unread messages." in page.text
        assert read_at_the_bank(sandbox)["New statement"]
        page = page.follows("New statement")
        assert "Read · Sep 21, 2026" in page.text
        assert "Mark as read" not in page.buttons

    def test_marking_twice_is_no_error(self, alice: Person, writes):
        writes("New statement")
        form = alice.opens("/inbox").follows("New statement").fills("Mark as read")
        assert [form.is_sent().status for _ in range(2)] == [200, 200]

    def test_all_at_once(self, alice: Person, writes, sandbox):
        for subject in ("First", "Second"):
            writes(subject)
        writes("For Bob", to="Bob")
        page = alice.opens("/inbox").submits("Mark all as read")
        assert "No unread messages." in page.text
        assert "Mark all as read" not in page.buttons
        assert read_at_the_bank(sandbox) == {"First": True, "Second": True}
        assert read_at_the_bank(sandbox, "Bob") == {"For Bob": False}

    @pytest.mark.parametrize("action", ["read-all", "{id}/read"])
    def test_the_form_of_another_site_marks_nothing(self, alice: Person, writes, sandbox, action):
        message_id = writes("New statement")
        assert alice.browser.posts(f"/inbox/{action.format(id=message_id)}", {}).status == 400
        assert alice.opens(f"/inbox/{message_id}/read").status == 405
        assert not read_at_the_bank(sandbox)["New statement"]

    def test_somebody_elses_message_is_none(self, alice: Person, writes, sandbox):
        hers = writes("For Bob", "A secret of Bob", to="Bob")
        mine = writes("New statement")
        page = alice.opens(f"/inbox/{hers}")
        assert (page.status, page.heading) == (404, "There is no such message")
        assert "Bob" not in page.text
        assert page.follows("Messages").heading == "Messages"
        csrf = alice.opens(f"/inbox/{mine}").value("csrf_token")
        assert alice.browser.posts(f"/inbox/{hers}/read", {"csrf_token": csrf}).status == 404
        assert alice.browser.client.get(f"/inbox/{hers}/body", base_url=ORIGIN).status_code == 404
        assert not read_at_the_bank(sandbox, "Bob")["For Bob"]

    def test_a_message_without_anything(self, alice: Person, writes):
        writes("", "")
        page = alice.opens("/inbox").follows("Message without a subject")
        assert page.heading == "Message without a subject"
        assert "This message has no text." in page.text

    @pytest.mark.parametrize("path", ["/inbox", "/inbox/c7a1", "/inbox/c7a1/body"])
    def test_a_browser_that_is_not_enrolled(self, browse, path):
        assert browse().client.get(path, base_url=ORIGIN).status_code == 403

    @pytest.mark.parametrize(("way", "words"), [("blocks", "blocked"), ("removes", "no longer enrolled")])
    def test_an_activation_that_is_not_active(self, alice: Person, bank, writes, way, words):
        message_id = writes("New statement")
        alice.opens()
        getattr(bank, way)(alice.activation_id)
        for path in ("/inbox", f"/inbox/{message_id}"):
            page = alice.opens(path)
            assert page.path == "/activation"
            assert words in page.heading


class TestText:
    def test_markup_is_only_text(self, alice: Person, writes):
        attack = "<script>alert(1)</script><img src=https://evil.example/x>"
        writes(f"S {attack}", f"B {attack}", summary=f"Z {attack}")
        listed = alice.opens("/inbox")
        opened = listed.follows("S <script>")
        for page in (listed, opened):
            assert attack in page.text
            assert "<script>alert" not in page.html
            assert "<img" not in page.html

    def test_hidden_characters_are_marked_and_told(self, alice: Person, writes):
        writes("New statement", "Pay to \u202eecilA\u200b.")
        page = alice.opens("/inbox").follows("New statement")
        assert "There are hidden characters in this message" in page.text
        assert "Pay to ⟦U+202E⟧ecilA⟦U+200B⟧." in page.text

    def test_a_flood_of_empty_lines_is_a_mark(self, alice: Person, writes):
        writes("New statement", "Above" + "\n" * 500 + "below")
        assert "Above ⟦499 empty lines⟧ below" in alice.opens("/inbox").follows("New statement").text

    def test_a_letter_stands_there_in_full_and_a_book_is_folded(self, alice: Person, writes):
        writes("Letter", "\n".join(f"Line {number}" for number in range(40)))
        writes("Book", "word " * 4000)
        page = alice.opens("/inbox").follows("Letter")
        assert "Line 39" in page.text
        assert "Show all" not in page.text
        assert "Show all: 20,000 characters" in alice.opens("/inbox").follows("Book").text

    def test_an_endless_subject(self, alice: Person, writes):
        writes("x" * 3000)
        page = alice.opens("/inbox").follows("xxx")
        assert "2,800 more characters" in page.heading
        assert "Show all: 3,000 characters" in page.text

    def test_what_a_message_says_it_is_does_not_make_it_html(self, alice: Person, writes, wire):
        writes("New statement", "<b>bold</b>", type="html")
        wire.breaks(DETAIL, changed(lambda one: one.update(type="application/xhtml+xml")))
        page = alice.opens("/inbox").follows("New statement")
        assert "<b>bold</b>" in page.text
        assert "<iframe" not in page.html


class TestHtml:
    def test_it_stands_in_a_frame_that_may_do_nothing(self, alice: Person, writes):
        writes("Offer", "<p>Good <b>day</b></p>", type="html")
        page = alice.opens("/inbox").follows("Offer")
        assert 'sandbox="" ' in page.html
        assert "frame-src 'self'" in page.response.headers["Content-Security-Policy"]
        assert "Good" not in page.html, "nothing of it is in the page itself"
        frame = opens_frame(alice, page)
        assert '<p dir="auto">Good <b>day</b></p>' in frame.text
        for name, value in FRAME_HEADERS.items():
            assert frame.headers[name] == value
        assert frame.headers["Cache-Control"] == "no-store"
        policy = frame.headers["Content-Security-Policy"].split("; ")
        assert {"default-src 'none'", "style-src 'none'", "img-src 'none'", "sandbox"} <= set(policy)

    def test_only_the_page_of_a_message_has_frames(self, alice: Person):
        for path in ("/operations", "/inbox", "/history"):
            assert "frame-src" not in alice.opens(path).response.headers["Content-Security-Policy"]

    def test_nothing_is_left_that_loads_or_runs_or_leads_away(self, alice: Person, writes):
        attack = (
            "<script>alert(1)</script><img src=https://evil.example/1 srcset='//evil.example/2 2x' alt=P>"
            "<style>p { background: url(https://evil.example/3) }</style><p style='color: red' onclick=x()>Hi"
            "<meta http-equiv=refresh content='0; url=https://evil.example/4'><base href=https://evil.example/>"
            "<svg><image href=https://evil.example/5 /></svg><math><mi xlink:href=https://evil.example/6>m</math>"
            "<form action=https://evil.example/7><input name=pin></form><iframe src=https://evil.example/8></iframe>"
            "<a href=https://evil.example/9>https://bank.example</a>"
        )
        writes("Offer", attack, type="html")
        frame = opens_frame(alice, alice.opens("/inbox").follows("Offer"))
        content = frame.text.partition("<body>")[2]
        assert re.findall(r"evil\.example/\d?", content) == ["evil.example/9"]
        assert "https://bank.example <code>[<bdi>https://evil.example/9</bdi>]</code>" in content
        assert "[<bdi>picture: P</bdi>]" in content
        assert set(re.findall(r" (\w+)=", content)) == {"dir"}, "no attribute but the direction"
        for gone in ("script", "style", "meta", "svg", "math", "form", "iframe", "<a", "<img"):
            assert gone not in content

    @pytest.mark.parametrize("body", ["", "<img src=x>", "<script>x</script>", "x" * 200_000])
    def test_what_cannot_be_shown_is_said(self, alice: Person, writes, body):
        writes("Offer", body, type="html")
        page = alice.opens("/inbox").follows("Offer")
        assert "Nothing of this message can be shown here" in opens_frame(alice, page).text
        assert "Mark as read" in page.buttons

    def test_hidden_characters_are_marked_and_told_in_the_frame(self, alice: Person, writes):
        writes("Offer", "<p>to &#x202e;ecilA</p>", type="html")
        frame = opens_frame(alice, alice.opens("/inbox").follows("Offer"))
        assert "There are hidden characters in this message" in frame.text
        assert 'to <span class="mark">⟦U+202E⟧</span>ecilA' in frame.text
        writes("Honest", '<p>class="mark" to Alice</p>', type="html")
        frame = opens_frame(alice, alice.opens("/inbox").follows("Honest"))
        assert "hidden characters" not in frame.text

    def test_alone_in_a_window_the_page_around_it_comes(self, alice: Person, writes):
        message_id = writes("Offer", "<p>Hi</p>", type="html")
        page = alice.opens(f"/inbox/{message_id}")
        response = opens_frame(alice, page, **{"Sec-Fetch-Dest": "document"})
        assert (response.status_code, response.location) == (303, f"/inbox/{message_id}")
        assert opens_frame(alice, page, **{"Sec-Fetch-Dest": "iframe"}).status_code == 200

    def test_a_text_has_no_frame(self, alice: Person, writes):
        message_id = writes("New statement", "<p>Hi</p>")
        response = alice.browser.client.get(f"/inbox/{message_id}/body", base_url=ORIGIN)
        assert response.status_code == 404
        assert "<p>Hi</p>" not in response.text

    def test_what_breaks_between_page_and_frame_is_said_in_the_frame(self, alice: Person, writes, wire):
        writes("Offer", "<p>Hi</p>", type="html")
        page = alice.opens("/inbox").follows("Offer")
        wire.breaks(DETAIL, silence)
        frame = opens_frame(alice, page)
        assert frame.status_code == 503
        assert "did not give them" in frame.text
        assert frame.headers["X-Frame-Options"] == "SAMEORIGIN"


class TestBroken:
    @each_fault
    def test_its_page_says_so_and_leads_to_what_waits(self, alice: Person, bank, writes, wire, fault):
        message_id = writes("New statement")
        form = alice.opens("/inbox").fills("Mark all as read")
        payment = bank.offers("Alice", "payment")
        for path in (COUNT, LIST, DETAIL, READ, READ_ALL):
            wire.breaks(path, fault)
        for page in (alice.opens("/inbox"), alice.opens(f"/inbox/{message_id}"), form.is_sent()):
            assert (page.status, page.heading) == (503, BROKEN)
            assert page.response.headers["Retry-After"]
            assert "nothing to do with your operations" in page.text
            assert "New statement" not in page.text
        assert "Payment" in page.follows("Waiting operations").text
        assert alice.approves(payment).heading == "Approved"
        assert bank.status(payment) == "APPROVED"
        assert alice.failed_attempts == 0
        wire.is_mended()
        assert "New statement" in page.follows("Try again").text

    @each_fault
    def test_it_breaks_while_a_payment_is_approved(self, alice: Person, bank, writes, wire, fault):
        writes("New statement")
        payment = bank.offers("Alice", "payment")
        form = alice.reads_screens(payment).fills("Approve", pin=alice.pin)
        for path in (COUNT, LIST, DETAIL):
            wire.breaks(path, fault)
        asks_count(alice)
        alice.opens("/inbox")
        assert form.is_sent().heading == "Approved"
        assert len(wire.sent("/operation/authorize")) == 1

    def test_one_code_for_two_things_is_told_apart_by_the_count(self, alice: Person, writes, wire):
        message_id = writes("New statement")
        wire.breaks(DETAIL, error(400, "INBOX_FAILED"))
        assert alice.opens(f"/inbox/{message_id}").heading == "There is no such message"
        wire.breaks(COUNT, error(400, "INBOX_FAILED"))
        assert alice.opens(f"/inbox/{message_id}").heading == BROKEN

    def test_a_token_that_the_server_forgot_is_made_anew(self, alice: Person, writes, wire):
        writes("New statement")
        alice.opens()
        wire.breaks(LIST, error(401, "POWERAUTH_AUTH_FAIL"), times=1)
        assert "New statement" in alice.opens("/inbox").text

    def test_nothing_of_a_message_is_in_the_log(self, alice: Person, writes, wire, caplog, capsys):
        caplog.set_level("DEBUG")
        writes("canary-subject", "canary-body", summary="canary-summary")
        page = alice.opens("/inbox").follows("canary-subject")
        wire.breaks(READ, changed(lambda _one: None))
        page.submits("Mark as read")
        wire.breaks(LIST, changed(lambda one: one.update(id=7)))
        alice.opens("/inbox")
        logged = caplog.text + "".join(capsys.readouterr())
        assert "/inbox" in logged
        assert "canary" not in logged
