"""For machines that watch this one: `/healthz` and `/readyz`. Neither says anything about a person."""

from collections.abc import Callable
from http import HTTPStatus

from flask import Blueprint, Flask, current_app, jsonify
from flask.typing import ResponseReturnValue

from webapp.flows.readiness import Readiness, State

blueprint = Blueprint("health", __name__)

_EXTENSION = "assent_readiness"


def configure(app: Flask, look: Callable[[], Readiness]) -> None:
    """`look` tells how things are, quickly."""
    app.extensions[_EXTENSION] = look
    app.register_blueprint(blueprint)


@blueprint.get("/healthz")
def alive() -> ResponseReturnValue:
    """The process answers; it touches nothing else."""
    return jsonify(state=State.OK)


@blueprint.get("/readyz")
def ready() -> ResponseReturnValue:
    """Whether to send people here. A degraded backend is told, and still a yes."""
    found: Readiness = current_app.extensions[_EXTENSION]()
    status = HTTPStatus.OK if found.is_ready else HTTPStatus.SERVICE_UNAVAILABLE
    answer = jsonify(
        state=found.state, database=found.database, migrations=found.migrations, backend=found.backend
    )
    return answer, status
