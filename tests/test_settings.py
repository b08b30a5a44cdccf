"""Settings: every bad value is named at once, and nothing secret is repeated."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from tests.powerauth.known import MASTER
from webapp.flows.pin import KnowledgeKind, KnowledgeRules
from webapp.flows.policy import Policy, RetypeRule
from webapp.flows.ways_in import CredentialField, OtpRule, WaysIn
from webapp.powerauth.ecc import point
from webapp.powerauth.protocol import Version
from webapp.powerauth.sdk_configuration import SdkConfiguration
from webapp.settings import AlarmTarget, Settings, SettingsInvalid
from webapp.variables import VARIABLES, reference

SDK = SdkConfiguration(
    "AAECAwQFBgcICQoLDA0ODw==", "EBESExQVFhcYGRobHB0eHw==", point(MASTER.public_key())
).serialise()
GOOD = {
    "ASSENT_ENROLLMENT_URL": "https://bank.example/enrollment-server/",
    "ASSENT_SDK_CONFIGURATION": SDK,
    "ASSENT_SERVER_KEYS": "now:" + "A" * 43 + "=",
    "ASSENT_SECRET_KEY": "s" * 40,
}


def problems(**changes: str | None) -> list[str]:
    environ = {**GOOD, **changes}
    with pytest.raises(SettingsInvalid) as caught:
        Settings.from_environ({name: value for name, value in environ.items() if value is not None})
    return caught.value.problems


def test_two_settings_name_the_other_side():
    settings = Settings.from_environ(GOOD)
    assert settings.backend is not None
    assert settings.backend.enrollment_url == "https://bank.example/enrollment-server"
    assert settings.backend.sdk_configuration == SdkConfiguration.parse(SDK)
    assert settings.protocol_version is Version.V3_3
    assert not settings.demo


def test_every_problem_is_named_at_once():
    named = problems(
        ASSENT_ENROLLMENT_URL="http://bank.example/",
        ASSENT_SDK_CONFIGURATION="AA==",
        ASSENT_SERVER_KEYS=None,
        ASSENT_SECRET_KEY="short",
        ASSENT_PROTOCOL_VERSION="4.0",
        ASSENT_LANGUAGES="en,tlh",
        ASSENT_READ_TIMEOUT="soon",
        ASSENT_ENROLMENT_URL="a typing mistake",
    )
    assert [problem.split(":")[0].split(" ")[0] for problem in named] == [
        "ASSENT_ENROLLMENT_URL",
        "ASSENT_SDK_CONFIGURATION",
        "ASSENT_SERVER_KEYS",
        "ASSENT_SECRET_KEY",
        "ASSENT_PROTOCOL_VERSION",
        "ASSENT_LANGUAGES",
        "ASSENT_READ_TIMEOUT",
        "ASSENT_ENROLMENT_URL",
    ]


@pytest.mark.parametrize("name", ["ASSENT_SECRET_KEY", "ASSENT_SERVER_KEYS", "ASSENT_SDK_CONFIGURATION"])
def test_a_bad_secret_is_named_but_not_repeated(name):
    (problem,) = problems(**{name: "hunter2-is-my-secret"})
    assert name in problem
    assert "hunter2" not in problem


def test_secrets_do_not_show():
    shown = repr(Settings.from_environ(GOOD))
    assert "s" * 40 not in shown
    assert "A" * 43 not in shown
    assert "EBESExQVFhcYGRobHB0eHw==" not in shown


def test_a_master_key_that_is_no_point_is_refused():
    broken = SdkConfiguration("AAECAwQFBgcICQoLDA0ODw==", "EBESExQVFhcYGRobHB0eHw==", b"\x04" + bytes(64))
    assert len(problems(ASSENT_SDK_CONFIGURATION=broken.serialise())) == 1


@pytest.mark.parametrize("url", ["http://localhost:8080", "http://127.0.0.1:8080/", "https://x.example"])
def test_plain_http_is_for_this_machine_only(url):
    assert Settings.from_environ({**GOOD, "ASSENT_ENROLLMENT_URL": url}).backend is not None


def test_an_empty_variable_counts_as_missing():
    assert problems(ASSENT_SERVER_KEYS="") == ["ASSENT_SERVER_KEYS is missing"]


def test_a_server_key_may_have_a_last_day():
    key = "A" * 43 + "="
    keys = Settings.from_environ(
        {**GOOD, "ASSENT_SERVER_KEYS": f"new:{key},old:{key}:2027-01-31"}
    ).server_keys
    assert keys.get("old", now_ms=0).last_day == date(2027, 1, 31)
    (problem,) = problems(ASSENT_SERVER_KEYS=f"new:{key},old:{key}:soon")
    assert "'old' is not like 2027-01-31" in problem
    assert key not in problem


def test_what_the_operator_does_not_choose_is_the_careful_way():
    policy = Settings.from_environ(GOOD).policy
    assert policy == Policy()
    assert policy.retype is RetypeRule.FLAGGED
    assert not policy.approves_mismatched
    assert not policy.approves_unshown
    assert not policy.synced_passkeys
    assert not policy.allows_redirect("https://shop.example/")


def test_the_operators_choices_are_read():
    settings = Settings.from_environ(
        {
            **GOOD,
            "ASSENT_RETYPE": "always",
            "ASSENT_AMOUNT_LIMITS": "EUR:1000.50, CZK:25000",
            "ASSENT_APPROVE_MISMATCHED": "yes",
            "ASSENT_APPROVE_UNSHOWN": "yes",
            "ASSENT_REDIRECT_HOSTS": "Shop.example, *.bank.example",
            "ASSENT_REDIRECT_SCHEMES": "mybank",
            "ASSENT_PROXIMITY_LIFETIME": "90",
            "ASSENT_OFFLINE_URI_ID": "/offline/approve",
            "ASSENT_OFFLINE_DIGITS": "6",
            "ASSENT_SECRET_KIND": "password",
            "ASSENT_PIN_MIN": "12",
            "ASSENT_ACTIVATION_OTP": "optional",
            "ASSENT_CREDENTIALS": "username: User name, password:Password:secret",
            "ASSENT_RECOVERY": "on",
            "ASSENT_OIDC_PROVIDER": "bank-login",
            "ASSENT_ORIGIN": "https://Approve.bank.example:443",
            "ASSENT_SYNCED_PASSKEYS": "yes",
            "ASSENT_SUPPORT_PHONE": "+420 800 123 456",
            "ASSENT_SERVICE_WORKER": "off",
            "ASSENT_ALARM_URL": "https://alarm.bank.example/assent",
            "ASSENT_ALARM_SECRET": "a" * 32,
        }
    )
    assert settings.policy == Policy(
        retype=RetypeRule.ALWAYS,
        limits={"EUR": Decimal("1000.50"), "CZK": Decimal(25000)},
        approves_mismatched=True,
        approves_unshown=True,
        redirect_hosts=frozenset({"shop.example", "*.bank.example"}),
        redirect_schemes=frozenset({"mybank"}),
        proximity_lifetime_s=90,
        offline_uri_id="/offline/approve",
        offline_digits=6,
        knowledge=KnowledgeRules(KnowledgeKind.PASSWORD, 12, 128),
        ways=WaysIn(
            otp=OtpRule.OPTIONAL,
            credentials=(
                CredentialField("username", "User name"),
                CredentialField("password", "Password", is_secret=True),
            ),
            recovery=True,
            oidc_provider="bank-login",
        ),
        synced_passkeys=True,
    )
    assert settings.origin == "https://approve.bank.example"
    assert settings.offers_passkeys
    assert settings.support_phone == "+420 800 123 456"
    assert not settings.service_worker
    assert settings.alarm == AlarmTarget("https://alarm.bank.example/assent", "a" * 32)
    assert "a" * 32 not in repr(settings)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ASSENT_RETYPE", "sometimes"),
        ("ASSENT_AMOUNT_LIMITS", "1000"),
        ("ASSENT_AMOUNT_LIMITS", "EUR:1,000"),
        ("ASSENT_AMOUNT_LIMITS", "eur:1000"),
        ("ASSENT_APPROVE_MISMATCHED", "true"),
        ("ASSENT_APPROVE_UNSHOWN", "1"),
        ("ASSENT_REDIRECT_HOSTS", "https://shop.example"),
        ("ASSENT_REDIRECT_HOSTS", "shop.*"),
        ("ASSENT_REDIRECT_SCHEMES", "javascript"),
        ("ASSENT_REDIRECT_SCHEMES", "https"),
        ("ASSENT_PROXIMITY_LIFETIME", "0"),
        ("ASSENT_OFFLINE_URI_ID", "/offline approve"),
        ("ASSENT_OFFLINE_DIGITS", "9"),
        ("ASSENT_OFFLINE_DIGITS", "08"),
        ("ASSENT_SECRET_KIND", "fingerprint"),
        ("ASSENT_PIN_MIN", "3"),
        ("ASSENT_PIN_MIN", "four"),
        ("ASSENT_PIN_MAX", "33"),
        ("ASSENT_PIN_MAX", "2"),
        ("ASSENT_ACTIVATION_OTP", "yes"),
        ("ASSENT_CREDENTIALS", "username"),
        ("ASSENT_CREDENTIALS", "user name:User name"),
        ("ASSENT_CREDENTIALS", "username:User name:hidden"),
        ("ASSENT_CREDENTIALS", "a:A,a:B"),
        ("ASSENT_RECOVERY", "yes"),
        ("ASSENT_OIDC_PROVIDER", "bank login"),
        ("ASSENT_ORIGIN", "http://approve.bank.example"),
        ("ASSENT_ORIGIN", "https://approve.bank.example/"),
        ("ASSENT_ORIGIN", "https://192.0.2.1"),
        ("ASSENT_ORIGIN", "https://[2001:db8::1]"),
        ("ASSENT_ORIGIN", "https://*.bank.example"),
        ("ASSENT_ORIGIN", "https://bank.example@evil.example"),
        ("ASSENT_ORIGIN", "http://localhost.evil.example"),
        ("ASSENT_SYNCED_PASSKEYS", "sometimes"),
        ("ASSENT_SUPPORT_PHONE", "call us"),
        ("ASSENT_SERVICE_WORKER", "yes"),
        ("ASSENT_HOSTS", "https://approve.bank.example"),
        ("ASSENT_HOSTS", "*.bank.example"),
        ("ASSENT_HOSTS", "approve.bank.example:443"),
        ("ASSENT_TRUSTED_PROXIES", "yes"),
        ("ASSENT_TRUSTED_PROXIES", "-1"),
        ("ASSENT_TRUSTED_PROXIES", "*"),
        ("ASSENT_PREFIX", "approve"),
        ("ASSENT_PREFIX", "/approve/"),
        ("ASSENT_PREFIX", "//evil.example"),
        ("ASSENT_PREFIX", "/../x"),
        ("ASSENT_BIND", "8000"),
        ("ASSENT_WORKERS", "0"),
        ("ASSENT_THREADS", "many"),
        ("ASSENT_OUTBOUND_PROXY", "proxy.bank.example:3128"),
        ("ASSENT_OUTBOUND_PROXY", "https://proxy.bank.example:3128"),
        ("ASSENT_OUTBOUND_PROXY", "http://proxy.bank.example"),
        ("ASSENT_OUTBOUND_PROXY", "http://proxy.bank.example:port"),
        ("ASSENT_CA_FILE", "/nowhere.pem"),
        ("ASSENT_CA_FILE", __file__),
    ],
)
def test_a_choice_that_is_none_is_named(name, value):
    (problem,) = problems(**{name: value})
    assert problem.startswith((f"{name}: ", "ASSENT_PIN_MIN, ASSENT_PIN_MAX: "))


def test_the_limits_of_a_pin_are_not_those_of_a_password():
    assert len(problems(ASSENT_SECRET_KIND="password", ASSENT_PIN_MIN="7")) == 1
    assert len(problems(ASSENT_PIN_MIN="20", ASSENT_PIN_MAX="10")) == 1
    settings = Settings.from_environ({**GOOD, "ASSENT_PIN_MIN": "6", "ASSENT_PIN_MAX": "6"})
    assert settings.policy.knowledge == KnowledgeRules(KnowledgeKind.PIN, 6, 6)


def test_the_surroundings_are_read(tmp_path):
    names = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "assent")])
    key = MASTER
    begin = datetime(2020, 1, 1, tzinfo=UTC)
    builder = x509.CertificateBuilder().subject_name(names).issuer_name(names).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(begin).not_valid_after(begin + timedelta(days=1))
    pem = tmp_path / "certificate.pem"
    pem.write_bytes(builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM))
    key_file = tmp_path / "key.pem"
    key_file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    settings = Settings.from_environ(
        {
            **GOOD,
            "ASSENT_ORIGIN": "https://approve.bank.example:8443",
            "ASSENT_HOSTS": "approve.Bank.test, 192.0.2.1,[2001:db8::1]",
            "ASSENT_TRUSTED_PROXIES": "2",
            "ASSENT_PREFIX": "/bank/approve",
            "ASSENT_BIND": "unix:/run/assent/socket",
            "ASSENT_OUTBOUND_PROXY": "http://us:hunter2@proxy.bank.example:3128/",
            "ASSENT_CA_FILE": str(pem),
            "ASSENT_CLIENT_CERTIFICATE": str(pem),
            "ASSENT_CLIENT_KEY": str(key_file),
        }
    )
    assert settings.answers_to == {"approve.bank.example", "approve.bank.test", "192.0.2.1", "[2001:db8::1]"}
    assert (settings.trusted_proxies, settings.prefix) == (2, "/bank/approve")
    assert settings.outbound.options() == {
        "proxy": "http://us:hunter2@proxy.bank.example:3128",
        "ca_file": str(pem),
        "client_certificate": (str(pem), str(key_file)),
    }
    assert "hunter2" not in repr(settings)


def test_the_demo_has_any_name():
    demo = {name: GOOD[name] for name in ("ASSENT_SERVER_KEYS", "ASSENT_SECRET_KEY")}
    demo |= {"ASSENT_SANDBOX_DATABASE": "sandbox.sqlite", "ASSENT_ORIGIN": "http://localhost:5000"}
    assert Settings.from_environ(demo).answers_to == frozenset()


def test_a_certificate_needs_its_key(tmp_path):
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    for names in (("CERTIFICATE",), ("KEY",), ("CERTIFICATE", "KEY")):
        chosen = {f"ASSENT_CLIENT_{name}": str(key if name == "KEY" else certificate) for name in names}
        (problem,) = problems(**chosen)
        assert problem.startswith("ASSENT_CLIENT_CERTIFICATE, ASSENT_CLIENT_KEY: ")


@pytest.mark.parametrize("value", ["http://us:hunter2@proxy:x", "http://us:hunter2@:1", "http://us:hunter2"])
def test_the_password_of_a_proxy_is_not_repeated(value):
    (problem,) = problems(ASSENT_OUTBOUND_PROXY=value)
    assert "hunter2" not in problem


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("https://approve.bank.example", "https://approve.bank.example"),
        ("https://approve.bank.example:8443", "https://approve.bank.example:8443"),
        ("http://localhost:5000", "http://localhost:5000"),
        ("http://localhost:80", "http://localhost"),
    ],
)
def test_the_address_of_the_site_is_written_as_browsers_do(address, origin):
    assert Settings.from_environ({**GOOD, "ASSENT_ORIGIN": address}).origin == origin


def test_an_alarm_needs_an_address_and_a_secret():
    assert problems(ASSENT_ALARM_URL="https://alarm.example") == ["ASSENT_ALARM_SECRET is missing"]
    assert problems(ASSENT_ALARM_SECRET="a" * 32) == ["ASSENT_ALARM_URL is missing"]
    assert len(problems(ASSENT_ALARM_URL="http://alarm.example", ASSENT_ALARM_SECRET="a" * 32)) == 1


def test_the_documentation_is_what_the_code_says():
    documented = Path("docs/configuration.md").read_text(encoding="utf-8")
    assert documented.splitlines() == list(reference()), "run `make docs`"


def test_every_variable_is_read_and_none_that_is_not_listed():
    files = "settings.py", "network.py", "branding.py", "sites.py"
    code = "".join(Path("webapp", name).read_text(encoding="utf-8") for name in files)
    assert set(re.findall(r'"(ASSENT_[A-Z_]*[A-Z])"', code)) == set(VARIABLES)


def test_what_nobody_sets_is_as_the_values_themselves_say():
    settings = Settings.from_environ(GOOD)
    assert settings == Settings(
        backend=settings.backend,
        sandbox_database=None,
        database_url="sqlite:///instance/assent.sqlite",
        server_keys=settings.server_keys,
        secret_key=GOOD["ASSENT_SECRET_KEY"],
    )


def test_numbers_are_told_where_the_operator_says():
    assert not Settings.from_environ(GOOD).has_metrics
    for address, told in {"127.0.0.1:9100": ("127.0.0.1", 9100), "[::1]:9100": ("::1", 9100)}.items():
        assert Settings.from_environ({**GOOD, "ASSENT_METRICS_BIND": address}).metrics_bind == told
    token = Settings.from_environ({**GOOD, "ASSENT_METRICS_TOKEN": "t" * 40})
    assert token.has_metrics
    assert "t" * 40 not in repr(token)


@pytest.mark.parametrize("address", ["9100", "127.0.0.1", "127.0.0.1:0", "127.0.0.1:70000", "host:9100"])
def test_an_address_for_numbers_is_an_address_and_a_port(address):
    (problem,) = problems(ASSENT_METRICS_BIND=address)
    assert problem == "ASSENT_METRICS_BIND: an address and a port such as 127.0.0.1:9100"


def test_the_audit_trail_may_have_keys_of_its_own():
    assert Settings.from_environ(GOOD).audit_keys is None
    own = Settings.from_environ({**GOOD, "ASSENT_AUDIT_KEYS": "audit:" + "B" * 43 + "="})
    assert own.audit_keys is not None
    assert own.audit_keys.current.id == "audit"


def test_a_secret_may_lie_in_a_file(tmp_path):
    file = tmp_path / "secret"
    file.write_text(GOOD["ASSENT_SECRET_KEY"] + "\n")
    environ = {**GOOD, "ASSENT_SECRET_KEY": "", "ASSENT_SECRET_KEY_FILE": str(file)}
    assert Settings.from_environ(environ) == Settings.from_environ(GOOD)


def test_a_secret_in_two_places_or_in_no_file_is_told(tmp_path):
    file = tmp_path / "secret"
    assert problems(ASSENT_SECRET_KEY_FILE=str(file)) == [
        "ASSENT_SECRET_KEY, ASSENT_SECRET_KEY_FILE: one of them, not both"
    ]
    missing = problems(ASSENT_SECRET_KEY=None, ASSENT_SECRET_KEY_FILE=str(file))
    assert missing[0] == "ASSENT_SECRET_KEY_FILE: a file that can be read (No such file or directory)"
    file.write_bytes(b"\xff canary")
    no_text = problems(ASSENT_SECRET_KEY=None, ASSENT_SECRET_KEY_FILE=str(file))
    assert no_text[0] == "ASSENT_SECRET_KEY_FILE: a file that can be read (no text)"


def test_only_secrets_lie_in_files():
    assert problems(ASSENT_ORIGIN_FILE="/etc/hostname") == ["ASSENT_ORIGIN_FILE is not a setting"]
