"""The pictures of an operation, from this site. What comes is looked at by browsers as a picture only.

Who opens one by itself gets a page around it: an app on a home screen has no button for going back.
"""

from http import HTTPStatus
from types import MappingProxyType
from typing import Final

import structlog
from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.flows.errors import PictureUnavailable
from webapp.flows.pictures import fetch_picture
from webapp.web import session
from webapp.web.services import services

HEADERS: Final = MappingProxyType(
    {
        "Content-Security-Policy": (
            "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"
        ),
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Content-Disposition": "inline",
        "Cache-Control": "private, max-age=300",
        "Vary": "Sec-Fetch-Dest",
    }
)

_log = structlog.get_logger()

blueprint = Blueprint("pictures", __name__, url_prefix="/operations")


@blueprint.get("/<operation_id>/pictures/<int:number>")
def picture(operation_id: str, number: int) -> ResponseReturnValue:
    is_opened = request.headers.get("Sec-Fetch-Dest") == "document"
    try:
        found = fetch_picture(services(), session.visitor(), operation_id, number)
    except PictureUnavailable as error:
        _log.info("no_picture", problem=error.problem)
        if is_opened:
            raise  # somebody reads what comes
        # A page that embeds it shows its words in its stead, as they were written for this.
        return Response(status=HTTPStatus.NOT_FOUND, mimetype="text/plain")
    if is_opened:
        address = url_for(".picture", operation_id=operation_id, number=number, v=request.args.get("v"))
        return render_template("operations/picture.html", operation_id=operation_id, address=address)
    return Response(found.content, mimetype=found.content_type, headers=dict(HEADERS))
