"""Cookies can be copied. Under a new sid the browser goes on, and every copy of the old one is worthless.

Two steps, because the answer with the new sid may get lost: docs/custody.md, "A new sid".
"""

from webapp.flows.services import Services
from webapp.flows.visitor import Visitor


def renew_sid(services: Services, visitor: Visitor) -> str:
    """A new sid for this browser; its old one works until it comes with the new one.

    Raises:
        NotEnrolled, HalfMissing, HalfWrong: there is nothing to go on with.
    """
    return services.custody.readmit(visitor.sid, visitor.half)


def end_copies(services: Services, visitor: Visitor) -> None:
    """The browser has come with its new sid: no other opens the activation any more.

    Raises:
        NotEnrolled, HalfMissing, HalfWrong: it has not.
    """
    services.custody.end_others(visitor.sid, visitor.half)
