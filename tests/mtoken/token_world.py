"""Alice's mobile token without a site: the sandbox behind a wire, her activation committed by the bank."""

import json
from dataclasses import dataclass

from tests.support.bank import Bank
from tests.support.clock import ManualClock
from tests.support.wire import Wire
from webapp.mtoken.keeper import MemoryKeeper
from webapp.mtoken.mobile_token import WultraMobileToken
from webapp.mtoken.power_auth import PowerAuth, PowerAuthConfiguration
from webapp.mtoken.transport import Headers, HttpResponse
from webapp.powerauth.activation_code import parse_activation_code
from webapp.powerauth.protocol import Version
from webapp.powerauth.sdk_configuration import SdkConfiguration
from webapp.randomness import system_random
from webapp.sandbox.backend import Backend
from webapp.sandbox.transport import InMemoryTransport

URL = "https://bank.example/enrollment-server"
PIN = "2580"
WRONG_PIN = "1379"


@dataclass
class World:
    sandbox: Backend
    wire: Wire
    clock: ManualClock
    token: WultraMobileToken

    @property
    def alice(self):
        return self.token.power_auth

    @property
    def bank(self):
        return Bank(self.sandbox.admin)

    @property
    def paths(self):
        """Where requests went so far, without the host."""
        return [request.url.removeprefix(URL) for request in self.wire.requests]

    def newcomer(self):
        """A client of the same application, without an activation."""
        return PowerAuth(self.alice.configuration, self.wire, MemoryKeeper(), clock=self.clock)

    def configures(self, key, *values):
        """The bank configures the application."""
        asked = {"applicationId": "assent-demo", "key": key, "values": list(values)}
        self.sandbox.admin("/application/config/create", asked)

    def gives_out_recovery_codes(self, **switches):
        enabled = {"activationRecoveryEnabled": True, "recoveryPostcardEnabled": True}
        asked = {"applicationId": "assent-demo", **enabled, **switches}
        self.sandbox.admin("/recovery/config/update", asked)

    def asked(self, path):
        """What was sent to this path last."""
        return json.loads(self.wire.sent(path)[-1].body)


def make_world(path, version=Version.V3_3, settings=None):
    clock = ManualClock()
    sandbox = Backend(path / "sandbox.sqlite", clock=clock, random=system_random, settings=settings)
    wire, bank = Wire(InMemoryTransport(sandbox, URL)), Bank(sandbox.admin)
    configuration = PowerAuthConfiguration(URL, SdkConfiguration.parse(sandbox.sdk_configuration()), version)
    power_auth = PowerAuth(configuration, wire, MemoryKeeper(), clock=clock)
    offer = bank.gives_code("Alice")
    power_auth.create_activation(parse_activation_code(offer.scanned), "script")
    power_auth.commit_activation(PIN)
    bank.commits(offer.activation_id)
    return World(sandbox, wire, clock, WultraMobileToken(power_auth))


def answers(response_object, **beside):
    """The server answers with this, whatever it is asked."""
    body = json.dumps({"status": "OK", "responseObject": response_object, **beside}).encode()
    headers = Headers({"Content-Type": "application/json"})
    return lambda _request, _transport: HttpResponse(200, headers, body)
