"""Settings: every bad value is named at once, and nothing secret is repeated."""

import re
from pathlib import Path

import pytest

from tests.powerauth.known import MASTER
from webapp.powerauth.ecc import point
from webapp.powerauth.protocol import Version
from webapp.powerauth.sdk_configuration import SdkConfiguration
from webapp.settings import Settings, SettingsInvalid

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


def test_the_documentation_lists_every_setting():
    documented = Path("docs/configuration.md").read_text(encoding="utf-8")
    code = Path("webapp/settings.py").read_text(encoding="utf-8")
    named = set(re.findall(r'"(ASSENT_[A-Z_]*[A-Z])"', code))
    assert named == set(re.findall(r"^\| `(ASSENT_[A-Z_]+)`", documented, flags=re.MULTILINE))
