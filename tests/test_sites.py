"""Several applications in one instance: who is reached under which name, and what nobody may share."""

from pathlib import Path

import pytest
from werkzeug.test import Client

from tests.support.bank import Bank
from tests.support.browser import Browser
from tests.support.clock import ManualClock
from tests.support.headers import check_headers
from tests.support.observatory import best, score
from tests.support.people import Person
from tests.support.site import BACKEND_URL, make_settings
from tests.test_settings import GOOD
from webapp.app import create_app
from webapp.network import Hosting
from webapp.randomness import system_random
from webapp.sandbox.backend import Backend
from webapp.sandbox.transport import InMemoryTransport
from webapp.settings import SettingsInvalid
from webapp.sites import ByHost, Site, chosen, read_sites

RED = """
# the red bank
ASSENT_ORIGIN=https://red.example
ASSENT_APPLICATION_NAME="Red bank"
ASSENT_DATABASE_URL=sqlite:///red.sqlite
"""
BLUE = f"""
ASSENT_HOSTS=blue.example, www.blue.example
ASSENT_LANGUAGES='cs'
ASSENT_DATABASE_URL=sqlite:///blue.sqlite
ASSENT_SECRET_KEY={"b" * 40}
ASSENT_SERVER_KEYS=blue:{"B" * 43}=
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "red.env").write_text(RED)
    (tmp_path / "blue.env").write_text(BLUE)
    (tmp_path / "README").write_text("not a site")
    return tmp_path


def environ(folder: Path, **more: str) -> dict[str, str]:
    return {**GOOD, "ASSENT_SITES": str(folder), "ASSENT_TRUSTED_PROXIES": "1", **more}


def problems(folder: Path, **more: str) -> list[str]:
    with pytest.raises(SettingsInvalid) as caught:
        read_sites(environ(folder, **more))
    return caught.value.problems


def test_each_file_is_a_site_with_settings_of_its_own(folder):
    blue, red = read_sites(environ(folder))
    assert (red.name, red.settings.application_name, red.settings.answers_to) == (
        "red",
        "Red bank",
        {"red.example"},
    )
    assert (blue.name, blue.settings.languages, blue.settings.application_name) == ("blue", ("cs",), "Assent")
    assert blue.settings.answers_to == {"blue.example", "www.blue.example"}
    assert red.settings.trusted_proxies == blue.settings.trusted_proxies == 1


def test_without_a_folder_the_environment_is_the_one_site():
    (site,) = read_sites(GOOD)
    assert site.name == ""
    assert chosen(GOOD) == site.settings


def test_a_command_is_about_the_one_that_is_named(folder):
    assert chosen(environ(folder, ASSENT_SITE="red")).application_name == "Red bank"
    with pytest.raises(SettingsInvalid, match="ASSENT_SITE: one of blue, red"):
        chosen(environ(folder))


def test_every_problem_of_every_file_is_named_at_once(folder):
    (folder / "red.env").write_text(RED + "ASSENT_LANGUAGES=tlh\nASSENT_TYPO=1\n")
    (folder / "green.env").write_text("ASSENT_HOSTS=green.example\nhunter2\n")
    (folder / "grey.env").write_text("ASSENT_WORKERS=3\n")
    found = problems(folder)
    assert [problem.split(":")[0] for problem in found] == ["green", "grey", "red", "red"]
    assert "line 2" in found[0]
    assert "hunter2" not in found[0]
    assert "ASSENT_WORKERS is for the whole instance" in found[1]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("ASSENT_DATABASE_URL=sqlite:///./blue.sqlite", "ASSENT_DATABASE_URL is that of blue too"),
        (f"ASSENT_SECRET_KEY={'b' * 40}", "ASSENT_SECRET_KEY is that of blue too"),
        (f"ASSENT_SERVER_KEYS=blue:{'B' * 43}=", "ASSENT_SERVER_KEYS is that of blue too"),
        ("ASSENT_HOSTS=blue.example", "blue.example is a name of blue too"),
    ],
)
def test_what_two_applications_share_is_refused(folder, line, words):
    name = line.partition("=")[0]
    kept = [one for one in RED.splitlines() if not one.startswith(f"{name}=")]
    (folder / "red.env").write_text("\n".join([*kept, line]))
    (problem,) = problems(folder)
    assert problem.startswith(f"red: {words}")


def test_a_secret_in_a_file_is_compared_too(folder, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("b" * 40)
    red = folder / "red.env"
    lines = [line for line in red.read_text().splitlines() if not line.startswith("ASSENT_SECRET_KEY")]
    red.write_text("\n".join([*lines, f"ASSENT_SECRET_KEY_FILE={secret}"]))
    assert "red: ASSENT_SECRET_KEY is that of blue too; every application has its own" in problems(folder)


def test_a_site_without_a_name_cannot_be_reached(folder):
    (folder / "blue.env").write_text(BLUE.replace("ASSENT_HOSTS", "# "))
    (problem,) = problems(folder)
    assert "ASSENT_ORIGIN or ASSENT_HOSTS" in problem


def test_a_folder_without_files_is_a_mistake(tmp_path):
    assert len(problems(tmp_path)) == 1
    assert len(problems(tmp_path / "nowhere")) == 1


class Two:
    """Two banks, each with an application, in one instance."""

    def __init__(self, folder: Path) -> None:
        self.sandboxes, self.apps = {}, {}
        for name in ("red", "blue"):
            place = folder / name
            sandbox = Backend(place / "sandbox.sqlite", clock=ManualClock(), random=system_random)
            settings = make_settings(
                place,
                sandbox.sdk_configuration(),
                origin=None,
                application_name=name,
                secret_key=f"{name} " * 20,
                hosting=Hosting(hosts=frozenset({f"{name}.example"})),
            )
            transport = InMemoryTransport(sandbox, BACKEND_URL)
            self.sandboxes[name] = sandbox
            self.apps[name] = Site(name, settings), create_app(settings, transport=transport)
        self.instance = ByHost(self.apps.values())
        self.client = Client(self.instance)

    def asks(self, host: str, path: str = "/activation/new", method: str = "GET"):
        return self.client.open(path, method=method, base_url=f"https://{host}")


@pytest.fixture
def two(tmp_path):
    for name in ("red", "blue"):
        (tmp_path / name).mkdir()
    both = Two(tmp_path)
    yield both
    for sandbox in both.sandboxes.values():
        sandbox.close()


@pytest.mark.parametrize("name", ["red", "blue"])
def test_the_host_name_chooses_the_application(two, name):
    response = two.asks(f"{name.upper()}.example:443")
    assert response.status_code == 200
    assert f" – {name}</title>" in response.text


@pytest.mark.parametrize("host", ["green.example", "red.example.evil", "127.0.0.1"])
def test_an_unknown_name_gets_a_plain_page(two, host):
    response = two.asks(host)
    assert response.status_code == 400
    assert "There is no site at this address" in response.text
    assert "red" not in response.text.replace("Referrer", "")
    check_headers(response)
    assert score(response) == best(response)
    assert "Set-Cookie" not in response.headers
    assert two.asks(host, method="HEAD").data == b""


def test_each_application_tells_how_it_is_itself(two):
    """By an address the first one answers; each has a database of its own, which may fail alone."""
    store = two.apps["blue"][1].extensions["assent"].audit.trail._store
    with store._writing.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'from the future'")
    answers = {host: two.asks(host, "/readyz").status_code for host in ("red.example", "blue.example")}
    assert answers == {"red.example": 200, "blue.example": 503}
    assert two.asks("127.0.0.1", "/readyz").status_code == 200, "that is red"
    assert two.asks("127.0.0.1", "/healthz").json == {"state": "ok"}


class Visiting(Browser):
    """A browser that asks the whole instance, under a name of one application."""

    def __init__(self, two: Two, name: str) -> None:
        app = two.apps[name][1]
        client = app.test_client()
        client.application = HostOf(two.instance, f"{name}.example", app)
        super().__init__(client)


class HostOf:
    """The instance as one host name reaches it."""

    def __init__(self, instance: ByHost, host: str, app) -> None:
        self.instance, self.host, self.app = instance, host, app

    def __getattr__(self, name: str):
        return getattr(self.app, name)

    def __call__(self, environ, start_response):
        return self.instance(environ | {"HTTP_HOST": self.host}, start_response)


def test_people_of_two_banks_do_not_meet(two):
    """The same person, enrolled at both: each bank sees its own; cookies of one are nothing to the other."""
    people = {}
    for name, sandbox in two.sandboxes.items():
        bank = Bank(sandbox.admin)
        people[name] = Person("Alice", bank, Visiting(two, name)).is_enrolled()
    payment = people["red"].bank.offers("Alice", "payment")
    assert people["red"].approves(payment).heading == "Approved"
    assert people["red"].bank.status(payment) == "APPROVED"
    assert people["blue"].opens(f"/operations/{payment}").status != 200
    # Red's cookies, brought to blue: nobody.
    stolen = Visiting(two, "blue")
    for name in ("__Host-sid", "__Host-key"):
        cookie = people["red"].browser.client.get_cookie(name)
        stolen.client.set_cookie(name, cookie.value, secure=True)
    assert stolen.opens("/operations").status == 403
