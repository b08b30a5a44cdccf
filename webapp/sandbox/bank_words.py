"""The bank's pages in words: states, reasons, kinds of operations, refusals.

A code without words here is shown as it is: the bank's own reasons are free.
"""

from typing import Final

from flask_babel import lazy_gettext as _

ACTIVATION_STATES: Final = {
    "CREATED": _("Waiting for a browser"),
    "PENDING_COMMIT": _("Waiting for you to commit it"),
    "ACTIVE": _("Active"),
    "BLOCKED": _("Blocked"),
    "REMOVED": _("Removed"),
}

OPERATION_STATES: Final = {
    "PENDING": _("Waiting for a decision"),
    "APPROVED": _("Approved"),
    "REJECTED": _("Rejected"),
    "CANCELED": _("Withdrawn by the bank"),
    "EXPIRED": _("Expired"),
    "FAILED": _("Failed: too many attempts"),
}

LEVELS: Final = {
    "APPROVED": "success",
    "ACTIVE": "success",
    "REJECTED": "error",
    "FAILED": "error",
    "BLOCKED": "error",
    "CANCELED": "warning",
    "EXPIRED": "warning",
    "PENDING_COMMIT": "warning",
}

REASONS: Final = {
    "INCORRECT_DATA": _("The data are wrong."),
    "UNEXPECTED_OPERATION": _("The person did not start it."),
    "UNKNOWN": _("No reason given."),
    "MAX_FAILED_ATTEMPTS": _("Too many wrong attempts."),
    "NOT_SPECIFIED": _("No reason given."),
}

FACTORS: Final = {
    "POSSESSION": _("this browser alone"),
    "POSSESSION_KNOWLEDGE": _("this browser and the PIN"),
    "POSSESSION_BIOMETRY": _("this browser and biometry"),
}

KINDS: Final = {
    "login": _("A sign-in"),
    "payment": _("An ordinary payment"),
    "payment_conversion": _("Two currencies and a rate that may still change"),
    "payment_invoice": _("With a picture and an alert"),
    "payment_warning": _("A warning before approval; three attempts"),
    "payment_risk": _("Risk flags X, C and F; three attempts"),
    "login_nearby": _("Needs a code from the bank's screen"),
    "shop": _("Leads back to a shop after approval"),
    "limit": _("Shows a review after approval"),
    "login_kiosk": _("Belongs to nobody until somebody takes it over"),
    "consent": _("One factor: no PIN is asked"),
    "broken": _("Has no texts, so no token ever shows it"),
}

# The forms of a code on the bank's screen; formats.md, section 3.1.
LINK: Final = "link"
JWT_LINK: Final = "jwt-link"
JWT: Final = "jwt"
CODE_FORMS: Final = {
    LINK: _("Link"),
    JWT_LINK: _("Link with a token"),
    JWT: _("Token alone"),
}

# What the bank keeps with a decision.
ADDITIONAL: Final = {
    "rejectReason": _("Reason of the person"),
    "authFactor": _("Decided with"),
    "activationId": _("Decided by activation"),
    "applicationId": _("Application"),
    "ipAddress": _("Address"),
    "userAgent": _("Program"),
}

BAD_USER: Final = _(
    "A name begins with a letter or a digit and has at most 64 letters, digits, spaces and . _ @ -"
)
BAD_REASON: Final = _("A reason is a code of 1 to 32 capital letters, digits and _")
TOO_LONG: Final = _("This value is too long.")
BAD_VALUES: Final = _("The bank takes no control characters except line breaks, and no ${ in a value.")

# Codes of the back office → heading and explanation.
REFUSALS: Final = {
    "ERR0009": (
        _("There is no such activation"),
        _("The address names an activation that this bank does not know."),
    ),
    "ERR0034": (
        _("There is no such operation"),
        _("The address names an operation that this bank does not know."),
    ),
    "ERR0007": (
        _("This activation has expired"),
        _("It was not finished in time. Nothing was changed. Make a new activation code."),
    ),
    "ERR0008": (
        _("Not possible in this state"),
        _("The activation has moved on in the meantime. Nothing was changed."),
    ),
    "ERR0036": (
        _("This operation is settled"),
        _("It no longer waits for a decision. Nothing was changed."),
    ),
}
REFUSED: Final = (_("The bank refused this"), _("Nothing was changed."))
UNKNOWN_CODES: Final = ("ERR0009", "ERR0034")
