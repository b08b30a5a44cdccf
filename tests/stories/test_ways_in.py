"""Other ways to an activation: each only if the operator wants it, and the bank checks what it gets."""

import re
from urllib.parse import parse_qsl, urlencode, urlsplit

import html5lib
import pytest

from tests.support.bank import Bank
from tests.support.browser import Browser, Page
from tests.support.people import Person
from tests.support.site import make_settings
from tests.support.wire import answer_lost, error, html_page_with_200, refused
from webapp.app import create_app
from webapp.flows.policy import Policy
from webapp.flows.ways_in import CredentialField, OtpRule, WaysIn

CREATE = "/activation/create"
CONFIGURATION = "/api/config/oidc"
CREDENTIALS = (
    CredentialField("username", "User name"),
    CredentialField("password", "Password", is_secret=True),
)
RETURN = "https://localhost/activation/sign-in/return"
PROVIDER = {
    "providerId": "sandbox",
    "clientId": "assent",
    "clientSecret": "a secret between bank and provider",
    "scopes": "openid",
    "issuerUri": "https://login.bank.example",
    "authorizeUri": "https://login.bank.example/authorize",
    "redirectUri": RETURN,
    "pkceEnabled": True,
}


@pytest.fixture
def with_ways(tmp_path, sandbox, wire, clock, bank):
    """Alice, not enrolled, at a site with these ways in."""

    def newcomer(**ways) -> Person:
        settings = make_settings(tmp_path, sandbox.sdk_configuration(), policy=Policy(ways=WaysIn(**ways)))
        site = create_app(settings, transport=wire, clock=clock)
        return Person("Alice", bank, Browser(site.test_client()))

    return newcomer


def configures(bank: Bank, key: str, *values: object) -> None:
    asked = {"applicationId": bank.application, "key": key, "values": list(values)}
    bank.admin("/application/config/create", asked)


def browsers_of(bank: Bank, user_id: str) -> list[str]:
    """How the bank's list says that this person's browsers stand."""
    found = bank.admin("/activation/list", {"userId": user_id})["activations"]
    return [one["activationStatus"] for one in found]


@pytest.mark.parametrize(
    "path",
    ["credentials", "recovery", "sign-in", "sign-in/return?code=x&state=y", "sign-in/finish"],
)
def test_a_way_that_is_not_open_is_not_there(newcomer: Person, path):
    assert newcomer.opens(f"/activation/{path}").status == 404
    page = newcomer.opens("/activation/new")
    assert "Other ways" not in page.text
    assert "otp" not in page.fields


def test_every_way_leads_to_every_other_one(with_ways):
    alice = with_ways(credentials=CREDENTIALS, recovery=True, oidc_provider="sandbox")
    for path in ("new", "credentials", "recovery", "sign-in"):
        page = alice.opens(f"/activation/{path}")
        assert page.status == 200
        others = [
            words
            for words in ("With an activation code", "signing in", "knows you by", "recovery code")
            if any(words in link for link in page.links)
        ]
        assert len(others) == 3


