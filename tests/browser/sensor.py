"""A fingerprint sensor for Chromium: its virtual authenticator, and what else can go wrong with a device."""

from dataclasses import dataclass, field
from typing import Any, Final

from playwright.sync_api import CDPSession

DEVICE: Final = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
    "hasPrf": True,
}
# A device that makes a passkey without telling its secret, and tells it when it is asked.
ONLY_WHEN_ASKED: Final = """
    const create = CredentialsContainer.prototype.create;
    CredentialsContainer.prototype.create = function (wish) {
      wish.publicKey.extensions.prf = {};
      return create.call(this, wish);
    };
"""
# Somebody presses "Cancel" in the window of the device; the browser says no more than this.
CANCELS: Final = """
    for (const name of ["create", "get"])
      CredentialsContainer.prototype[name] = async () => {
        throw new DOMException("", "NotAllowedError");
      };
"""
# A device that gives another secret than before. To a copied passkey Chromium gives none at all.
OTHER_SECRET: Final = """
    PublicKeyCredential.prototype.getClientExtensionResults = () => (
      { prf: { results: { first: new Uint8Array(32).buffer } } }
    );
"""
# Remembers what is asked, and which passkeys the device is told to forget.
WITNESS: Final = """
    window.forgotten = [];
    PublicKeyCredential.signalUnknownCredential = async (one) => window.forgotten.push(one.credentialId);
    for (const name of ["create", "get"]) {
      const usual = CredentialsContainer.prototype[name];
      CredentialsContainer.prototype[name] = function (wish) {
        window.wish = wish.publicKey;
        return usual.call(this, wish);
      };
    }
"""


@dataclass
class Sensor:
    """A virtual authenticator at one window."""

    cdp: CDPSession
    id: str = field(default="")

    def is_there(self, **options: Any) -> "Sensor":
        """Plug it in, in place of the one before."""
        if self.id:
            self.cdp.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": self.id})
        answer = self.cdp.send("WebAuthn.addVirtualAuthenticator", {"options": {**DEVICE, **options}})
        self.id = answer["authenticatorId"]
        return self

    def sees_somebody_else(self) -> None:
        """The finger on it is not its person's."""
        self.cdp.send("WebAuthn.setUserVerified", {"authenticatorId": self.id, "isUserVerified": False})

    @property
    def passkeys(self) -> list[dict[str, Any]]:
        return self.cdp.send("WebAuthn.getCredentials", {"authenticatorId": self.id})["credentials"]

    def holds(self, passkey: dict[str, Any], **changes: Any) -> None:
        """Put this passkey into it."""
        self.cdp.send(
            "WebAuthn.addCredential", {"authenticatorId": self.id, "credential": {**passkey, **changes}}
        )

    def forgets_everything(self) -> None:
        self.cdp.send("WebAuthn.clearCredentials", {"authenticatorId": self.id})
