"""What every page of one operation prints of it, whether it can be answered there or not."""

from typing import Any

from flask import current_app

from webapp.mtoken.operation import UserOperation
from webapp.web import present


def facts(operation: UserOperation, now_ms: int) -> dict[str, Any]:
    """The variables of templates/operations/_shown.html and of the line with the time that is left."""
    return {
        "operation": operation,
        "seconds_left": present.seconds_left(operation, now_ms),
        "has_hidden": present.has_hidden(operation),
        "blocks": present.blocks(
            operation.form_data.attributes,
            own_pictures=current_app.config["OWN_PICTURES"],
            routes=present.picture_routes(operation),
        ),
    }