class TestAOneTimePassword:
    @pytest.fixture
    def alice(self, with_ways) -> Person:
        return with_ways(otp=OtpRule.REQUIRED)

    def test_goes_along_with_the_code(self, alice: Person, bank):
        offer = bank.gives_code("Alice", commitPhase="ON_KEY_EXCHANGE", activationOtp="4711-OTP")
        page = alice.enrols(offer.code, otp=" 4711-OTP ")
        assert page.path == "/operations"
        assert bank.activation(offer.activation_id)["activationStatus"] == "ACTIVE"

    def test_is_what_a_phone_fills_in_from_a_text_message(self, alice: Person):
        page = alice.opens("/activation/new")
        found = re.findall(r"<input[^>]*one-time-code[^>]*>", page.html)
        (filled_in,) = (one for one in found if "input--pin" not in one)
        assert 'name="otp"' in filled_in

    def test_that_is_missing_is_asked_for(self, alice: Person, bank, wire):
        offer = bank.gives_code("Alice", commitPhase="ON_KEY_EXCHANGE", activationOtp="4711-OTP")
        page = alice.enrols(offer.code)
        assert page.status == 422
        assert "Enter the one-time password" in page.text
        assert page.value("code") == offer.code
        assert not wire.requests

    def test_that_is_wrong_leaves_the_code_good(self, alice: Person, bank):
        offer = bank.gives_code("Alice", commitPhase="ON_KEY_EXCHANGE", activationOtp="4711-OTP")
        page = alice.enrols(offer.code, otp="4712-OTP")
        assert page.status == 422
        assert "one-time password" in page.text
        assert page.value("otp") == "", "it is never put back"
        assert "4712-OTP" not in page.html
        assert alice.enrols(offer.code, otp="4711-OTP").path == "/operations"

    def test_that_is_wrong_too_often_uses_the_code_up(self, alice: Person, bank):
        offer = bank.gives_code("Alice", commitPhase="ON_KEY_EXCHANGE", activationOtp="4711-OTP")
        for _ in range(5):
            assert alice.enrols(offer.code, otp="4712-OTP").status == 422
        assert alice.enrols(offer.code, otp="4711-OTP").status == 422
        assert bank.activation(offer.activation_id)["activationStatus"] == "REMOVED"

    def test_is_not_asked_of_everybody_where_it_is_optional(self, with_ways, bank):
        alice = with_ways(otp=OtpRule.OPTIONAL)
        offer = bank.gives_code("Alice")
        assert alice.enrols(offer.code).path == "/activation"
        assert bank.activation(offer.activation_id)["activationStatus"] == "PENDING_COMMIT"

    def test_that_the_bank_wants_at_its_commit_is_announced(self, with_ways, bank):
        alice = with_ways(otp=OtpRule.OPTIONAL)
        offer = bank.gives_code("Alice", commitPhase="ON_COMMIT", activationOtp="4711-OTP")
        page = alice.enrols(offer.code)
        assert page.path == "/activation"
        assert "one-time password" in page.text
        bank.admin("/activation/commit", {"activationId": offer.activation_id, "activationOtp": "4711-OTP"})
        assert alice.opens("/activation").path == "/operations"


