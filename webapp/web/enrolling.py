"""The end of every form that enrols: the browser is admitted, or the form is shown again with the reason."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Protocol

from flask import make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from webapp.custody.errors import TooManyTries
from webapp.flows.enrol import enrol
from webapp.flows.errors import BackendUnavailable, CodeNotGenuine, IdentityRefused, ServerNotTrusted
from webapp.flows.passkey_errors import PasskeyError
from webapp.flows.proof import MAX_LENGTH, read_key
from webapp.mtoken.errors import AnswerLost, NotSent
from webapp.powerauth.identity import Identity
from webapp.web import enrol_words, limit_words, session
from webapp.web.enrol_words import Notice
from webapp.web.errors import STATUS, wait
from webapp.web.field_words import FIELDS
from webapp.web.forms import passkey_answer
from webapp.web.services import services


class Again(Protocol):
    """Shows the form once more: texts per field, and what stands above it."""

    def __call__(
        self, *, errors: Mapping[str, object] | None = None, notice: Notice | None = None
    ) -> str: ...


def carry_out(
    identity: Identity,
    *,
    name: str,
    pin: str,
    blamed: str,
    again: Again,
    otp: str | None = None,
) -> ResponseReturnValue:
    """Enrol, with a passkey if the form brings one, and lead to the page that says how the activation stands.

    Args:
        blamed: the field beside which it is said that the bank does not take what was proven.

    Raises:
        ProofKeyInvalid: what the browser gave as its own key is none; nothing was sent.
    """
    passkey, proof_key = passkey_answer(request.form), request.form.get("proof_key", "")[: MAX_LENGTH + 1]
    public_key = read_key(proof_key)
    try:
        enrolled = enrol(
            services(),
            session.visitor(),
            identity=identity,
            name=name,
            pin=pin,
            otp=otp,
            passkey=passkey,
            proof_key=public_key,
        )
    except PasskeyError as error:
        return again(errors={"passkey": FIELDS[error.message_key]}), HTTPStatus.UNPROCESSABLE_ENTITY
    except (IdentityRefused, CodeNotGenuine) as error:
        return again(errors={blamed: enrol_words.refused(error)}), HTTPStatus.UNPROCESSABLE_ENTITY
    except TooManyTries as error:
        return wait(
            again(notice=limit_words.notice(limit_words.TRIES, error.retry_after_s)), error.retry_after_s
        )
    except (NotSent, AnswerLost, BackendUnavailable, ServerNotTrusted) as error:
        return again(notice=enrol_words.failed(error, identity.kind)), STATUS[error.message_key]
    response = make_response(redirect(url_for("activation.standing"), HTTPStatus.SEE_OTHER))
    session.admit(response, enrolled, name=name, proof_key=proof_key)
    return response
