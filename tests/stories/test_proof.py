"""A browser with a key of its own: whoever has its cookies alone reads the list, and gets nothing signed."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import text

from tests.support.authenticator import Device
from tests.support.bound import NOTE, PROOF, BoundBrowser, BrowserKey, steals
from tests.support.browser import ORIGIN, Browser, Filled
from tests.support.desk import Desk, as_browsers_send, presses, scans, shown_code
from tests.support.people import Person
from tests.support.site import make_settings
from webapp.app import create_app
from webapp.custody.engine import make_engine, writing
from webapp.custody.server_keys import ServerKeys
from webapp.flows.policy import Policy
from webapp.flows.ways_in import WaysIn
from webapp.powerauth.encoding import to_base64
from webapp.web.proofs import OPEN

SIGNING = "X-PowerAuth-Authorization"
FOR_READING = "/token/create"
UNSIGNED = "This browser has not signed its request"
MISFIT = "This browser's signature does not fit"
STALE = "This page is out of date"


@pytest.fixture
def alice(bank, site) -> Person:
    """Alice, whose browser made a key when she enrolled it."""
    return Person("Alice", bank, BoundBrowser(site.test_client())).is_enrolled()


@pytest.fixture
def thief(alice: Person, browse) -> Person:
    """Somebody who has copied her cookies, and knows her PIN even."""
    copy = steals(browse(), alice.browser)
    return Person("Alice", alice.bank, copy, activation_id=alice.activation_id)


@pytest.fixture
def desk(sandbox) -> Desk:
    return Desk(sandbox)


@pytest.fixture
def signed(wire) -> Callable[[], list[str]]:
    """What was signed and sent to the bank since this was made, but for the token that reads the list."""
    before = len(wire.requests)
    return lambda: [
        one.url
        for one in wire.requests[before:]
        if SIGNING in one.headers and not one.url.endswith(FOR_READING)
    ]


def key_of(person: Person) -> BrowserKey:
    assert isinstance(person.browser, BoundBrowser)
    assert person.browser.key is not None
    return person.browser.key


def captured(filled: Filled) -> dict[str, str]:
    assert isinstance(filled.page.browser, BoundBrowser)
    return filled.page.browser.captured(filled)


class TestHerOwnBrowser:
    def test_the_page_names_the_key_and_says_what_holds_without_script(self, alice: Person, bank):
        page = alice.opens_operation(bank.offers("Alice", "payment"))
        assert f'data-key="{key_of(alice).public[:24]}"' in page.html
        assert "only script can sign with its key" in page.text

    def test_approves_rejects_and_says_that_it_did_not_ask(self, alice: Person, bank):
        one, two, three = (bank.offers("Alice", "payment") for _ in range(3))
        assert alice.approves(one).heading == "Approved"
        assert alice.rejects(two).heading == "Rejected"
        assert alice.opens_operation(three).submits("I did not ask for this").heading == "Rejected"
        assert alice.failed_attempts == 0

    def test_passes_screens_and_rejects_from_one(self, alice: Person, bank):
        one, two = (bank.offers("Alice", "payment_risk") for _ in range(2))
        assert alice.opens_operation(one).submits("I did not ask for this").heading == "Rejected"
        assert alice.reads_screens(two).submits("I did not ask for this").heading == "Rejected"

    def test_takes_over_what_belongs_to_nobody(self, alice: Person, bank):
        kiosk = bank.offers(None, "login_kiosk")
        page = alice.opens_operation(kiosk).submits("Take it over")
        assert page.submits("Approve", pin=alice.pin).heading == "Approved"

    def test_gets_codes_history_and_a_new_pin(self, alice: Person, desk):
        page = presses(scans(alice, desk.hands(alice).text), pin=alice.pin)
        assert page.status == 200, page.text
        page = alice.opens("/history").submits("Show the history", pin=alice.pin)
        assert page.status == 200
        page = alice.opens("/settings/pin").submits(
            "Change the PIN", old=alice.pin, pin="6027", pin_again="6027"
        )
        assert "From now on the new one" in page.text or page.path == "/settings", page.text
        page = alice.opens("/history").submits("Show the history", pin="6027")
        assert page.status == 200, "the key is the same after the change"

    def test_sets_a_passkey_up_signs_with_both_and_removes_it(self, alice: Person, bank, device: Device):
        assert device.is_set_up(alice).path == "/settings"
        assert device.approves(alice, bank.offers("Alice", "payment")).heading == "Approved"
        assert device.asks(alice).status == 200
        assert alice.opens("/passkey").submits("Remove it").path == "/settings"
        assert alice.approves(bank.offers("Alice", "payment")).heading == "Approved"

    def test_ends_copies_and_leaves(self, alice: Person):
        assert "Copies are worthless now" in alice.opens("/settings").submits("End all copies").text
        page = alice.opens("/settings/remove").submits("Remove this browser", pin=alice.pin)
        assert page.heading == "This browser is removed"
        assert 'data-enhance="unbind"' in page.html

    def test_may_be_forgotten_although_its_key_is_gone(self, alice: Person):
        alice.browser.key = None
        page = alice.opens("/activation/forget")
        assert 'data-enhance="unbind"' in page.html
        assert page.submits("Forget this browser").path == "/"

    def test_of_another_enrolment_has_another_key(self, alice: Person, bank):
        first = key_of(alice)
        alice.opens("/activation/forget").submits("Forget this browser")
        alice.is_enrolled()
        assert key_of(alice) is not first
        assert alice.approves(bank.offers("Alice", "payment")).heading == "Approved"

    def test_goes_on_for_years(self, alice: Person, bank, clock):
        for _ in range(3):
            clock.advance(300 * 86_400)
            assert alice.opens().status == 200
        steals(Browser(alice.browser.client.application.test_client()), alice.browser)
        assert alice.approves(bank.offers("Alice", "payment")).heading == "Approved"
        alice.browser.key = None
        assert alice.rejects(bank.offers("Alice", "payment")).heading == UNSIGNED


class TestWithoutScript:
    def test_nothing_is_asked_of_a_browser_that_has_no_key(self, bank, browse):
        bob = Person("Bob", bank, browse()).is_enrolled()
        page = bob.opens_operation(bank.offers("Bob", "payment"))
        assert PROOF not in page.fields
        assert "script" not in page.text
        assert page.submits("Approve", pin=bob.pin).heading == "Approved"

    def test_a_browser_that_turned_script_off_is_told_what_to_do(self, alice: Person, bank, signed):
        alice.browser.key = None
        payment = bank.offers("Alice", "payment")
        page = alice.approves(payment)
        assert (page.status, page.heading) == (403, UNSIGNED)
        assert "No attempt was used" in page.text
        assert "Turn script on" in page.text
        assert "forget this browser" in page.text
        assert "Forget this browser" in page.links
        assert page.follows("Try again").path == f"/operations/{payment}"
        assert signed() == []

    def test_who_pressed_before_the_script_was_there_has_the_form_again_by_one_press(
        self, alice: Person, thief: Person, world
    ):
        """Each page whose form was not signed says so, and leads to that form."""
        again = {
            "approve": f"/operations/{world.payment}",
            "reject": f"/operations/{world.payment}/reject",
            "not asked for": f"/operations/{world.payment}/reject",
            "claim": f"/operations/{world.kiosk}",
            "history": "/history",
            "offline code": "/scan",  # where its text came from
            "PIN": "/settings/pin",
            "passkey": "/passkey",
            "copies": "/settings",
            "leave": "/settings/remove",
        }
        assert set(again) == set(FORMS)
        for name, reaches in FORMS.items():
            page = reaches(thief, world).is_sent()
            assert (page.status, page.heading) == (403, UNSIGNED), name
            assert "before the page had loaded whole" in page.text
            assert page.follows("Try again").path == again[name], name

    @pytest.mark.parametrize(
        "key", ["x", "A" * 87, "B" + "A" * 86], ids=["a letter", "no point", "off the curve"]
    )
    def test_what_is_no_key_enrols_nobody(self, bank, browse, wire, key):
        bob = Person("Bob", bank, browse())
        code = bob.bank.gives_code("Bob").code
        page = bob.enrols(code, proof_key=key)
        assert (page.status, page.heading) == (422, "The key of this browser cannot be used")
        assert not wire.requests
        assert bob.enrols(code).status == 200, "the code is still good"


Reaching = Callable[[Person, "World"], Filled]


class World:
    """What the forms of a thief are about."""

    def __init__(self, bank, desk: Desk, device: Device) -> None:
        self.bank, self.desk, self.device = bank, desk, device
        self.payment = bank.offers("Alice", "payment")
        self.kiosk = bank.offers(None, "login_kiosk")


def _offline(person: Person, world: World) -> Filled:
    page = scans(person, world.desk.hands(person).text)
    return as_browsers_send(page.fills("Show the approval code", pin=person.pin))


def _passkey(person: Person, world: World) -> Filled:
    page = person.opens("/passkey")
    return page.fills("Set it up", pin=person.pin, passkey=world.device.makes(page))


FORMS: dict[str, Reaching] = {
    "approve": lambda person, world: person.opens_operation(world.payment).fills("Approve", pin=person.pin),
    "reject": lambda person, world: person.opens(f"/operations/{world.payment}/reject").fills("Reject"),
    "not asked for": lambda person, world: person.opens_operation(world.payment).fills(
        "I did not ask for this"
    ),
    "claim": lambda person, world: person.opens_operation(world.kiosk).fills("Take it over"),
    "history": lambda person, _: person.opens("/history").fills("Show the history", pin=person.pin),
    "offline code": _offline,
    "PIN": lambda person, _: person.opens("/settings/pin").fills(
        "Change the PIN", old=person.pin, pin="6027", pin_again="6027"
    ),
    "passkey": _passkey,
    "copies": lambda person, _: person.opens("/settings").fills("End all copies"),
    "leave": lambda person, _: person.opens("/settings/remove").fills("Remove this browser", pin=person.pin),
}
each_form = pytest.mark.parametrize("reaches", FORMS.values(), ids=FORMS)


@pytest.fixture
def world(bank, desk, device) -> World:
    return World(bank, desk, device)


class TestAThiefOfCookies:
    def test_reads_the_list(self, alice: Person, thief: Person, world: World):
        assert "payment" in thief.opens().html.lower()
        assert thief.opens_operation(world.payment).status == 200

    @each_form
    def test_gets_nothing_signed(self, alice: Person, thief, world, wire, reaches):
        approval = alice.opens_operation(world.bank.offers("Alice", "payment")).fills(
            "Approve", pin=alice.pin
        )
        form = reaches(thief, world)
        attempts = {
            None: UNSIGNED,
            "": UNSIGNED,
            "A" * 86: MISFIT,
            BrowserKey().proves(form.action, form.values): MISFIT,
            captured(approval)[PROOF]: MISFIT,
        }
        before = len(wire.requests)
        for proof, heading in attempts.items():
            form.values.pop(PROOF, None)
            if proof is not None:
                form.values[PROOF] = proof
            page = form.is_sent()
            assert (page.status, page.heading) == (403, heading)
            assert "Nothing was signed and nothing was sent" in page.text
        assert len(wire.requests) == before, "the bank hears nothing"
        assert world.bank.status(world.payment) == "PENDING"
        assert world.bank.operation(world.kiosk).get("userId") is None
        assert alice.failed_attempts == 0
        assert alice.approves(world.payment).heading == "Approved", "and Alice goes on"

    @each_form
    def test_cannot_change_what_she_has_signed(self, alice: Person, thief, world, wire, reaches):
        form = reaches(alice, world)
        values = captured(form)
        steals(thief.browser, alice.browser)
        before = len(wire.requests)
        for name in set(values) - {"csrf_token", PROOF}:
            page = thief.browser.posts(form.action, {**values, name: values[name] + "1"})
            assert (page.status, page.heading) == (403, MISFIT), f"{name} may be changed"
        assert len(wire.requests) == before


class TestWhatWasSignedComesAgain:
    """Whoever could read one request of hers, and has her cookies, has that one request and no more."""

    def test_an_approval_is_told_once_more(self, alice: Person, thief, world, wire):
        form = alice.opens_operation(world.payment).fills("Approve", pin=alice.pin)
        values = captured(form)
        steals(thief.browser, alice.browser)
        assert alice.browser.posts(form.action, values).heading == "Approved"
        before = len(wire.sent("/operation/authorize"))
        assert thief.browser.posts(form.action, values).heading == "Approved"
        assert len(wire.sent("/operation/authorize")) == before

    def test_a_rejection_is_told_once_more(self, alice: Person, thief, world, wire):
        form = alice.opens(f"/operations/{world.payment}/reject").fills("Reject")
        values = captured(form)
        steals(thief.browser, alice.browser)
        assert alice.browser.posts(form.action, values).heading == "Rejected"
        before = len(wire.sent("/operation/cancel"))
        assert thief.browser.posts(form.action, values).heading == "Rejected"
        assert len(wire.sent("/operation/cancel")) == before

    def test_a_claim_takes_what_is_hers_already(self, alice: Person, thief, world):
        form = alice.opens_operation(world.kiosk).fills("Take it over")
        values = captured(form)
        steals(thief.browser, alice.browser)
        alice.browser.posts(form.action, values)
        thief.browser.posts(form.action, values)
        assert world.bank.operation(world.kiosk)["userId"] == "Alice"

    def test_the_history_is_shown_once(self, alice: Person, thief, signed):
        form = alice.opens("/history").fills("Show the history", pin=alice.pin)
        values = captured(form)
        steals(thief.browser, alice.browser)
        assert alice.browser.posts(form.action, values).status == 200
        assert len(signed()) > 0
        before = len(signed())
        page = thief.browser.posts(form.action, values)
        assert (page.status, page.heading) == (409, STALE)
        assert len(signed()) == before

    def test_an_offline_code_costs_nothing_more(self, alice: Person, thief, world):
        form = _offline(alice, world)
        values = captured(form)
        steals(thief.browser, alice.browser)
        code = shown_code(alice.browser.posts(form.action, values))
        assert shown_code(thief.browser.posts(form.action, values)) == code, "it is the same one"

    @pytest.mark.parametrize("name", ["PIN", "passkey", "copies"])
    def test_after_a_change_the_old_cookies_open_nothing(self, alice: Person, thief, world, signed, name):
        form = FORMS[name](alice, world)
        values = captured(form)
        steals(thief.browser, alice.browser)
        assert alice.browser.posts(form.action, values).path == "/settings"
        before = len(signed())
        assert thief.browser.posts(form.action, values).status == 403
        steals(thief.browser, alice.browser)
        page = thief.browser.posts(form.action, values)
        is_there_already = name == "passkey" and page.path == "/passkey"
        assert page.status in {400, 409} or is_there_already, "with the new ones it is a form of before"
        assert len(signed()) == before

    def test_a_removed_passkey_may_be_added_again_and_stays(self, alice: Person, thief, device: Device):
        device.is_set_up(alice)
        form = alice.opens("/passkey").fills("Remove it")
        values = captured(form)
        steals(thief.browser, alice.browser)
        alice.browser.posts(form.action, values)
        Device().is_set_up(alice)
        for _ in range(2):
            thief.browser.posts(form.action, values)
            steals(thief.browser, alice.browser)
        assert "It is set up" in alice.opens("/settings").text

    def test_leaving_leaves_once(self, alice: Person, thief, world, signed):
        form = FORMS["leave"](alice, world)
        values = captured(form)
        steals(thief.browser, alice.browser)
        assert alice.browser.posts(form.action, values).heading == "This browser is removed"
        before = len(signed())
        assert thief.browser.posts(form.action, values).status == 403
        assert len(signed()) == before

    @pytest.mark.parametrize("name", ["claim", "history", "copies"])
    def test_a_form_is_good_for_a_quarter_of_an_hour(self, alice: Person, world, clock, signed, name):
        form = FORMS[name](alice, world)
        assert NOTE in form.values
        clock.advance(15 * 60 + 1)
        page = form.is_sent()
        assert (page.status, page.heading) == (409, STALE)
        assert signed() == []


class TestAThiefOfTheDatabase:
    @pytest.fixture
    def rows(self, alice: Person, database_url) -> Iterator[Callable[..., list[tuple]]]:
        """Runs any SQL."""
        engine = make_engine(database_url)

        def run(statement: str, **values: object) -> list[tuple]:
            with writing(engine).begin() as connection:
                result = connection.execute(text(statement), values)
                return [tuple(row) for row in result] if result.returns_rows else []

        yield run
        engine.dispose()

    @pytest.mark.parametrize("cookies", [True, False], ids=["with her cookies", "without"])
    def test_runs_a_site_of_his_own_and_opens_nothing(
        self, alice: Person, tmp_path, database_url, sandbox, wire, clock, cookies
    ):
        """With the database, the site's secret and even her cookies; the server's key is not in there."""
        own_keys = ServerKeys.parse(f"test:{to_base64(bytes(32))}")
        settings = make_settings(
            tmp_path, sandbox.sdk_configuration(), server_keys=own_keys, database_url=database_url
        )
        own_site = create_app(settings, transport=wire, clock=clock)
        thief = Browser(own_site.test_client())
        before = len(wire.requests)
        if cookies:
            steals(thief, alice.browser)
        assert thief.opens("/operations").status == 403
        assert len(wire.requests) == before
        own_site.extensions["assent"].custody.close()

    def test_cannot_take_the_key_away_or_put_his_own_in(self, alice: Person, rows, site, browse, bank):
        """Whoever writes to the database has every wrap at hand, but none that fits this browser."""
        [(hers, end, wrap)] = rows("SELECT sid_hash, expires_at_ms, wrap FROM browsers")
        Person("Bob", bank, browse()).is_enrolled()
        Person("Mallory", bank, BoundBrowser(site.test_client())).is_enrolled()
        others = rows("SELECT expires_at_ms, wrap FROM browsers WHERE sid_hash <> :hers", hers=hers)
        assert {len(wrap) - len(other) for _, other in others} == {0, 65}, "with a key and without"
        change = "UPDATE browsers SET expires_at_ms = :end, wrap = :wrap WHERE sid_hash = :hers"
        for own_end, own in [*others, (end, wrap[:-65]), (end, wrap[:-81] + wrap[-16:])]:
            rows(change, end=own_end, wrap=own, hers=hers)
            assert alice.opens().status == 403
        rows(change, end=end, wrap=wrap, hers=hers)
        assert alice.opens().status == 200

    def test_reads_no_key(self, alice: Person, rows):
        """Only the public one is on the server at all, and that is sealed."""
        tables = ("activations", "browsers", "receipts", "leases")
        kept = [row for table in tables for row in rows(f"SELECT * FROM {table}")]
        content = b"".join(bytes(value) for row in kept for value in row if not isinstance(value, (str, int)))
        assert len(content) > 500
        private = key_of(alice).private
        assert private.private_numbers().private_value.to_bytes(32, "big") not in content
        assert private.public_key().public_numbers().x.to_bytes(32, "big") not in content


PROVEN = {
    "claims.take_over",
    "history.answer",
    "inbox.mark_all_read",
    "inbox.mark_read",
    "offline.sign",
    "operations.approve_operation",
    "operations.reject_operation",
    "passkeys.add",
    "passkeys.remove",
    "recovery.confirm",
    "recovery.show",
    "settings.change",
    "settings.copies",
    "settings.remove",
}
"""Every address of a form that is proven."""


def test_every_form_is_proven_or_known_to_make_nothing_sign(site):
    takes = {
        rule.endpoint
        for rule in site.url_map.iter_rules()
        if (rule.methods or set()) - {"GET", "HEAD", "OPTIONS"}
    }
    assert takes == PROVEN | OPEN
    assert not PROVEN & OPEN


def test_a_recovery_card_is_confirmed_with_a_proof_and_renews_the_session(
    tmp_path, sandbox, wire, clock, bank
):
    bank.admin(
        "/recovery/config/update",
        {
            "applicationId": bank.application,
            "activationRecoveryEnabled": False,
            "recoveryPostcardEnabled": True,
        },
    )
    card = bank.admin(
        "/recovery/create", {"applicationId": bank.application, "userId": "Alice", "pukCount": 1}
    )
    settings = make_settings(tmp_path, sandbox.sdk_configuration(), policy=Policy(ways=WaysIn(recovery=True)))
    site = create_app(settings, transport=wire, clock=clock)
    alice = Person("Alice", bank, BoundBrowser(site.test_client())).is_enrolled()
    form = alice.opens("/settings/recovery/card").fills("Confirm", code=card["recoveryCode"], pin=alice.pin)
    thief = steals(Browser(site.test_client()), alice.browser)
    assert thief.posts(form.action, form.values).heading == UNSIGNED
    assert thief.opens("/operations").status == 200
    assert form.is_sent().path == "/settings"
    assert thief.opens("/operations").status == 403, "the activation has changed, and with it the session"


def test_enrolling_gives_no_half_before_it_is_done(site, bank):
    """The half of a key is made once: by the enrolment that works, and for nobody who only looks."""
    client = site.test_client()
    for path in ("/", "/activation/new", "/operations", "/scan", "/settings", "/nowhere", "/activation"):
        client.get(path, base_url=ORIGIN)
        assert client.get_cookie("__Host-key") is None
    bob = Person("Bob", bank, Browser(client))
    bob.enrols("wrong")
    assert client.get_cookie("__Host-key") is None
    bob.is_enrolled()
    half = bob.browser.cookie("__Host-key")
    bob.opens()
    bob.opens("/settings").submits("End all copies")
    assert bob.browser.cookie("__Host-key") == half