class TestCredentials:
    @pytest.fixture
    def alice(self, with_ways, bank) -> Person:
        attributes = {"username": "alice", "password": "open sesame"}
        configures(bank, "sandbox_customers", {"userId": "Alice", "attributes": attributes, "commit": True})
        return with_ways(credentials=CREDENTIALS)

    def enrols(self, alice: Person, **fields: str) -> Page:
        page = alice.opens("/activation/new").follows("knows you by")
        wanted = {"credential-username": "alice", "credential-password": "open sesame"}
        pins = {"name": "Alice's laptop", "pin": alice.pin, "pin_again": alice.pin}
        return page.submits("Enrol", **{**wanted, **pins, **fields})

    def test_prove_who_asks(self, alice: Person, bank):
        assert self.enrols(alice).path == "/operations"
        assert browsers_of(bank, "Alice") == ["ACTIVE"]
        payment = bank.offers("Alice", "payment")
        assert alice.approves(payment).heading == "Approved"

    def test_wait_for_the_bank_where_it_wants_that(self, with_ways, bank):
        attributes = {"username": "alice", "password": "open sesame"}
        configures(bank, "sandbox_customers", {"userId": "Alice", "attributes": attributes})
        alice = with_ways(credentials=CREDENTIALS)
        page = self.enrols(alice)
        assert page.path == "/activation"
        assert "Compare these digits" in page.heading

    def test_that_are_wrong_enrol_nobody(self, alice: Person, bank):
        page = self.enrols(alice, **{"credential-password": "open barley"})
        assert page.status == 422
        assert "does not take these details" in page.text
        assert page.value("credential-username") == "alice"
        assert page.value("credential-password") == ""
        assert "open barley" not in page.html
        assert browsers_of(bank, "Alice") == []
        assert self.enrols(alice).path == "/operations"

    @pytest.mark.parametrize("name", ["credential-username", "credential-password"])
    @pytest.mark.parametrize("typed", ["", "  "])
    def test_that_are_missing_are_asked_for(self, alice: Person, wire, name, typed):
        page = self.enrols(alice, **{name: typed})
        assert page.status == 422
        assert "Fill this in" in page.text
        assert not wire.requests

    def test_fields_that_nobody_asked_for_are_not_sent(self, alice: Person, bank):
        page = alice.opens("/activation/credentials")
        filled = page.fills(
            "Enrol",
            **{"credential-username": "alice", "credential-password": "open sesame"},
            name="x",
            pin=alice.pin,
            pin_again=alice.pin,
        )
        filled.values["credential-role"] = "admin"
        assert filled.is_sent().path == "/operations"

    @pytest.mark.parametrize(("pin", "said"), [("1234", "in a row"), ("2412", "date"), ("", "at least 4")])
    def test_do_not_replace_a_good_pin(self, alice: Person, wire, pin, said):
        page = self.enrols(alice, pin=pin, pin_again=pin)
        assert page.status == 422
        assert said in page.text
        assert not wire.requests

    def test_a_stale_form_keeps_what_is_no_secret(self, alice: Person):
        page = self.enrols(alice, csrf_token="x")
        assert page.status == 400
        assert page.value("credential-username") == "alice"
        assert page.value("credential-password") == ""

    def test_when_the_answer_is_lost_nobody_claims_anything(self, alice: Person, wire, bank):
        wire.breaks(CREATE, answer_lost, times=1)
        page = self.enrols(alice)
        assert page.status == 504
        assert "may list it all the same" in page.text

    def test_when_the_bank_is_down_nothing_was_sent(self, alice: Person, wire):
        wire.breaks(CREATE, refused)
        page = self.enrols(alice)
        assert page.status == 503
        assert "Nothing was sent" in page.text
        assert "code is still good" not in page.text

    def test_secrets_stand_in_no_log_and_no_database(self, alice: Person, tmp_path, log_lines):
        self.enrols(alice, **{"credential-password": "canary-in-the-password"})
        self.enrols(alice)
        database = b"".join(path.read_bytes() for path in tmp_path.glob("assent.sqlite*"))
        for secret in (b"canary-in-the-password", b"open sesame"):
            assert secret not in log_lines.getvalue().encode()
            assert secret not in database

    def test_nobody_who_is_enrolled_needs_them(self, alice: Person):
        self.enrols(alice)
        assert alice.opens("/activation/credentials").path == "/operations"


