"""Change the PIN: the server says whether the old one is right, and only then the new one takes its place.

Whatever goes wrong on the way, the old PIN stays as it was; a wrong one costs an attempt and changes nothing.

Source: powerauth.md, section 9.1.
"""

from webapp.flows.services import Services
from webapp.flows.steps import Step, Taken, proven, take, without_blame
from webapp.flows.visitor import Visitor
from webapp.mtoken.power_auth import PowerAuth


def change_pin(services: Services, visitor: Visitor, *, note: str, old: str, new: str) -> Taken:
    """Change the PIN. Both were read by the rules before.

    Returns:
        Done, or the verdict: CREDENTIAL, BLOCKED, REMOVED, OUT_OF_SYNC, or UNAVAILABLE, which stands for
        everything that is not the old PIN's fault or may not be. In none of them was anything changed.

    Raises:
        FormError, NotEnrolled, HalfMissing, ActivationBusy: nothing was signed.
    """

    def act(power_auth: PowerAuth) -> Taken:
        return without_blame(proven(power_auth, lambda: power_auth.change_password(old, new)))

    return take(services, visitor, Step.CHANGE_PIN, note, act)
