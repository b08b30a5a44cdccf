"""The pictures of an operation, from this site. What comes is looked at by browsers as a picture only."""

from http import HTTPStatus
from types import MappingProxyType
from typing import Final

import structlog
from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from webapp.flows.errors import PictureUnavailable
from webapp.flows.pictures import fetch_picture
from webapp.web import session
from webapp.web.services import services

HEADERS: Final = MappingProxyType(
    {
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Content-Disposition": "inline",
        "Cache-Control": "private, max-age=300",
    }
)

_log = structlog.get_logger()

blueprint = Blueprint("pictures", __name__, url_prefix="/operations")


@blueprint.get("/<operation_id>/pictures/<int:number>")
def picture(operation_id: str, number: int) -> ResponseReturnValue:
    try:
        found = fetch_picture(services(), session.visitor(), operation_id, number)
    except PictureUnavailable as error:
        _log.info("no picture", problem=error.problem)
        if request.headers.get("Sec-Fetch-Dest") == "document":
            raise  # somebody opened it in a tab of its own, and reads what comes
        # A page that embeds it shows its words in its stead, as they were written for this.
        return Response(status=HTTPStatus.NOT_FOUND, mimetype="text/plain")
    return Response(found.content, mimetype=found.content_type, headers=dict(HEADERS))