class TestARecoveryCode:
    @pytest.fixture
    def card(self, bank) -> dict:
        """A printed card of Alice's, with three PUKs, that she has confirmed on a device lost since."""
        settings = {"activationRecoveryEnabled": False, "recoveryPostcardEnabled": True}
        bank.admin("/recovery/config/update", {"applicationId": bank.application, **settings})
        asked = {"applicationId": bank.application, "userId": "Alice", "pukCount": 3}
        return bank.admin("/recovery/create", asked)

    @pytest.fixture
    def lost(self, with_ways, card) -> Person:
        """Alice's old browser, which confirmed the card."""
        alice = with_ways(recovery=True).is_enrolled()
        page = alice.opens("/settings").follows("Confirm")
        page.submits("Confirm", code=card["recoveryCode"], pin=alice.pin)
        return alice

    @pytest.fixture
    def alice(self, lost, with_ways) -> Person:
        return with_ways(recovery=True)

    def enrols(self, alice: Person, card: dict, index: int = 0, **fields: str) -> Page:
        page = alice.opens("/activation/new").follows("recovery code")
        wanted = {"code": card["recoveryCode"], "puk": card["puks"][index]["puk"]}
        pins = {"name": "Alice's laptop", "pin": alice.pin, "pin_again": alice.pin}
        return page.submits("Enrol", **{**wanted, **pins, **fields})

    def test_of_a_card_enrols_at_once(self, alice: Person, card, bank):
        assert self.enrols(alice, card).path == "/operations"
        assert browsers_of(bank, "Alice") == ["ACTIVE", "ACTIVE"]
        assert alice.approves(bank.offers("Alice", "payment")).heading == "Approved"

    @pytest.mark.parametrize(
        ("code", "puk"),
        [
            (lambda code: f"R:{code}", lambda puk: puk),
            (lambda code: code.lower().replace("-", " "), lambda puk: f" {puk[:5]} {puk[5:]} "),
            (lambda code: code.replace("-", ""), lambda puk: f"{puk[:5]}-{puk[5:]}"),
        ],
    )
    def test_is_forgiven_what_people_do_to_it(self, alice: Person, card, code, puk):
        typed = {"code": code(card["recoveryCode"]), "puk": puk(card["puks"][0]["puk"])}
        assert self.enrols(alice, card, **typed).path == "/operations"

    @pytest.mark.parametrize(
        ("fields", "said"),
        [
            ({"code": ""}, "no recovery code"),
            ({"code": "AERUK-Z4JVP-G66EB-S6C3R"}, "no recovery code"),
            ({"code": "R:R:AERUK-Z4JVP-G66EB-S6C3Q"}, "no recovery code"),
            ({"puk": ""}, "ten digits"),
            ({"puk": "123456789"}, "ten digits"),
            ({"puk": "123456789x"}, "ten digits"),
        ],
    )
    def test_that_cannot_be_right_is_not_sent(self, alice: Person, card, wire, fields, said):
        wire.requests.clear()
        page = self.enrols(alice, card, **fields)
        assert page.status == 422
        assert said in page.text
        assert page.value("code") == page.value("puk") == "", "neither is put back"
        assert not wire.requests

    def test_with_a_later_puk_is_told_which_one_is_expected(self, alice: Person, card):
        page = self.enrols(alice, card, index=1)
        assert page.status == 422
        assert "PUK number 1" in page.text
        assert self.enrols(alice, card, index=0).path == "/operations"

    def test_with_wrong_puks_is_blocked_in_the_end(self, alice: Person, lost: Person, card, bank):
        for _ in range(5):
            assert self.enrols(alice, card, puk="0000000000").status == 422
        assert self.enrols(alice, card).status == 422
        assert browsers_of(bank, "Alice") == ["ACTIVE"], "nothing was lost"
        assert lost.opens().path == "/operations"


