"""The words for every error that is a page: what happened, what it means, what to do next.

They are keyed by `message_key`; those beside a field of a form are in field_words.py, status codes in
errors.py. No word here guesses: a text says "nothing was approved" only where that is known.
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

_NOT_SENT: Final = _("Nothing was signed and nothing was sent to your bank. No attempt was used.")
_PROOF_ADVICE: Final = _(
    "Open the page again, wait until it is whole, and repeat it. Turn script on for this site if it is off. If it stays so, forget this browser (at the foot of this page) and enrol it again with a new activation code."
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
        "custody.audit_damaged": Message(
            _("This cannot be done now"),
            _(
                "Before anything is signed, this site writes down what it is about to do. It could not trust its own notes, so it stopped."
            ),
            _("Nothing was signed and nothing was sent to your bank."),
            _(
                "Trying again will not help until somebody has looked at it. Let your bank know, or use another of your devices."
            ),
            Way.OPERATIONS,
        ),
        "custody.store_unavailable": Message(
            _("This site cannot work at the moment"),
            _("It cannot reach its own records."),
            _(
                "This page has approved nothing and rejected nothing. What you answered before stays as it is."
            ),
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
        "offline.codes_used_up": Message(
            _("No more codes for now"),
            _("There are many codes of this browser that your bank has not seen yet."),
            _("Nothing was approved, and no code was made."),
            _(
                "Open the waiting operations once while your bank can be reached. Then scan the QR code again."
            ),
            Way.OPERATIONS,
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
        "address.host": Message(
            _("This site is not at this address"),
            _("The address in your browser leads here, but this site has another name."),
            _NOTHING_DONE,
            _("Check the address. Open the site by the link that your bank gave you."),
        ),
        "address.not_secure": Message(
            _("This address is not secure"),
            _("The page was asked for without encryption, so nothing is shown here."),
            _NOTHING_DONE,
            _("Open the site again with https:// at the beginning of its address."),
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
            _("This page is of the time before a change"),
            _(
                "Since it was opened, this browser was enrolled anew or got new cookies, so your answer was not sent."
            ),
            _NOTHING_DONE,
            _("Open the operation again and answer it there."),
            Way.OPERATION,
        ),
        "proof.missing": Message(
            _("This browser has not signed its request"),
            _(
                "It was enrolled with a key of its own, and that key signs every step. The button may have been pressed before the page had loaded whole, script may be off, the browser's data for this site may have been deleted, or these cookies belong to another browser."
            ),
            _NOT_SENT,
            _PROOF_ADVICE,
        ),
        "proof.wrong": Message(
            _("This browser's signature does not fit"),
            _(
                "What came is not what the key of this browser has signed. It may have been changed on the way, or another browser has made it."
            ),
            _NOT_SENT,
            _PROOF_ADVICE,
        ),
        "proof.stale": Message(
            _("This page is out of date"),
            _("It was open for too long, was sent before, or is of the time before a change."),
            _NOT_SENT,
            _("Open the page again and repeat it."),
        ),
        "proof.key": Message(
            _("The key of this browser cannot be used"),
            _("The browser made a key of its own, but of a kind that this site does not know."),
            _("Nothing was sent to your bank: the browser is not enrolled, and your code is still good."),
            _("Try again, with another browser, or with script turned off for this site."),
            Way.ENROL,
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
        "inbox.unavailable": Message(
            _("The messages cannot be had now"),
            _("The bank's servers did not give them, or not in a way that this site understands."),
            _(
                "This has nothing to do with your operations: nothing was approved or rejected, and you can answer what waits."
            ),
            _("Look at the messages again later. If you wait for something urgent, ask your bank."),
            Way.OPERATIONS,
        ),
        "inbox.message_gone": Message(
            _("There is no such message"),
            _("Your bank has deleted it, or it was not written to you."),
            _("This has nothing to do with your operations: nothing was approved or rejected."),
            _("Look at the messages that are there."),
            Way.OPERATIONS,
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
        "passkey.off": Message(
            _("This is not set up here"),
            _("This site does not know its own address, and passkeys need it. It is not your fault."),
            _("Nothing was changed, approved or rejected."),
            _("Go back to the waiting operations. Everything else works without it."),
            Way.OPERATIONS,
        ),
        "passkey.unknown": Message(
            _("There is no passkey"),
            _("None is set up for this browser, or it was removed meanwhile."),
            _NOTHING_DONE,
            _("Load the page again. In the settings you can set one up."),
            Way.OPERATIONS,
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
            _("More requests came from here than this site takes at a time. This one was not looked at."),
            _NOTHING_DONE,
            _("Wait a little, then try again."),
        ),
        "tries.too_many": Message(
            _("Too many tries"),
            _("The bank did not accept many of the last tries. To be safe, this one was not sent."),
            _NOTHING_DONE,
            _("Wait a little, then try again."),
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
