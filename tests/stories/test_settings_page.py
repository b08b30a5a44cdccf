"""What Alice can know of her activation, and what every page does when it does not stand as it should."""

import json
from datetime import UTC, datetime

import pytest

from tests.support.backup import TABLES, Backup, rows_of
from tests.support.people import Person
from tests.support.site import make_settings
from tests.support.wire import error, refused, silence
from webapp.app import create_app
from webapp.mtoken.transport import HttpResponse, Request, Transport

STATUS = "/activation/status"
HISTORY = "/operation/history"
PHONE = "+420 800 123 456"
ASKING = ["/operations", "/operations/0123", "/history", "/settings", "/settings/pin", "/settings/remove"]
"""Pages that ask the bank how things stand."""


@pytest.fixture
def site(tmp_path, database_url, sandbox, wire, elsewhere, clock):
    settings = make_settings(
        tmp_path, sandbox.sdk_configuration(), support_phone=PHONE, database_url=database_url
    )
    site = create_app(settings, transport=wire, public_transport=elsewhere, clock=clock)
    yield site
    site.extensions["assent"].custody.close()


class TestThePage:
    def test_says_what_there_is_to_know(self, alice: Person, bank):
        digits = bank.activation(alice.activation_id)["devicePublicKeyFingerprint"]
        page = alice.opens().follows("Settings")
        assert page.path == "/settings"
        for said in ("Alice's laptop", "Active", "5 of 5", "PowerAuth 3.3", "Not yet", alice.activation_id):
            assert said in page.text
        assert f"{digits[:4]} {digits[4:]}" in page.text
        assert "This one alone" in page.text

    def test_says_when_it_was_last_used(self, alice: Person, bank, clock):
        clock.advance(3600)
        alice.approves(bank.offers("Alice", "payment"))
        used = clock.now_ms()
        clock.advance(7200)
        page = alice.opens("/settings")
        assert f'datetime="{_iso(used)}"' in page.html

    def test_says_how_many_attempts_are_left_as_the_bank_knows_it(self, alice: Person, bank):
        alice.approves(bank.offers("Alice", "payment"), alice.wrong_pin)
        assert "4 of 5" in alice.opens("/settings").text
        bank.blocks(alice.activation_id)
        bank.unblocks(alice.activation_id)
        assert "5 of 5" in alice.opens("/settings").text

    def test_says_that_one_attempt_is_the_last(self, alice: Person, bank):
        for _ in range(4):
            alice.approves(bank.offers("Alice", "payment"), alice.wrong_pin)
        page = alice.opens("/settings")
        assert "1 of 5" in page.text
        assert "blocks this browser" in page.text

    @pytest.mark.parametrize("fault", [refused, silence, error(500, "ERROR_GENERIC")])
    def test_without_the_bank_it_says_what_is_known_here(self, alice: Person, bank, wire, fault):
        digits = bank.activation(alice.activation_id)["devicePublicKeyFingerprint"]
        wire.breaks(STATUS, fault)
        page = alice.opens("/settings")
        assert page.status == 200
        assert "cannot be asked now" in page.text
        assert "Not known now" in page.text
        assert "of 5" not in page.text
        assert digits[:4] in page.text

    def test_a_name_stays_a_name_whatever_is_in_it(self, newcomer: Person, bank):
        offer = bank.gives_code("Alice")
        newcomer.enrols(offer.code, name="<b>x</b>\u202e")
        bank.commits(offer.activation_id)
        page = newcomer.opens("/settings")
        assert "<b>x</b>" not in page.html
        assert "\u202e" not in page.html

    def test_a_stranger_has_no_settings(self, browse):
        for path in ("/settings", "/settings/pin", "/settings/remove"):
            page = browse().opens(path)
            assert page.status == 403
            assert any("Enrol" in link for link in page.links)

    def test_it_shows_nothing_of_somebody_else(self, alice: Person, bob: Person):
        page = alice.opens("/settings")
        assert bob.activation_id not in page.html
        assert "Bob" not in page.html


class TestCopiedCookies:
    def test_one_press_makes_every_copy_worthless(self, alice: Person, browse, bank):
        thief = browse()
        for name in ("__Host-sid", "__Host-key"):
            thief.client.set_cookie(name, alice.browser.cookie(name))
        assert thief.opens("/operations").status == 200
        page = alice.opens("/settings").submits("End all copies")
        assert "Copies are worthless now" in page.text
        assert thief.opens("/operations").status == 403
        payment = bank.offers("Alice", "payment")
        assert alice.approves(payment).heading == "Approved", "this browser goes on as before"

    def test_a_lost_answer_locks_nobody_out(self, alice: Person):
        form = alice.opens("/settings").fills("End all copies")
        sid = alice.browser.cookie("__Host-sid")
        for _ in range(2):
            alice.browser.client.post(form.action, data=form.values, base_url="https://localhost")
            alice.browser.client.set_cookie("__Host-sid", sid)
        assert alice.opens("/settings").status == 200
        assert "Copies are worthless now" in alice.opens("/settings").submits("End all copies").text

    def test_no_link_can_do_it(self, alice: Person):
        assert alice.opens("/settings/copies").status == 405
        page = alice.browser.posts("/settings/copies", {})
        assert page.status == 400
        assert alice.opens("/settings").status == 200


