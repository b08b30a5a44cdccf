"""The parties of the case files: whose signatures verify, and whose approval codes are computed."""

import base64
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from tests.powerauth import known
from tests.powerauth.activations import alice
from webapp.powerauth.counter import HashCounter
from webapp.powerauth.factors import PowerAuthAuthentication, ProtectedKnowledgeKey, wrap_biometry_key
from webapp.powerauth.sdk_configuration import SdkConfiguration
from webapp.powerauth.state import ActivationState

PIN = "2580"
WRAPPING_KEY = bytes(range(1, 17))
AUTHENTICATIONS = {
    "knowledge": PowerAuthAuthentication.password(PIN),
    "biometry": PowerAuthAuthentication.biometry(WRAPPING_KEY),
}


@dataclass(frozen=True, slots=True)
class Keys:
    """Public keys are points of 65 bytes; the factors' keys and the counter data have 16 bytes."""

    master_public: bytes
    server_public: bytes
    possession: bytes
    knowledge: bytes
    biometry: bytes
    counter: bytes

    @classmethod
    def of(cls, folder: Path) -> Self:
        """The keys in a folder's keys.json: points in Base64, everything else in hex."""
        given = json.loads((folder / "keys.json").read_text(encoding="utf-8"))
        points = {name: base64.b64decode(given[name]) for name in ("master_public", "server_public")}
        secrets = ("possession", "knowledge", "biometry", "counter")
        return cls(**points, **{name: bytes.fromhex(given[name]) for name in secrets})

    def state(self) -> ActivationState:
        """An activation with these keys, under `PIN` and `WRAPPING_KEY`."""
        known_state = alice()
        return ActivationState(
            activation_id=known_state.activation_id,
            application_key=known_state.application_key,
            name="Alice's browser",
            server_public_key=self.server_public,
            device_public_key=known_state.device_public_key,
            counter=HashCounter(self.counter),
            possession_key=self.possession,
            transport_key=known_state.transport_key,
            # One round: a slow derivation would prove nothing here.
            knowledge=ProtectedKnowledgeKey.protect(
                self.knowledge, PIN.encode(), salt=bytes(16), iterations=1
            ),
            biometry=wrap_biometry_key(self.biometry, WRAPPING_KEY),
            device_private_key=known_state.device_private_key,
        )

    def configuration(self) -> SdkConfiguration:
        return SdkConfiguration(known.APPLICATION_KEY, known.APPLICATION_SECRET, self.master_public)