class TestTheRecoveryCodeOfABrowser:
    """A bank that gives a code with every activation."""

    @pytest.fixture
    def alice(self, with_ways, bank) -> Person:
        asked = {"applicationId": bank.application, "activationRecoveryEnabled": True}
        bank.admin("/recovery/config/update", asked)
        return with_ways(recovery=True).is_enrolled()

    def shows(self, alice: Person, pin: str | None = None) -> Page:
        page = alice.opens("/settings").follows("Show the recovery code")
        return page.submits("Show the recovery code", pin=alice.pin if pin is None else pin)

    def written_down(self, page: Page) -> dict[str, str]:
        code = re.search(r"[A-Z2-7]{5}(-[A-Z2-7]{5}){3}", page.text)
        puk = re.search(r"[0-9]{10}", page.text)
        assert code
        assert puk
        return {"code": code[0], "puk": puk[0]}

    def test_is_shown_against_the_pin_and_replaces_the_browser(self, alice: Person, with_ways, bank):
        kept = self.written_down(self.shows(alice))
        successor = with_ways(recovery=True)
        page = successor.opens("/activation/recovery").submits(
            "Enrol", **kept, name="new", pin="3691", pin_again="3691"
        )
        assert page.path == "/operations"
        assert sorted(browsers_of(bank, "Alice")) == ["ACTIVE", "REMOVED"]
        assert "no longer enrolled" in alice.opens().heading
        assert "Show the recovery code" in successor.opens("/settings").links, "there is a new one"

    def test_is_shown_to_nobody_with_a_wrong_pin(self, alice: Person):
        page = self.shows(alice, alice.wrong_pin)
        assert page.status == 422
        assert "Nothing was shown" in page.text
        assert "4 attempts are left" in page.text
        assert alice.failed_attempts == 1

    @pytest.mark.parametrize("pin", ["", "12", "25a0"])
    def test_costs_no_attempt_where_the_pin_cannot_be_right(self, alice: Person, wire, pin):
        assert self.shows(alice, pin).status == 422
        assert not wire.sent("/vault/unlock")

    def test_is_not_shown_by_a_form_that_comes_again(self, alice: Person, wire):
        form = alice.opens("/settings/recovery").fills("Show the recovery code", pin=alice.pin)
        self.written_down(form.is_sent())
        page = form.is_sent()
        assert page.path == "/settings/recovery"
        assert "pin" in page.fields
        assert len(wire.sent("/vault/unlock")) == 1

    @pytest.mark.parametrize("fault", [refused, answer_lost, error(500, "ERROR_GENERIC")])
    def test_cannot_be_shown_without_the_bank(self, alice: Person, wire, fault):
        wire.breaks("/vault/unlock", fault)
        page = self.shows(alice)
        assert page.status == 503
        assert "cannot be shown now" in page.text
        wire.is_mended()
        self.written_down(self.shows(alice))
        assert alice.failed_attempts == 0

    def test_stands_in_no_log_no_address_and_no_database(self, alice: Person, tmp_path, log_lines):
        kept = self.written_down(self.shows(alice))
        database = b"".join(path.read_bytes() for path in tmp_path.glob("assent.sqlite*"))
        addresses = "".join(page.url for page in alice.browser.pages)
        for secret in kept.values():
            assert secret not in log_lines.getvalue()
            assert secret not in addresses
            assert secret.encode() not in database

    def test_is_not_offered_where_the_bank_gives_none(self, newcomer: Person):
        alice = newcomer.is_enrolled()
        assert "recovery" not in alice.opens("/settings").text.lower()
        assert alice.opens("/settings/recovery").status == 404
        assert alice.opens("/settings/recovery/card").status == 404


class TestARecoveryCard:
    @pytest.fixture
    def alice(self, with_ways, bank) -> Person:
        return with_ways(recovery=True).is_enrolled()

    @pytest.fixture
    def code(self, bank) -> str:
        enabled = {"activationRecoveryEnabled": False, "recoveryPostcardEnabled": True}
        bank.admin("/recovery/config/update", {"applicationId": bank.application, **enabled})
        asked = {"applicationId": bank.application, "userId": "Alice", "pukCount": 1}
        return str(bank.admin("/recovery/create", asked)["recoveryCode"])

    def confirms(self, alice: Person, code: str, pin: str | None = None) -> Page:
        page = alice.opens("/settings").follows("Confirm a recovery card")
        return page.submits("Confirm the card", code=code, pin=alice.pin if pin is None else pin)

    def status(self, bank: Bank) -> str:
        return str(bank.admin("/recovery/lookup", {"userId": "Alice"})["recoveryCodes"][0]["status"])

    @pytest.mark.parametrize("typed", [str, str.lower, lambda code: f"R:{code}"])
    def test_is_confirmed_with_code_and_pin(self, alice: Person, bank, code, typed):
        page = self.confirms(alice, typed(code))
        assert page.path == "/settings"
        assert "is confirmed" in page.text
        assert self.status(bank) == "ACTIVE"

    def test_may_be_confirmed_twice(self, alice: Person, code):
        for _ in range(2):
            assert "is confirmed" in self.confirms(alice, code).text
        assert alice.failed_attempts == 0

    def test_of_somebody_else_is_not_blamed_on_the_pin(self, alice: Person, code):
        page = self.confirms(alice, "AERUK-Z4JVP-G66EB-S6C3Q")
        assert page.status == 422
        assert "does not take this recovery code" in page.text
        assert "attempt" not in page.text
        assert alice.failed_attempts == 0

    def test_with_a_wrong_pin_stays_as_it_was(self, alice: Person, bank, code):
        page = self.confirms(alice, code, alice.wrong_pin)
        assert page.status == 422
        assert "was not confirmed" in page.text
        assert "4 attempts are left" in page.text
        assert self.status(bank) == "CREATED"

    @pytest.mark.parametrize("typed", ["", "AERUK", "AERUK-Z4JVP-G66EB-S6C3R"])
    def test_with_a_code_that_cannot_be_right_is_not_sent(self, alice: Person, wire, code, typed):
        page = self.confirms(alice, typed)
        assert page.status == 422
        assert "no recovery code" in page.text
        assert not wire.sent("/recovery/confirm")

    def test_whose_answer_got_lost_is_confirmed_once_more(self, alice: Person, wire, bank, code):
        wire.breaks("/recovery/confirm", answer_lost, times=1)
        page = self.confirms(alice, code)
        assert page.status == 503
        assert "twice does no harm" in page.text
        assert "is confirmed" in self.confirms(alice, code).text


