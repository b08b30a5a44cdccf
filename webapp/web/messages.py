"""The words for every error that people can meet: what happened, what it means, what to do next.

`PAGES` are whole pages; `FIELDS` stand beside a field of a form. Both are keyed by `message_key`. Status
codes are in errors.py. No word here guesses: a text says "nothing was approved" only where that is known.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from webapp.web.outcome_words import Way

NOT_FOUND: Final = "page.not_found"
BAD_REQUEST: Final = "page.bad_request"
FORBIDDEN: Final = "page.forbidden"
METHOD: Final = "page.method"
TOO_LARGE: Final = "page.too_large"
TOO_MANY: Final = "page.too_many"
BROKEN: Final = "page.broken"
STALE_FORM: Final = "form.stale"
FOREIGN_SITE: Final = "form.foreign_site"


@dataclass(frozen=True, slots=True)
class Message:
    """A page about something that went wrong; `way` is the one thing to do next."""

    title: LazyString
    happened: LazyString
    meaning: LazyString
    advice: LazyString
    way: Way = Way.AGAIN


_NOTHING_DONE = _("Nothing was approved and nothing was rejected.")
_NO_ACTIVATION = _(
    "This browser cannot show or approve anything now. Your money and your account are as they were."
)

_UNUSABLE = Message(
    _("The bank's answer cannot be used"),
    _("An answer came that does not pass the checks of this site, so it was thrown away."),
    _NOTHING_DONE,
    _("Try again in a few minutes. If it stays so, call your bank."),
)
_NOT_HERE = Message(
    _("This cannot be done here"),
    _("The step asks for something that this browser cannot do."),
    _NOTHING_DONE,
    _("Go back to the waiting operations, or use another of your devices."),
    Way.OPERATIONS,
)
_SITE_FAULT = Message(
    _("Something is wrong on this site"),
    _("This site is not set up as it should be. It is not your fault."),
    _("Nothing was approved and nothing was rejected by this page."),
    _("Try again later. If it is urgent, use another of your devices or call your bank."),
)
_LOCKED = Message(
    _("This browser can no longer open its activation"),
    _("What this browser keeps and what this site keeps do not fit together any more."),
    _NO_ACTIVATION,
    _("Forget this browser here, get a new activation code from your bank and enrol it again."),
    Way.FORGET,
)
_BAD_PROXIMITY = Message(
    _("The code from the other screen cannot be used"),
    _("The code is damaged, too old, or of another operation."),
    _NOTHING_DONE,
    _("Read the code on the other screen again."),
    Way.OPERATIONS,
)

PAGES: Final[Mapping[str, Message]] = MappingProxyType(
    {
        "custody.not_enrolled": Message(
            _("This browser is not enrolled"),
            _("There is no activation for this browser: it never had one, or its cookies were deleted."),
            _NO_ACTIVATION,
            _("Get an activation code from your bank and enrol this browser."),
            Way.ENROL,
        ),
        "custody.half_missing": Message(
            _("Half of this browser's key is missing"),
            _("This site knows the browser, but the browser no longer has its half of the key."),
            _NO_ACTIVATION,
            _("Forget this browser here, get a new activation code from your bank and enrol it again."),
            Way.FORGET,
        ),
        "custody.half_wrong": _LOCKED,
        "custody.record_damaged": _LOCKED,
        "custody.server_key_unknown": _LOCKED,
        "custody.busy": Message(
            _("Another answer is on its way"),
            _("In another tab or window this browser is answering an operation just now."),
            _("Nothing was approved and nothing was rejected by this page."),
            _("Wait a moment and look at the operation again."),
        ),
        "custody.lease_lost": Message(
            _("That took too long"),
            _("The step was stopped before anything was sent."),
            _NOTHING_DONE,
            _("Try again."),
        ),
        "custody.server_keys_invalid": _SITE_FAULT,
        "custody.store_unavailable": Message(
            _("This site cannot work at the moment"),
            _("It cannot reach its own records."),
            _("Nothing was approved and nothing was rejected by this page."),
            _("Try again in a few minutes."),
        ),
        "settings.invalid": _SITE_FAULT,
        "network.not_sent": Message(
            _("The bank cannot be reached"),
            _("No connection to the bank's servers could be made."),
            _NOTHING_DONE,
            _("Try again in a few minutes."),
        ),
        "network.answer_lost": Message(
            _("The bank does not answer"),
            _("The bank's servers were asked, but no usable answer came back."),
            _("This page only asked: it approved nothing and rejected nothing."),
            _("Try again in a few minutes."),
        ),
        "server.refused": Message(
            _("The bank cannot answer at the moment"),
            _("The bank's servers are there, but they refused to answer."),
            _NOTHING_DONE,
            _("Try again in a few minutes."),
        ),
        "server.unavailable": Message(
            _("The bank cannot answer at the moment"),
            _("The bank's servers are there, but they cannot answer this now."),
            _NOTHING_DONE,
            _("Try again in a few minutes."),
        ),
        "server.not_trusted": _UNUSABLE,
        "powerauth.encoding": _UNUSABLE,
        "powerauth.public_key": _UNUSABLE,
        "powerauth.signature": _UNUSABLE,
        "powerauth.padding": _UNUSABLE,
        "powerauth.envelope": _UNUSABLE,
        "powerauth.temporary_key": _UNUSABLE,
        "powerauth.activation": _UNUSABLE,
        "powerauth.header": _UNUSABLE,
        "powerauth.status": _UNUSABLE,
        "powerauth.sdk_configuration": _SITE_FAULT,
        "powerauth.state": _LOCKED,
        "powerauth.counter": Message(
            _("This browser has to be enrolled again"),
            _("The bank and this browser have lost their common count, so their signatures no longer match."),
            _NO_ACTIVATION,
            _("Forget this browser here, get a new activation code from your bank and enrol it again."),
            Way.FORGET,
        ),
        "powerauth.factor": _NOT_HERE,
        "authentication.unavailable": _NOT_HERE,
        "operation.not_approvable": _NOT_HERE,
        "operation.data": _UNUSABLE,
        "activation.invalid": Message(
            _("This is not possible now"),
            _("The activation of this browser is not in a state in which this can be done."),
            _NOTHING_DONE,
            _("Look at how this browser stands."),
            Way.STANDING,
        ),
        "activation.not_active": Message(
            _("This browser is not active"),
            _("The bank does not accept answers from this browser now."),
            _NOTHING_DONE,
            _("Look at how this browser stands."),
            Way.STANDING,
        ),
        "activation.already": Message(
            _("This browser is enrolled already"),
            _("A browser holds one activation; a second one would hide the first."),
            _("Nothing was changed, and the new activation code is still good."),
            _("To use the new code, forget this browser first."),
            Way.FORGET,
        ),
        "offline.malformed": Message(
            _("This QR code cannot be read"),
            _("It is damaged or incomplete, or newer than what this site understands."),
            _NOTHING_DONE,
            _("Scan it again. If it stays so, ask your bank for a new one."),
        ),
        "offline.not_genuine": Message(
            _("This QR code cannot be trusted"),
            _(
                "Your bank did not issue it for this browser, or it was damaged or changed. What it says is not shown."
            ),
            _NOTHING_DONE,
            _("Scan it again. If it stays so, do not use it, and tell your bank where you saw it."),
        ),
        "proximity.time": _BAD_PROXIMITY,
        "proximity.code": _BAD_PROXIMITY,
        "link.foreign": Message(
            _("This link leads to no operation"),
            _("It was opened here, but it names nothing that this site could show."),
            _NOTHING_DONE,
            _("Look at the waiting operations. What your bank has sent you is there too."),
            Way.OPERATIONS,
        ),
        "link.damaged": Message(
            _("This link is damaged"),
            _("Something of it is missing or was changed on the way, so it was not used."),
            _NOTHING_DONE,
            _("Open it once more where you found it, or look at the waiting operations."),
            Way.OPERATIONS,
        ),
        "link.ambiguous": Message(
            _("This link says two things at once"),
            _("It names an operation or its code more than once, so it was not used."),
            _NOTHING_DONE,
            _("Do not use it. Look at the waiting operations, and tell your bank where you found the link."),
            Way.OPERATIONS,
        ),
        "form.forged": Message(
            _("This form cannot be used"),
            _("It was not made by this site, or it was changed on the way."),
            _NOTHING_DONE,
            _("Open the operation again and answer it there."),
            Way.OPERATION,
        ),
        "form.expired": Message(
            _("This page was open for too long"),
            _("What you saw may be out of date, so your answer was not sent."),
            _NOTHING_DONE,
            _("Open the operation again and answer it there."),
            Way.OPERATION,
        ),
        "form.foreign": Message(
            _("This page belongs to an earlier enrolment"),
            _("Since it was opened, this browser was enrolled anew, so your answer was not sent."),
            _NOTHING_DONE,
            _("Open the operation again and answer it there."),
            Way.OPERATION,
        ),
        "operation.changed": Message(
            _("The operation has changed"),
            _("It is no longer what you saw, so your answer was not sent."),
            _NOTHING_DONE,
            _("Open the operation again and read it once more."),
            Way.OPERATION,
        ),
        "screen.too_early": Message(
            _("Take a moment"),
            _("Your bank wants you to read this before you go on."),
            _NOTHING_DONE,
            _("Read it, then go on."),
            Way.OPERATION,
        ),
        "screen.skipped": Message(
            _("Read this first"),
            _("Your bank wants this to be read before the operation is approved, so nothing was sent."),
            _NOTHING_DONE,
            _("Read it, then go on."),
            Way.OPERATION,
        ),
        "operation.gone": Message(
            _("This operation no longer waits"),
            _("There is nothing to decide about it any more."),
            _("This page approved nothing and rejected nothing."),
            _("Go back to the waiting operations."),
            Way.OPERATIONS,
        ),
        "operation.unclaimed": Message(
            _("This operation belongs to nobody yet"),
            _("It waits for somebody to take it over."),
            _NOTHING_DONE,
            _("Open it, and take it over only if you started it yourself."),
            Way.OPERATION,
        ),
        "picture.unavailable": Message(
            _("This picture cannot be shown"),
            _(
                "Your bank named a picture that this site could not fetch, or does not show because it is not safe."
            ),
            _NOTHING_DONE,
            _("Go back to the operation. If your answer depends on the picture, ask your bank first."),
            Way.OPERATION,
        ),
        "scan.too_large": Message(
            _("This picture is too large"),
            _("A picture may have 8 MB and 24 megapixels. This one has more, so it was not looked at."),
            _NOTHING_DONE,
            _("Send a smaller one: a screenshot, or a photo that shows little more than the QR code."),
        ),
        "scan.unreadable": Message(
            _("This picture cannot be read"),
            _("It is damaged, or it is no JPEG, PNG or WebP picture. It was not kept."),
            _NOTHING_DONE,
            _("Send a photo or a screenshot, or paste the text of the code."),
        ),
        "scan.too_hard": Message(
            _("This picture takes too long to read"),
            _(
                "Reading it was stopped, because it took more than this site gives to one picture. It was not kept."
            ),
            _NOTHING_DONE,
            _("Send a smaller one: a screenshot, or a photo that shows little more than the QR code."),
        ),
        "scan.no_code": Message(
            _("There is no QR code to be seen"),
            _("The picture was read, but no QR code could be made out in it. It was not kept."),
            _NOTHING_DONE,
            _("Take it again: sharp, evenly lit, and with the whole code and some white around it."),
        ),
        STALE_FORM: Message(
            _("This form is out of date"),
            _("The page was open for too long, this browser was enrolled anew, or it keeps no cookies."),
            _("What you sent was not used: nothing was approved and nothing was rejected."),
            _("Open the page again and repeat it. Cookies have to be allowed for this site."),
        ),
        FOREIGN_SITE: Message(
            _("This form came from another site"),
            _("Your browser says that another website sent it, so it was not used."),
            _NOTHING_DONE,
            _("If you did not expect this, close that other website."),
            Way.OPERATIONS,
        ),
        BAD_REQUEST: Message(
            _("This request cannot be understood"),
            _("Something in it is missing or malformed."),
            _NOTHING_DONE,
            _("Go back to the waiting operations and start from there."),
            Way.OPERATIONS,
        ),
        FORBIDDEN: Message(
            _("This is not allowed"),
            _("This browser may not see or do this."),
            _NOTHING_DONE,
            _("Go back to the waiting operations and start from there."),
            Way.OPERATIONS,
        ),
        NOT_FOUND: Message(
            _("There is no such page"),
            _("The address may be incomplete or mistyped."),
            _NOTHING_DONE,
            _("Go back to the waiting operations and start from there."),
            Way.OPERATIONS,
        ),
        METHOD: Message(
            _("This page cannot be opened like this"),
            _("It only takes what a form of this site sends."),
            _NOTHING_DONE,
            _("Go back to the waiting operations and start from there."),
            Way.OPERATIONS,
        ),
        TOO_LARGE: Message(
            _("That was too much"),
            _("What was sent is longer than this site takes, so it was not read."),
            _NOTHING_DONE,
            _("Go back and send less."),
        ),
        TOO_MANY: Message(
            _("Too many requests"),
            _("More requests came from here than this site takes at a time."),
            _NOTHING_DONE,
            _("Wait a minute, then try again."),
        ),
        BROKEN: Message(
            _("Something went wrong here"),
            _("This site made a mistake. It has been noted, without anything secret."),
            _("If you were approving or rejecting just now, it is not certain whether that happened."),
            _("Look at the waiting operations, or at your bank, before you do it again."),
            Way.OPERATIONS,
        ),
    }
)

FIELDS: Final[Mapping[str, LazyString]] = MappingProxyType(
    {
        "activation.code.missing": _("Enter the activation code from your bank."),
        "activation.code.format": _("An activation code has 20 letters and digits, in four groups of five."),
        "activation.code.tail": _("At least one character is wrong. Compare the code with the original."),
        "activation.code.checksum": _("At least one character is wrong. Compare the code with the original."),
        "activation.code.signature": _(
            "The part after # is damaged. Copy the whole code again, or only the part before #."
        ),
        "activation.code.character": _(
            "There is a character that no activation code has. Letters A to Z and digits 2 to 7 are used."
        ),
        "activation.code.not_genuine": _(
            "This code was not issued by your bank. Do not use it, and tell your bank where you got it."
        ),
        "activation.code.refused": _(
            "The bank does not take this code: it may be used, expired or mistyped. Nothing was enrolled. Get a new code from your bank."
        ),
        "name.missing": _("Give this browser a name, so that you recognise it at your bank."),
        "pin.too_short": _("A PIN has at least 4 digits."),
        "pin.too_long": _("A PIN has at most 32 digits."),
        "pin.not_digits": _("A PIN has digits only."),
        "pin.repeated": _("The same digits over and over are guessed first. Choose another PIN."),
        "pin.sequence": _("Digits in a row are guessed first. Choose another PIN."),
        "pin.differ": _("The two PINs are not the same. Enter the same PIN twice."),
        "pin.missing": _("Enter your PIN."),
        "pin.malformed": _(
            "Your PIN has 4 to 32 digits and nothing else. Nothing was sent, and no attempt was used."
        ),
        "answer.refused": _("Something in the form is missing or cannot be right. Nothing was sent."),
        "call.unanswered": _("Answer this question first. Nothing was approved."),
        "call.ongoing": _(
            "Hang up first and do not approve this. If it is really yours, open it again after the call."
        ),
        "retyped.missing": _("Type what is asked for here. Nothing was approved."),
        "retyped.wrong": _("This is not what stands above. Compare it once more before you approve."),
        "proximity.missing": _("Enter the code that the other screen shows now."),
        "proximity.unreadable": _("This is no such code. Enter the digits, or paste the whole link."),
        "proximity.foreign": _(
            "This code belongs to another operation. Nothing was sent. Enter the code of this one."
        ),
        "proximity.too_old": _(
            "The code from the link is too old by now. Nothing was sent. Enter the code shown now."
        ),
        "screen.not_read": _("Tick this box once you have read the text above."),
        "scan.too_large": _(
            "This picture is too large. Send one of at most 8 MB and 24 megapixels, such as a screenshot."
        ),
        "scan.unreadable": _("This is no picture that can be read here. Send a JPEG, PNG or WebP picture."),
        "scan.too_hard": _(
            "Reading this picture was stopped, because it took too long. Send a smaller one, such as a screenshot."
        ),
        "scan.no_code": _(
            "There is no QR code to be seen. Send a sharp picture with the whole code and some white around it."
        ),
    }
)
