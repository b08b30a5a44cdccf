"""Leave: this browser forgets its activation."""

from webapp.flows.services import Services
from webapp.flows.visitor import Visitor


def forget_browser(services: Services, visitor: Visitor) -> None:
    """Erase what is kept for this browser. The server is not told: the bank's list still shows it."""
    services.custody.forget_browser(visitor.sid)