class TestASignIn:
    @pytest.fixture
    def alice(self, with_ways, bank) -> Person:
        configures(bank, "oauth2_providers", PROVIDER)
        return with_ways(oidc_provider="sandbox")

    def leaves(self, alice: Person, name: str = "Alice's laptop") -> dict[str, str]:
        """Press the button, and read where the link leads."""
        page = alice.opens("/activation/new").follows("signing in").submits("Go on", name=name)
        assert page.status == 200
        assert "login.bank.example" in page.text
        return dict(parse_qsl(urlsplit(link(page, "Sign in")).query))

    def comes_back(self, alice: Person, sandbox, user: str = "Alice") -> Page:
        answer = sandbox.authorize(self.leaves(alice), user)
        return alice.opens(answer.removeprefix("https://localhost"))

    def chooses(self, alice: Person, page: Page, **fields: str) -> Page:
        return page.submits("Enrol", **{"pin": alice.pin, "pin_again": alice.pin, **fields})

    def test_makes_the_browser_a_token(self, alice: Person, sandbox, bank):
        page = self.comes_back(alice, sandbox)
        assert page.path == "/activation/sign-in/finish"
        assert page.value("name") == "Alice's laptop"
        assert self.chooses(alice, page).path == "/operations"
        assert browsers_of(bank, "Alice") == ["ACTIVE"]
        assert alice.approves(bank.offers("Alice", "payment")).heading == "Approved"

    def test_asks_for_exactly_what_the_book_says(self, alice: Person):
        asked = self.leaves(alice)
        assert asked["response_type"] == "code"
        assert asked["client_id"] == "assent"
        assert asked["redirect_uri"] == RETURN
        assert asked["code_challenge_method"] == "S256"
        assert len(asked["code_challenge"]) == 43
        assert len({asked["state"], asked["nonce"], asked["code_challenge"]}) == 3
        again = self.leaves(alice)
        assert not {asked[name] for name in ("state", "nonce", "code_challenge")} & set(again.values())

    def test_leaves_no_code_in_an_address(self, alice: Person, sandbox, log_lines):
        answer = sandbox.authorize(self.leaves(alice), "Alice")
        code = dict(parse_qsl(urlsplit(answer).query))["code"]
        alice.opens(answer.removeprefix("https://localhost"))
        assert code not in alice.browser.pages[-1].url
        assert code not in alice.browser.pages[-1].html
        assert code not in log_lines.getvalue()
        cookie = alice.browser.cookie("__Host-sign-in") or ""
        assert cookie
        assert code not in cookie

    @pytest.mark.parametrize(
        "change",
        [
            {"state": "x"},
            {"state": ""},
            {"state": "\u0159"},
            {"state": None},
        ],
    )
    def test_that_began_elsewhere_is_refused(self, alice: Person, sandbox, wire, change):
        answer = dict(parse_qsl(urlsplit(sandbox.authorize(self.leaves(alice), "Alice")).query))
        answer = {name: value for name, value in {**answer, **change}.items() if value is not None}
        page = alice.opens(f"/activation/sign-in/return?{urlencode(answer)}")
        assert page.status == 400
        assert "did not begin in this browser" in page.text
        assert alice.opens("/activation/sign-in/finish").status == 400
        assert not wire.sent(CREATE)

    def test_of_somebody_else_does_not_become_hers(self, alice: Person, sandbox, with_ways, wire):
        """An attacker lures Alice to the way back of the attacker's own sign-in."""
        mallory = with_ways(oidc_provider="sandbox")
        answer = sandbox.authorize(self.leaves(mallory), "Mallory")
        self.leaves(alice)
        page = alice.opens(answer.removeprefix("https://localhost"))
        assert page.status == 400
        assert not wire.sent(CREATE)

    def test_without_the_cookie_of_its_beginning_is_refused(self, alice: Person, sandbox):
        answer = sandbox.authorize(self.leaves(alice), "Alice")
        alice.browser.client.delete_cookie("__Host-sign-in")
        page = alice.opens(answer.removeprefix("https://localhost"))
        assert page.status == 400
        assert "Sign in again" in page.text

    def test_that_was_refused_says_so(self, alice: Person):
        state = self.leaves(alice)["state"]
        page = alice.opens(
            f"/activation/sign-in/return?{urlencode({'error': 'access_denied', 'state': state})}"
        )
        assert page.status == 400
        assert "You did not sign in" in page.text
        assert "access_denied" not in page.html
        page = alice.opens(f"/activation/sign-in/return?{urlencode({'state': state})}")
        assert page.status == 400

    def test_that_took_too_long_here_is_refused(self, alice: Person, sandbox, clock):
        page = self.comes_back(alice, sandbox)
        clock.advance(601)
        page = self.chooses(alice, page)
        assert page.status == 400
        assert "took too long" in page.text

    def test_that_took_too_long_for_the_bank_begins_anew(self, alice: Person, sandbox, clock, bank):
        page = self.comes_back(alice, sandbox)
        clock.advance(61)
        page = self.chooses(alice, page)
        assert page.status == 422
        assert "Sign in again" in page.text
        assert page.value("name") == "Alice's laptop"
        assert browsers_of(bank, "Alice") == []
        assert self.chooses(alice, self.comes_back(alice, sandbox)).path == "/operations"

    def test_a_pin_that_nobody_should_choose_costs_nothing(self, alice: Person, sandbox, wire):
        page = self.comes_back(alice, sandbox)
        page = self.chooses(alice, page, pin="1234", pin_again="1234")
        assert page.status == 422
        assert "in a row" in page.text
        assert not wire.sent(CREATE)
        assert self.chooses(alice, page).path == "/operations"

    def test_needs_a_name_first(self, alice: Person, wire):
        page = alice.opens("/activation/sign-in").submits("Go on", name=" ")
        assert page.status == 422
        assert not wire.requests

    @pytest.mark.parametrize(
        ("fault", "status"),
        [(refused, 503), (html_page_with_200, 504), (error(400, "APPLICATION_CONFIGURATION_ERROR"), 503)],
    )
    def test_without_an_answer_of_the_bank_nobody_is_sent_anywhere(self, alice: Person, wire, fault, status):
        wire.breaks(CONFIGURATION, fault)
        page = alice.opens("/activation/sign-in").submits("Go on", name="x")
        assert page.status == status
        assert "not possible now" in page.text
        assert "Sign in" not in page.links
        assert alice.browser.cookie("__Host-sign-in") is None

    def test_the_cookie_goes_when_it_has_done_its_work(self, alice: Person, sandbox):
        self.chooses(alice, self.comes_back(alice, sandbox))
        assert alice.browser.cookie("__Host-sign-in") is None

    def test_a_cookie_that_was_tampered_with_says_nothing(self, alice: Person):
        for text in ("x", "A" * 200, "A" * 3950):
            alice.browser.client.set_cookie("__Host-sign-in", text)
            assert alice.opens("/activation/sign-in/finish").status == 400


def link(page: Page, words: str) -> str:
    """Where the button with exactly these words leads."""
    root = html5lib.parse(page.html, namespaceHTMLElements=False)
    return next(one.get("href") for one in root.iter("a") if "".join(one.itertext()).strip() == words)
