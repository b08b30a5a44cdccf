"""The mobile token of one activation: the object that applications hold.

Source: mobile-token-api.md, section 11.
"""

from webapp.mtoken.inbox import Inbox
from webapp.mtoken.operations import Operations
from webapp.mtoken.power_auth import PowerAuth
from webapp.mtoken.push import Push
from webapp.mtoken.service import Service
from webapp.mtoken.standard_api import StandardApi


class WultraMobileToken:
    """Operations, inbox and push registration of an activated `PowerAuth`.

    `base_url` is the PowerAuth server's unless told otherwise.
    """

    def __init__(self, power_auth: PowerAuth, base_url: str | None = None) -> None:
        self.power_auth = power_auth
        url = base_url or power_auth.configuration.base_url
        self._service = Service(power_auth, url)
        self.operations = Operations(self._service)
        self.inbox = Inbox(self._service)
        self.push = Push(self._service, StandardApi(url, power_auth.transport))

    def set_accept_language(self, language: str) -> None:
        """A BCP 47 tag or a whole header value; it goes with every call of every service from now on."""
        self._service.accept_language = language
