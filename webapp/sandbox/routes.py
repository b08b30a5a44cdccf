"""The sandbox over HTTP: a blueprint that hands every request to the backend as it is."""

from flask import Blueprint, Response, request

from webapp.mtoken.transport import Headers, Request
from webapp.sandbox.backend import Backend

_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
_FAMILIES = ("pa/v3", "api", "rest/v3")


def create_blueprint(backend: Backend, *, url_prefix: str | None = None) -> Blueprint:
    """The endpoints under `url_prefix`, or directly under the root.

    They authenticate by header and know no cookies, so an application with CSRF protection has to
    exempt the blueprint.
    """
    blueprint = Blueprint("sandbox_backend", __name__, url_prefix=url_prefix)

    def serve(family: str, rest: str) -> Response:
        query = request.query_string.decode("latin-1")
        path = f"/{family}/{rest}"
        arrived = Request(
            request.method,
            f"{path}?{query}" if query else path,
            Headers(request.headers.items()),
            request.get_data(cache=False),
        )
        answer = backend.handle(arrived, address=request.remote_addr or "")
        return Response(answer.body, answer.status, dict(answer.headers))

    for family in _FAMILIES:
        blueprint.add_url_rule(
            f"/{family}/<path:rest>",
            endpoint=family.replace("/", "_"),
            view_func=serve,
            defaults={"family": family},
            methods=_METHODS,
        )
    return blueprint
