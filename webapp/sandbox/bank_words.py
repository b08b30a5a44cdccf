"""The bank's pages in words: states, reasons, kinds of operations, refusals.

A code without words here is shown as it is: the bank's own reasons are free.
"""

from typing import Final

from flask_babel import get_locale
from flask_babel import lazy_gettext as _

from webapp.powerauth.errors import OperationDataRule
from webapp.sandbox.forms import FormTemplate, OperationTemplate, templates
from webapp.sandbox.languages import choose

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
    "VALID": "success",
    "INVALID": "error",
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

# What the bank keeps with a decision, in words.
KEPT: Final = FACTORS | {"OFFLINE_COUNTER": _("the offline counter")}

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
    "shownAt": _("Shown at"),
    "approvedAt": _("Approved at"),
}

BAD_USER: Final = _(
    "A name begins with a letter or a digit and has at most 64 letters, digits, spaces and . _ @ -"
)
BAD_REASON: Final = _("A reason is a code of 1 to 32 capital letters, digits and _")
TOO_LONG: Final = _("This value is too long.")
BAD_VALUES: Final = _("The bank takes no control characters except line breaks, and no ${ in a value.")

MESSAGE_TYPES: Final = {
    "text": _("Text"),
    "html": _("HTML"),
}
MESSAGE_TOO_LONG: Final = _("This is too long: %(most)s characters are the most.")
MESSAGE_EMPTY: Final = _("A message needs this.")
MESSAGE_TYPE: Final = _("Choose what the message is written in.")
NOT_PRINTABLE: Final = _("There are control characters in this that no page can show.")
EXAMPLE: Final = {
    "subject": _("New statement"),
    "summary": _("The statement for February is ready."),
    "body": _("Good day,\n\nyour statement for February is ready. You find it in your internet banking."),
}

# When the server asks for a one-time password.
PHASES: Final = {
    "ON_KEY_EXCHANGE": _("The customer enters it together with the code"),
    "ON_COMMIT": _("The bank asks for it when it commits"),
}
BAD_PHASE: Final = _("Choose when the one-time password is asked for.")
NO_OTP: Final = _("Enter the one-time password that the customer tells you. Nothing was changed.")
WRONG_OTP: Final = _(
    "This is not the one-time password of this activation, so it was not committed."
    " After too many wrong ones it is removed."
)
RECOVERY_STATES: Final = {
    "CREATED": _("Not confirmed yet"),
    "ACTIVE": _("Good for a new browser"),
    "BLOCKED": _("Blocked: too many wrong PUKs"),
    "REVOKED": _("Withdrawn by the bank"),
    "USED_UP": _("Used up"),
}
PUK_STATES: Final = {
    "VALID": _("Not used yet"),
    "USED": _("Used"),
    "INVALID": _("Worthless"),
}
FOREIGN_SIGN_IN: Final = (
    _("This sign-in is not possible"),
    _("Nobody is known here who asks like this, so nobody is sent there. Begin again at the site."),
)

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
    "ERR0029": (
        _("This bank prints no cards"),
        _("Recovery cards are switched off for its application. Nothing was changed."),
    ),
    "ERR0036": (
        _("This operation is settled"),
        _("It no longer waits for a decision. Nothing was changed."),
    ),
    "ERR0037": (
        _("This operation was settled in the meantime"),
        _("It no longer waited when the code had been checked. The code approved nothing."),
    ),
}
REFUSED: Final = (_("The bank refused this"), _("Nothing was changed."))
UNKNOWN_CODES: Final = ("ERR0009", "ERR0034")

# The offline counter. Flags: formats.md, section 2.4.
FLAGS: Final = {
    "B": _("Biometry may be used"),
    "X": _("Approve and reject swap places"),
    "F": _("Warn of fraud first"),
    "C": _("Do not approve during a call"),
}
NO_SUCH_BROWSER: Final = _("Choose one of these: the browser chosen before is no longer active.")
NEARBY_FOR_NOBODY: Final = _(
    "Choose a browser for this: the server puts a time-based code only into a QR code for one browser."
)
TOO_MUCH: Final = _("All values together are too much for one QR code. Shorten this one.")
BROKEN_VALUES: Final = {
    OperationDataRule.AMOUNT: ("amount", _("An amount is written like 1250.50, its currency like EUR.")),
    OperationDataRule.ACCOUNT: (
        "iban",
        _("An account is written in capital letters and digits, without spaces."),
    ),
    OperationDataRule.DATE: ("due", _("A day is written like 20260331 and has to be in the calendar.")),
}
NOT_A_CODE: Final = _(
    "A code has 16 digits, like 1234 5678 - 1234 5678. This was not checked, so it cost no attempt."
)
WHOSE_CODE: Final = _("Choose who brings the code. It was not checked, so it cost no attempt.")
WRONG_CODE: Final = _(
    "This code is wrong. Nothing was approved."
    " Attempts left: %(browser)s for the browser, %(operation)s for the operation."
)
WRONG_CODE_AND_BLOCKED: Final = _(
    "This code is wrong, and it was the last attempt: the browser is blocked now. Nothing was approved."
)

# How an operation of the counter ends: state → level, heading and explanation.
ENDS: Final = {
    "APPROVED": ("success", _("Approved"), _("It was approved online, without a typed code.")),
    "REJECTED": ("error", _("Rejected"), _("The customer rejected it online. No code is needed any more.")),
    "CANCELED": ("warning", _("Withdrawn by the bank"), _("Nothing was approved. Its code is worthless.")),
    "EXPIRED": ("warning", _("Expired"), _("Nobody brought a right code in time. Nothing was approved.")),
    "FAILED": ("error", _("Failed: too many attempts"), _("Nothing was approved. Make a new QR code.")),
}
ENDED: Final = ("info", _("Settled"), _("It no longer waits for a decision."))
RIGHT_CODE: Final = ("success", _("The code is right"), _("The operation is approved."))

# Why a browser cannot approve: state → heading and explanation.
UNABLE: Final = {
    "BLOCKED": (
        _("This browser is blocked"),
        _("No code of it is checked. Unblock it first; this operation goes on waiting until it expires."),
    ),
}
GONE: Final = (
    _("This browser is no longer enrolled"),
    _("Nobody can make a code for this operation. Make a new QR code for another browser."),
)


def title_of(template: OperationTemplate) -> str:
    """What the token calls it, in the page's language; its name, if no token can show it."""
    form = form_of(template)
    return template.template_name if form is None else form.title


def title_named(template_name: str) -> str:
    known = {one.template_name: one for one in templates()}
    return title_of(known[template_name]) if template_name in known else template_name


def form_of(template: OperationTemplate) -> FormTemplate | None:
    """The texts of an operation in the page's language, or in the next best; None if it has none at all."""
    language = choose(template.forms, str(get_locale()).replace("_", "-"))
    return None if language is None else template.forms[language]
