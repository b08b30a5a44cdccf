"""Guessing is slowed down: nothing is sent, nothing is lost, and people read when they may go on."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.stories.test_ways_in import CREDENTIALS
from tests.support.browser import ORIGIN, Browser, Page
from tests.support.people import Person
from tests.support.site import make_settings
from tests.support.wire import answer_lost, refused
from webapp import rates
from webapp.app import create_app
from webapp.flows.policy import Policy
from webapp.flows.ways_in import WaysIn

AUTHORIZE = "/operation/authorize"
CREATE = "/activation/create"
CLAIM = "/detail/claim"
HISTORY = "/operation/history"
WRONG_CODE = "MMMMM-MMMMM-MMMMM-MUTOA"
RECOVERY = {"code": "VVVVV-VVVVV-VVVVV-VTFVA", "puk": "0123456789"}
LIMITS = (
    "pin.activation:2/day, pin.address:5/day, enrol.address:2/hour, credentials.address:3/hour,"
    "credentials.person:2/hour, recovery.address:3/hour, recovery.code:2/day, claim.activation:2/hour,"
    "scan.address:4/minute, scan.browser:2/minute, shared.address:1/minute, pictures.browser:1/minute"
)


@pytest.fixture
def site(tmp_path, database_url, sandbox, wire, elsewhere, clock) -> Iterator[Flask]:
    """A strict one, with every way in."""
    settings = make_settings(
        tmp_path,
        sandbox.sdk_configuration(),
        database_url=database_url,
        policy=Policy(ways=WaysIn(credentials=CREDENTIALS, recovery=True)),
        rates=rates.read(LIMITS),
    )
    site = create_app(settings, transport=wire, public_transport=elsewhere, clock=clock)
    yield site
    site.extensions["assent"].custody.close()


@pytest.fixture
def browse_from(site):
    """Make browsers elsewhere in the world."""

    def browse_from(address: str) -> Browser:
        client = site.test_client()
        client.environ_base["REMOTE_ADDR"] = address
        return Browser(client)

    return browse_from


def assert_refused(page: Page, minutes: int, words: str = "Too many tries") -> None:
    assert page.status == 429
    assert words in f"{page.heading} {page.text}"
    assert (minutes - 1) * 60 < int(page.response.headers["Retry-After"]) <= minutes * 60
    if minutes > 120:
        assert f"Wait {minutes // 60} hours." in page.text
    elif minutes > 1:
        assert f"Wait {minutes} minutes." in page.text
    assert "Cache-Control" in page.response.headers


class TestPins:
    def test_after_so_many_wrong_ones_nothing_more_is_sent(self, alice: Person, bank, wire, clock):
        payment = bank.offers("Alice", "payment")
        for _ in range(2):
            assert alice.approves(payment, alice.wrong_pin).status == 422
        sent = len(wire.sent(AUTHORIZE))
        page = alice.approves(payment, alice.wrong_pin)
        assert_refused(page, 12 * 60)
        assert "was not sent" in page.text
        assert len(wire.sent(AUTHORIZE)) == sent
        assert alice.failed_attempts == 2, "no attempt was spent"
        assert bank.status(payment) == "PENDING"
        clock.advance(12 * 3600)
        payment = bank.offers("Alice", "payment")
        assert alice.approves(payment).heading == "Approved"

    def test_the_form_that_was_refused_can_be_sent_again(self, alice: Person, bank):
        for _ in range(2):
            alice.approves(bank.offers("Alice", "login"), alice.wrong_pin)
        again = alice.approves(bank.offers("Alice", "login"))
        assert_refused(again, 12 * 60)
        assert "Approve" in again.buttons
        assert "pin" in again.fields
        assert not again.value("pin")

    def test_the_right_pin_never_meets_it(self, alice: Person, bank):
        for _ in range(6):
            assert alice.approves(bank.offers("Alice", "payment")).heading == "Approved"

    def test_a_right_pin_in_between_does_not_make_room_for_guesses(self, alice: Person, bank):
        """The bank's own count starts anew with every right PIN, which would help a thief beside a person."""
        payment = bank.offers("Alice", "payment")
        alice.approves(payment, alice.wrong_pin)
        alice.approves(payment)
        assert alice.failed_attempts == 0
        alice.approves(bank.offers("Alice", "payment"), alice.wrong_pin)
        assert alice.approves(bank.offers("Alice", "payment"), alice.wrong_pin).status == 429

    def test_what_cannot_be_a_pin_is_not_counted(self, alice: Person, bank):
        payment = bank.offers("Alice", "payment")
        for _ in range(5):
            assert alice.approves(payment, "12").status == 422
        assert alice.approves(payment).heading == "Approved"

    def test_what_was_not_sent_is_not_counted(self, alice: Person, bank, wire):
        wire.breaks(AUTHORIZE, refused)
        for _ in range(5):
            alice.approves(bank.offers("Alice", "payment"))
        wire.is_mended()
        assert alice.approves(bank.offers("Alice", "payment")).heading == "Approved"

    def test_what_was_not_signed_is_not_counted(self, ready: Person, device, bank, wire):
        """A passkey's answer that cannot be right is refused here, under the lease."""
        payment = bank.offers("Alice", "payment")
        for _ in range(4):
            page = ready.opens_operation(payment)
            answer = device.confirms(page, answer={"signature": "AAAA"})
            assert page.submits("Approve", **answer).status == 422
        assert not wire.sent(AUTHORIZE)
        assert ready.approves(payment).heading == "Approved"

    @pytest.mark.parametrize(
        ("damage", "repair"),
        [
            (
                "UPDATE audit_heads SET ordinal = ordinal + 70",
                "UPDATE audit_heads SET ordinal = ordinal - 70",
            ),
            ("ALTER TABLE audit_entries RENAME TO away", "ALTER TABLE away RENAME TO audit_entries"),
        ],
        ids=["changed", "gone"],
    )
    def test_what_could_not_be_written_down_is_not_counted(self, alice: Person, bank, site, damage, repair):
        payment = bank.offers("Alice", "payment")
        store = site.extensions["assent"].audit.trail._store

        def does(statement: str) -> None:
            with store._writing.begin() as connection:
                connection.exec_driver_sql(statement)

        does(damage)
        for _ in range(4):
            assert alice.approves(payment).status == 503
            asked = alice.opens("/history").submits("Show the history", pin=alice.pin)
            assert asked.status == 503
        does(repair)
        assert alice.approves(payment).heading == "Approved"

    def test_a_standing_that_stops_everything_is_not_counted(self, alice: Person, bank, site, wire):
        """It is found out under the lease, right before something would be signed."""
        payment = bank.offers("Alice", "payment")
        forms = [alice.opens_operation(payment).fills("Approve", pin=alice.pin) for _ in range(4)]
        bank.blocks(alice.activation_id)
        for form in forms:
            site.extensions["assent"].upstream.note_doubt(alice.activation_id)
            assert form.is_sent().heading == "This browser is blocked"
        bank.unblocks(alice.activation_id)
        assert not wire.sent(AUTHORIZE)
        assert alice.approves(payment).heading == "Approved"

    def test_a_lost_answer_counts_because_it_may_have_been_a_wrong_pin(self, alice: Person, bank, wire):
        wire.breaks(AUTHORIZE, answer_lost)
        for _ in range(2):
            alice.approves(bank.offers("Alice", "payment"), alice.wrong_pin)
        wire.is_mended()
        assert alice.approves(bank.offers("Alice", "payment")).status == 429

    def test_all_that_asks_for_the_pin_counts_together(self, alice: Person, bank, wire):
        alice.opens("/settings/pin").submits(
            "Change the PIN", old=alice.wrong_pin, pin="864201", pin_again="864201"
        )
        alice.opens("/history").submits("Show the history", pin=alice.wrong_pin)
        sent = len(wire.requests)
        page = alice.opens("/settings/remove")
        asked = len(wire.requests) - sent
        page = page.submits("Remove this browser", pin=alice.wrong_pin)
        assert_refused(page, 12 * 60)
        assert len(wire.requests) - sent <= 2 * asked + 1, "only how the activation stands was asked for"
        assert not wire.sent("/activation/remove")
        history = alice.opens("/history").submits("Show the history", pin=alice.pin)
        assert_refused(history, 12 * 60)
        assert alice.failed_attempts == 2

    def test_rejecting_is_always_possible(self, alice: Person, bank):
        payment = bank.offers("Alice", "payment")
        for _ in range(3):
            alice.approves(payment, alice.wrong_pin)
        assert alice.rejects(payment).heading == "Rejected"

    def test_another_person_at_the_same_address_has_tries_of_their_own(
        self, alice: Person, bob: Person, bank
    ):
        for _ in range(3):
            alice.approves(bank.offers("Alice", "payment"), alice.wrong_pin)
        assert bob.approves(bank.offers("Bob", "payment"), bob.wrong_pin).status == 422
        assert bob.approves(bank.offers("Bob", "payment")).heading == "Approved"


