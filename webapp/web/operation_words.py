"""The site's own words on the pages of one operation."""

from types import MappingProxyType
from typing import Final

from flask_babel import lazy_gettext as _

from webapp.flows.demands import Obstacle
from webapp.flows.retype import RetypeKind
from webapp.mtoken.operation import RejectionReason
from webapp.web.knowledge_words import pin_or_password

OBSTACLES: Final = MappingProxyType(
    {
        Obstacle.STATUS: _("It does not wait for a decision, or in a way that this version does not know."),
        Obstacle.FACTORS: _("It asks for a proof of identity that this browser does not have."),
        Obstacle.NO_PASSKEY: _(
            "Your bank wants this approved with a fingerprint, a face or a screen lock, and this browser has none set up."
        ),
        Obstacle.CONTENT: _(
            "It has content that this version cannot show, and nobody should sign what they cannot read."
        ),
        Obstacle.MISMATCH: _("What would be signed is not what is shown, so nobody should sign it."),
    }
)

RETYPES: Final = MappingProxyType(
    {
        RetypeKind.ACCOUNT: (
            _("The last four characters of the account"),
            _("Type them as they stand above. Whoever types has looked."),
        ),
        RetypeKind.AMOUNT: (
            _("The amount"),
            _("Type it as it stands above. Whoever types has looked."),
        ),
    }
)
"""Label and hint of the field to retype something."""

REASONS: Final = (
    (RejectionReason.UNKNOWN, _("I do not want to give a reason")),
    (RejectionReason.INCORRECT_DATA, _("Something in it is not right")),
    (RejectionReason.UNEXPECTED_OPERATION, _("I did not ask for this")),
)


ANSWERED_BEFORE: Final = MappingProxyType(
    {
        "pin": pin_or_password(
            _(
                "This form was answered before, so it was not sent again and cost no attempt. Enter your PIN once more."
            ),
            _(
                "This form was answered before, so it was not sent again and cost no attempt. Enter your password once more."
            ),
        ),
        "passkey": _(
            "This form was answered before, so it was not sent again and cost no attempt. Use your fingerprint, face or screen lock once more."
        ),
    }
)
"""What to do again, by the field that the form was answered with."""
