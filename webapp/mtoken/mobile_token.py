"""The mobile token of one activation: the object that applications hold.

Source: mobile-token-api.md, section 11.
"""

from webapp.mtoken.operations import Operations
from webapp.mtoken.power_auth import PowerAuth
from webapp.mtoken.service import Service


class WultraMobileToken:
    """Operations of an activated `PowerAuth`; `base_url` is the PowerAuth server's unless told otherwise."""

    def __init__(self, power_auth: PowerAuth, base_url: str | None = None) -> None:
        self.power_auth = power_auth
        self._service = Service(power_auth, base_url or power_auth.configuration.base_url)
        self.operations = Operations(self._service)

    def set_accept_language(self, language: str) -> None:
        """A BCP 47 tag or a whole header value; it goes with every call of every service from now on."""
        self._service.accept_language = language