class TestEnrolling:
    def test_wrong_codes_are_slowed_down_and_the_form_stays(self, newcomer: Person, wire, clock, bank):
        for _ in range(2):
            assert newcomer.enrols(WRONG_CODE).status == 422
        sent = len(wire.requests)
        offer = bank.gives_code("Alice")
        page = newcomer.enrols(offer.code)
        assert_refused(page, 30)
        assert len(wire.requests) == sent
        assert page.value("code") == offer.code
        assert page.value("name") == "Alice's laptop"
        clock.advance(1800)
        code = bank.gives_code("Alice").code
        page = page.submits("Enrol", code=code, pin=newcomer.pin, pin_again=newcomer.pin)
        assert page.path == "/activation"

    def test_a_code_that_never_left_is_not_counted(self, newcomer: Person, bank, wire):
        code = bank.gives_code("Alice").code
        wire.breaks(CREATE, refused)
        for _ in range(3):
            assert newcomer.enrols(code).status == 503
        wire.is_mended()
        assert newcomer.enrols(code).path == "/activation"

    def test_a_branch_that_enrols_many_people_never_meets_it(self, bank, browse):
        for number in range(5):
            Person(f"Customer {number}", bank, browse()).is_enrolled()

    def test_whoever_moves_within_a_network_stays_the_same(self, bank, browse_from):
        for address in ("2001:db8:1:2::1", "2001:db8:1:2:3:4:5:6%eth0"):
            assert Person("Eve", bank, browse_from(address)).enrols(WRONG_CODE).status == 422
        assert Person("Eve", bank, browse_from("2001:db8:1:2::6")).enrols(WRONG_CODE).status == 429
        assert Person("Eve", bank, browse_from("2001:db8:1:3::6")).enrols(WRONG_CODE).status == 422
        assert Person("Eve", bank, browse_from("::ffff:192.0.2.1")).enrols(WRONG_CODE).status == 422
        assert Person("Eve", bank, browse_from("192.0.2.1")).enrols(WRONG_CODE).status == 422
        assert Person("Eve", bank, browse_from("192.0.2.1")).enrols(WRONG_CODE).status == 429

    def test_the_puk_of_one_code_cannot_be_guessed_from_many_addresses(self, bank, browse_from, wire):
        statuses = []
        for number in range(4):
            page = browse_from(f"192.0.2.{number}").opens("/activation/recovery")
            typed = {"name": "Eve", "pin": "2580", "pin_again": "2580"}
            statuses.append(page.submits("Enrol", **RECOVERY, **typed).status)
        assert statuses == [422, 422, 429, 429]
        assert len(wire.sent(CREATE)) == 2

    def test_the_password_of_one_person_cannot_be_guessed_from_many_addresses(self, browse_from, wire):
        def guesses(number: int, user: str) -> Page:
            page = browse_from(f"192.0.2.{number}").opens("/activation/credentials")
            typed = {"name": "Eve", "pin": "2580", "pin_again": "2580", "credential-username": user}
            return page.submits("Enrol", **typed, **{"credential-password": f"guess {number}"})

        assert [guesses(number, "alice").status for number in range(3)] == [422, 422, 429]
        refused_page = guesses(7, "alice")
        assert_refused(refused_page, 30)
        assert refused_page.value("credential-username") == "alice"
        assert not refused_page.value("credential-password")
        assert guesses(8, "bob").status == 422
        assert len(wire.sent(CREATE)) == 3


