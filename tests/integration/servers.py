"""The servers that the integration tests talk to over HTTP: real ones if the environment names them,
else the sandbox, served alone in a process of its own.

    ASSENT_TEST_POWERAUTH_URL     the PowerAuth Server, ending before /rest/v3
    ASSENT_TEST_ENROLLMENT_URL    the enrollment server, ending before /pa/v3
    ASSENT_TEST_POWERAUTH_AUTH    user:password of the back office, if it asks for it
    ASSENT_TEST_APPLICATION       the application to use; made if it is not there
"""

import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from webapp.sandbox.forms import templates

ROOT = Path(__file__).parents[2]
TIMEOUT_S = 20
TEMPLATE_EXISTS = "ERR0039"


class Refused(Exception):
    """The back office said no."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


@dataclass(frozen=True)
class BackOffice:
    """The PowerAuth Server's REST API."""

    url: str
    credentials: tuple[str, str] | None = None

    def __call__(self, path: str, request_object: Mapping[str, Any]) -> Any:
        response = requests.post(
            f"{self.url}/rest/v3{path}",
            json={"requestObject": request_object},
            auth=self.credentials,
            timeout=TIMEOUT_S,
        )
        answer = response.json()
        if answer["status"] != "OK":
            raise Refused(answer["responseObject"]["code"], answer["responseObject"].get("message", ""))
        return answer.get("responseObject")


@dataclass(frozen=True)
class Servers:
    """Where both sides of the other side are, and for which application."""

    back_office: BackOffice
    enrollment_url: str
    application: str

    def prepare(self) -> str:
        """Make sure that application and templates are there; returns the SDK configuration string."""
        known = self.back_office("/application/list", {})["applications"]
        if self.application not in {entry["applicationId"] for entry in known}:
            self.back_office("/application/create", {"applicationId": self.application})
        for template in templates():
            self._offer_template(template)
        return self._sdk_configuration()

    def _offer_template(self, template: Any) -> None:
        wanted = {
            "templateName": template.template_name,
            "operationType": template.operation_type,
            "dataTemplate": template.data_template,
            "signatureType": list(template.signature_type),
            "maxFailureCount": template.max_failure_count,
            "expiration": template.expiration,
        }
        try:
            self.back_office("/operation/template/create", wanted)
        except Refused as refused:
            if refused.code != TEMPLATE_EXISTS:
                raise

    def _sdk_configuration(self) -> str:
        asked = {"applicationId": self.application}
        if not self._supported(asked):
            version = {**asked, "applicationVersionId": "assent-tests"}
            self.back_office("/application/version/create", version)
        return str(self._supported(asked)[0]["mobileSdkConfig"])

    def _supported(self, asked: Mapping[str, str]) -> list[Any]:
        versions = self.back_office("/application/detail", asked).get("versions") or []
        return [version for version in versions if version["supported"]]


@contextmanager
def servers_of(environ: Mapping[str, str], database: Path) -> Iterator[Servers]:
    """The servers that the environment names, or a sandbox for as long as the block lasts."""
    power_auth, enrollment = (
        environ.get(f"ASSENT_TEST_{name}_URL", "").rstrip("/") for name in ("POWERAUTH", "ENROLLMENT")
    )
    application = environ.get("ASSENT_TEST_APPLICATION") or "assent-demo"
    if power_auth and enrollment:
        user, colon, password = environ.get("ASSENT_TEST_POWERAUTH_AUTH", "").partition(":")
        yield Servers(BackOffice(power_auth, (user, password) if colon else None), enrollment, application)
        return
    if power_auth or enrollment:
        raise RuntimeError("set both ASSENT_TEST_POWERAUTH_URL and ASSENT_TEST_ENROLLMENT_URL, or neither")
    with _sandbox(database) as url:
        yield Servers(BackOffice(url), url, application)


@contextmanager
def _sandbox(database: Path) -> Iterator[str]:
    command = [sys.executable, "-m", "webapp.sandbox", "--port", "0", "--database", str(database)]
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        assert process.stdout is not None
        first = process.stdout.readline()
        found = re.search(r"http://\S+", first)
        assert found, f"the sandbox did not start: {first!r}"
        yield found.group()
    finally:
        process.terminate()
        process.wait(TIMEOUT_S)
        if process.stdout:
            process.stdout.close()
