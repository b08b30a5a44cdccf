"""Operations that belong to nobody yet: what is told of them, and the one press that takes them over.

Opening such an operation never claims it; whichever page was asked for, this one comes instead.
"""

from http import HTTPStatus

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from webapp.flows.claim import claim
from webapp.flows.errors import OperationUnclaimed
from webapp.web import session
from webapp.web.facts import facts
from webapp.web.services import services

blueprint = Blueprint("claims", __name__, url_prefix="/operations")


@blueprint.app_errorhandler(OperationUnclaimed)
def unclaimed(error: OperationUnclaimed) -> ResponseReturnValue:
    found = error.unclaimed
    return render_template("operations/claim.html", **facts(found.operation, found.server_now_ms))


@blueprint.post("/<operation_id>/claim")
def take_over(operation_id: str) -> ResponseReturnValue:
    """Then the operation is read again, and seen before it can be answered."""
    claim(services(), session.visitor(), operation_id)
    return redirect(url_for("operations.detail", operation_id=operation_id), HTTPStatus.SEE_OTHER)