class TestClaims:
    def test_operations_of_others_cannot_be_fished_for(self, alice: Person, bob: Person, bank, wire):
        pages = []
        for _ in range(3):
            kiosk = str(bank.offers(None, "login_kiosk"))
            page = alice.opens_operation(kiosk)
            bob.opens_operation(kiosk).submits("Take it over")
            pages.append(page.submits("Take it over"))
        assert [page.status for page in pages[:2]] != [429, 429]
        assert_refused(pages[2], 30)
        assert len(wire.sent(CLAIM)) == 3 + 2

    def test_whoever_takes_over_what_is_free_never_meets_it(self, alice: Person, bank):
        for _ in range(5):
            kiosk = str(bank.offers(None, "login_kiosk"))
            assert alice.opens_operation(kiosk).submits("Take it over").status == 200

    def test_what_never_left_is_not_counted(self, alice: Person, bank, wire):
        kiosk = str(bank.offers(None, "login_kiosk"))
        page = alice.opens_operation(kiosk)
        wire.breaks(CLAIM, refused)
        for _ in range(4):
            assert page.submits("Take it over").status == 503
        wire.is_mended()
        assert page.submits("Take it over").status == 200


class TestCoarse:
    def scans(self, browser: Browser) -> Page:
        return browser.opens("/scan").submits("Read the text", text="nothing of use")

    def test_the_scanner_says_when_to_come_again(self, newcomer: Person):
        browser = newcomer.browser
        statuses = [self.scans(browser).status for _ in range(4)]
        assert statuses == [422] * 4
        page = self.scans(browser)
        assert_refused(page, 1, "Too many requests")
        assert page.heading == "Scan a code", "the scanner is there again"

    def test_an_enrolled_browser_has_a_limit_of_its_own(self, alice: Person):
        assert [self.scans(alice.browser).status for _ in range(3)] == [422, 422, 429]

    def test_another_address_has_another_count(self, newcomer: Person, browse_from):
        for _ in range(5):
            self.scans(newcomer.browser)
        assert self.scans(browse_from("192.0.2.1")).status == 422

    def test_a_page_of_words_where_nothing_better_is_there(self, newcomer: Person):
        pages = [newcomer.browser.posts("/scan/shared", {"text": "x"}) for _ in range(2)]
        assert_refused(pages[1], 1, "Too many requests")
        assert "send it again" in pages[1].text

    def test_pictures_are_limited_per_browser(self, alice: Person, bank):
        operation = bank.offers("Alice", "payment_invoice")
        path = f"/operations/{operation}/pictures/0"
        statuses = [alice.browser.client.get(path, base_url=ORIGIN).status_code for _ in range(2)]
        assert statuses == [404, 429]


def test_a_limit_tells_nobody_whom_it_meets(alice: Person, bank, log_lines, tmp_path, browse_from):
    eve = browse_from("203.0.113.99")
    for _ in range(5):
        eve.opens("/scan").submits("Read the text", text="nothing of use")
        Person("Eve", bank, eve).enrols(WRONG_CODE)
    for _ in range(3):
        alice.approves(bank.offers("Alice", "payment"), alice.wrong_pin)
    # On a server of another machine there is no file to look into; tests/custody looks into the rows.
    stolen = b"".join(path.read_bytes() for path in tmp_path.glob("assent.sqlite*"))
    for secret in ("203.0.113.99", WRONG_CODE):
        assert secret not in log_lines.getvalue()
        assert secret.encode() not in stolen
    assert '"too_many_tries"' in log_lines.getvalue(), "the operator learns that there was somebody"
    assert '"limits": ["pin.address", "pin.activation"]' in log_lines.getvalue(), "and at which limit"
    assert '"route": "/scan", "event": "limited"' in log_lines.getvalue()
