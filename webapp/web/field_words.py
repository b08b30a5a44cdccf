"""The words beside a field of a form, for every rule that it may break.

They are keyed by `message_key`, as the whole pages of messages.py are, and say what was sent or used up.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from webapp.web.knowledge_words import at_least, at_most, pin_or_password
from webapp.web.ways_in import ways

_RECOVERY_ELSEWHERE: Final = _(
    "This is a recovery code. It is of no use here: your bank's app on a phone asks for it, together with its PUK. Keep it secret."
)
_RECOVERY_HERE: Final = _(
    "This is a recovery code. To enrol a browser with it, choose another way to enrol, and enter it there together with its PUK. Keep it secret."
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
        "activation.code.refused_with_otp": _(
            "The bank does not take this code together with this one-time password: one of them is wrong, missing, used or expired. Nothing was enrolled. Compare both; after a few wrong ones you need a new code."
        ),
        "activation.otp.missing": _("Enter the one-time password that your bank gave you with the code."),
        "activation.credentials.missing": _("Fill this in."),
        "activation.credentials.refused": _(
            "The bank does not take these details. Nothing was enrolled. Compare them and try again."
        ),
        "activation.recovery.code": _(
            "This is no recovery code. It has 20 letters and digits in four groups of five; compare it with the original."
        ),
        "recovery.not_taken": _(
            "The bank does not take this recovery code: it is not yours, or cannot be confirmed any more."
        ),
        "activation.puk.malformed": _("A PUK has ten digits."),
        "activation.recovery.refused": _(
            "The bank does not take this recovery code with this PUK. Nothing was enrolled. Compare both; after a few wrong ones the bank blocks the recovery code."
        ),
        "activation.sign_in.refused": _(
            "The bank does not take this sign-in: it may be too old by now. Nothing was enrolled. Sign in again."
        ),
        "activation.sign_in.over": _(
            "This sign-in did not begin in this browser, or it took too long. Nothing was enrolled. Sign in again."
        ),
        "activation.sign_in.denied": _("You did not sign in, or it was refused. Nothing was enrolled."),
        "name.missing": _("Give this browser a name, so that you recognise it at your bank."),
        "pin.too_short": LazyString(at_least),
        "pin.too_long": LazyString(at_most),
        "pin.characters": pin_or_password(
            _("A PIN has digits only."),
            _("There is something in it that cannot be seen, such as a tab. Choose another password."),
        ),
        "pin.repeated": pin_or_password(
            _("The same digits over and over are guessed first. Choose another PIN."),
            _("The same characters over and over are guessed first. Choose another password."),
        ),
        "pin.sequence": pin_or_password(
            _("Digits in a row are guessed first. Choose another PIN."),
            _("Characters in a row are guessed first. Choose another password."),
        ),
        "pin.date": pin_or_password(
            _("It looks like a date or a year, and birthdays are guessed first. Choose another PIN."),
            _("It looks like a date, and birthdays are guessed first. Choose another password."),
        ),
        "pin.trivial": _("With so few different digits it is guessed early. Choose another PIN."),
        "pin.common": _(
            "Many people choose this or something very much like it, so it is guessed first. Choose another password."
        ),
        "pin.unchanged": pin_or_password(
            _("This is your old PIN. Choose another one."),
            _("This is your old password. Choose another one."),
        ),
        "pin.differ": pin_or_password(
            _("The two PINs are not the same. Enter the same PIN twice."),
            _("The two passwords are not the same. Enter the same password twice."),
        ),
        "pin.missing": pin_or_password(_("Enter your PIN."), _("Enter your password.")),
        "pin.malformed": pin_or_password(
            _("Your PIN has 4 to 32 digits and nothing else. Nothing was sent, and no attempt was used."),
            _("No password here is as short or as long as this. Nothing was sent, and no attempt was used."),
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
            "The code that was brought here is too old by now. Nothing was sent. Enter the code shown now."
        ),
        "passkey.off": _("This site takes no passkeys. Nothing was sent to your bank. Do without it."),
        "passkey.missing": _(
            "Your device has not answered. This takes a browser that runs script, and a device that checks who you are. Nothing was sent to your bank."
        ),
        "passkey.malformed": _(
            "What your browser sent cannot be read. Nothing was sent to your bank, and no attempt was used. Try again, or do without it."
        ),
        "passkey.unknown": _(
            "This passkey is not the one that is set up here, or it was removed meanwhile. Nothing was sent to your bank, and no attempt was used. Do without it, or set it up again in the settings."
        ),
        "passkey.not_allowed": _(
            "Your bank does not take a fingerprint, face or screen lock for this. Nothing was sent, and no attempt was used."
        ),
        "passkey.expired": _(
            "Your device's answer came too late: it is good for two minutes. Nothing was sent to your bank, and no attempt was used. Try again."
        ),
        "passkey.foreign": _(
            "Your device's answer belongs to another page or to something else. Nothing was sent to your bank, and no attempt was used. Try again on this page."
        ),
        "passkey.used": _(
            "This answer of your device was used before, and it is good only once. Nothing was sent to your bank, and no attempt was used. Try again."
        ),
        "passkey.unverified": _(
            "Your device's answer does not pass the checks of this site. Nothing was sent to your bank, and no attempt was used. Try again, or do without it."
        ),
        "passkey.person": _(
            "Your device did not check who you are: it has to ask for a fingerprint, a face or its screen lock. Nothing was sent to your bank, and no attempt was used."
        ),
        "passkey.synced": _(
            "This passkey is copied to other devices by an account, which is not allowed here. Nothing was sent to your bank, and no attempt was used. Use one that stays on its device, or do without it."
        ),
        "passkey.cloned": _(
            "A copy of this passkey may be in use somewhere else. Nothing was sent to your bank, and no attempt was used. Do without it, remove it in the settings, and tell your bank if you cannot explain it."
        ),
        "passkey.secret": _(
            "Your device gave another secret than when it was set up, and this one opens nothing. Nothing was sent to your bank, and no attempt was used. Do without it; to use it again, remove it in the settings and add it anew."
        ),
        "offline.warning_unread": _("Tick this box once you have read the warning. No code was made."),
        "screen.not_read": _("Tick this box once you have read the text above."),
        "scan.too_large": _(
            "This picture is too large. Send one of at most 8 MB and 24 megapixels, such as a screenshot."
        ),
        "scan.unreadable": _("This is no picture that can be read here. Send a JPEG, PNG or WebP picture."),
        "scan.too_hard": _(
            "Reading this picture was stopped, because it took too long. Send a smaller one, such as a screenshot."
        ),
        "scan.nothing": _("There is nothing to read yet. Choose a picture, or paste the text of the code."),
        "scan.unknown": _(
            "This is no code of your bank for this site: neither an operation nor an activation code. Nothing was opened."
        ),
        "scan.operation": _(
            "This is an operation, but its code is damaged or incomplete. It is not shown, and nothing was approved. Scan the whole code again."
        ),
        "scan.pac": _(
            "This code should lead to an operation, but it is damaged or incomplete. Nothing was approved. Scan it again, or look for the operation in the list."
        ),
        "scan.no_digits": _(
            "This code names the operation but brings no digits. Nothing was sent. Go back and type the digits that the other screen shows."
        ),
        "scan.activation_code": _(
            "This is an activation code, but it is damaged or incomplete. Nothing was enrolled. Scan it again, or type the part before #."
        ),
        "scan.recovery_code": LazyString(
            lambda: _RECOVERY_ELSEWHERE if not ways().recovery else _RECOVERY_HERE
        ),
        "scan.no_code": _(
            "There is no QR code to be seen. Send a sharp picture with the whole code and some white around it."
        ),
    }
)
