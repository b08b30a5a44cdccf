"""One activation and its server, with the methods of the mobile SDK.

`PowerAuth` joins the pure protocol with a `Transport` (how messages travel) and a `Keeper` (where the
activation lives). Each concern has a file of its own:

    activations.py   create (by code, credentials, recovery code or sign-in), commit, remove
    statuses.py      how the activation stands, and the counter that follows from it
    signatures.py    sign requests and offline codes; verify what the server signed
    passwords.py     check the PIN, choose another (passphrase_meter.py says how strong one is)
    vault.py         biometry for later, the application's own keys, the device key
    recovery.py      recovery codes
    tokens.py        tokens for reads
    details.py       name at the server, user info
    encryptors.py    encryption for the application's own endpoints
    oidc.py          signing in at an OpenID provider
    time_synchronization.py

docs/protocol-coverage.md says which method of the mobile SDK is which here.

Source: powerauth.md, sections 3 to 11, 15 and 16.
"""

from webapp.mtoken.activations import ActivationResult, Activations
from webapp.mtoken.client import PowerAuthConfiguration
from webapp.mtoken.details import Details
from webapp.mtoken.encryptors import Encryptors
from webapp.mtoken.oidc import OidcConfigurations
from webapp.mtoken.passwords import Passwords
from webapp.mtoken.recovery import Recovery
from webapp.mtoken.time_synchronization import Times

__all__ = ["ActivationResult", "PowerAuth", "PowerAuthConfiguration"]


class PowerAuth(Activations, Passwords, Recovery, Details, Encryptors, OidcConfigurations, Times):
    """One activation. Make one per call chain."""