class TestAnActivationThatIsNotActive:
    @pytest.mark.parametrize("path", ASKING)
    def test_blocked_leads_to_one_page_and_is_kept(self, alice: Person, bank, path):
        bank.blocks(alice.activation_id)
        page = alice.opens(path)
        assert (page.path, page.status) == ("/activation", 403)
        assert "blocked" in page.heading
        assert PHONE in page.text
        assert any("Forget this browser" in link for link in page.links)
        bank.unblocks(alice.activation_id)
        payment = bank.offers("Alice", "payment")
        assert alice.approves(payment).heading == "Approved", "what it needs was kept"

    @pytest.mark.parametrize("path", ASKING)
    def test_removed_leads_to_one_page_and_is_erased(self, alice: Person, bank, path, rows):
        bank.removes(alice.activation_id)
        page = alice.opens(path)
        assert (page.path, page.status) == ("/activation", 410)
        assert "no longer enrolled" in page.heading
        assert PHONE in page.text
        assert "Settings" not in page.links
        assert any("Enrol" in link for link in page.links)
        assert alice.browser.cookie("__Host-key") is None
        assert rows() == dict.fromkeys(TABLES, 0)

    def test_removed_is_told_again_on_every_page_until_she_enrols_anew(self, alice: Person, bank):
        bank.removes(alice.activation_id)
        for path in ("/operations", "/activation", "/history", "/operations/0123", "/inbox", "/settings"):
            page = alice.opens(path)
            assert page.path == "/activation"
            assert "no longer enrolled" in page.heading
        assert alice.opens("/").path == "/"
        alice.is_enrolled()
        assert alice.opens("/operations").path == "/operations"

    def test_removed_while_an_approval_is_under_way(self, alice: Person, bank, rows):
        form = alice.opens_operation(bank.offers("Alice", "payment")).fills("Approve", pin=alice.pin)
        bank.removes(alice.activation_id)
        page = form.is_sent()
        assert "no longer enrolled" in page.heading
        page = page.follows("How this browser stands")
        assert (page.path, page.status) == ("/activation", 410)
        assert rows()["activations"] == 0

    @pytest.mark.parametrize("path", ASKING)
    def test_unknown_to_the_bank_leads_to_one_page_and_is_kept(self, alice: Person, wire, path):
        wire.breaks(STATUS, _noise)
        wire.breaks("/operation/list", error(401, "POWERAUTH_AUTH_FAIL"))
        wire.breaks("/operation/detail", error(401, "POWERAUTH_AUTH_FAIL"))
        page = alice.opens(path)
        assert (page.path, page.status) == ("/activation", 502)
        assert "does not say" in page.heading
        assert PHONE in page.text
        wire.is_mended()
        assert alice.opens("/operations").path == "/operations"

    def test_unknown_to_the_bank_while_an_answer_is_under_way(self, alice: Person, bank, wire):
        forms = [
            alice.opens_operation(bank.offers("Alice", "payment")).fills("Approve", pin=alice.pin),
            alice.opens("/history").fills("Show the history", pin=alice.pin),
            alice.opens("/settings/pin").fills("Change the PIN", old=alice.pin, pin="3691", pin_again="3691"),
            alice.opens("/settings/remove").fills("Remove this browser", pin=alice.pin),
        ]
        wire.breaks(STATUS, _noise)
        for path in ("/operation/detail", HISTORY, "/signature/validate", "/activation/remove"):
            wire.breaks(path, error(401, "POWERAUTH_AUTH_FAIL"))
        for form in forms:
            page = form.is_sent()
            assert (page.path, page.status) == ("/activation", 502)

    @pytest.mark.parametrize("path", ["/settings", "/settings/pin", "/history"])
    def test_out_of_sync_leads_to_one_page_and_is_kept(self, alice: Person, bank, tmp_path, path):
        backup = Backup(tmp_path / "assent.sqlite")
        for _ in range(25):
            alice.rejects(bank.offers("Alice", "consent"))
        backup.is_put_back()
        page = alice.opens(path)
        assert (page.path, page.status) == ("/activation", 409)
        assert "enrolled again" in page.heading
        assert PHONE in page.text
        assert any("Forget this browser" in link for link in page.links)
        assert alice.browser.cookie("__Host-key")

    def test_pending_leads_to_the_digits_and_moves_on(self, newcomer: Person, bank):
        offer = bank.gives_code("Alice")
        newcomer.enrols(offer.code)
        for path in ("/settings", "/settings/pin", "/operations", "/history"):
            page = newcomer.opens(path)
            assert page.path == "/activation"
            assert "Compare these digits" in page.heading
        bank.commits(offer.activation_id)
        assert newcomer.opens("/activation").path == "/operations"


def _iso(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms // 1000, UTC).isoformat()


def _noise(request: Request, transport: Transport) -> HttpResponse:
    """The server does not know the activation: a blob of random bytes."""
    answer = transport.send(request)
    content = json.loads(answer.body)
    content["responseObject"]["encryptedStatusBlob"] = "A" * 43 + "="
    return HttpResponse(answer.status, answer.headers, json.dumps(content).encode())


@pytest.fixture
def rows(database_url):
    """How many rows each table of the site's database has."""
    return lambda: rows_of(database_url)
