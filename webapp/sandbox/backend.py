"""The sandbox: an enrollment server, the PowerAuth Server behind it and its back office, in one value.

`Backend.handle` takes a request to any of their paths and answers it; no socket, no thread of its own.

`endpoints.py` lists the paths.
"""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Self

from webapp.clock import Clock
from webapp.mtoken.transport import Headers, HttpResponse, Request
from webapp.randomness import Random
from webapp.sandbox import applications, forms, inbox, oidc_provider
from webapp.sandbox.admin_operations import Template, find_template, read_signature_types, store_template
from webapp.sandbox.endpoints import BACK_OFFICE, BACK_OFFICE_SERVICES, ENDPOINTS, METHODS
from webapp.sandbox.errors import NOT_FOUND, AdminError, EndpointError, malformed
from webapp.sandbox.inbox import Letter, Message
from webapp.sandbox.members import Members, write_json
from webapp.sandbox.settings import SandboxSettings
from webapp.sandbox.store import Store, find_note, keep_note
from webapp.sandbox.surroundings import Call, Json, Surroundings, ok

DEMO_APPLICATION: Final = "assent-demo"
_JSON: Final = "application/json"
_log = logging.getLogger(__name__)


class Backend:
    """The other side. Safe to share between threads; processes share it through the database file.

    Args:
        database: path of the SQLite file, made when it is not there; ":memory:" for one that goes away.
    """

    def __init__(
        self,
        database: str | Path,
        *,
        clock: Clock,
        random: Random,
        settings: SandboxSettings | None = None,
    ) -> None:
        self._surroundings = Surroundings(Store(database), clock, random, settings or SandboxSettings())
        self._start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the database."""
        self._surroundings.store.close()

    def handle(self, request: Request, *, address: str = "") -> HttpResponse:
        """Answer one request; whatever it holds, the answer is JSON.

        Args:
            request: its `url` is what follows the base URL: a path and maybe a query.
            address: where it came from, kept with approvals.
        """
        path, _, query = request.url.partition("?")
        call = Call(request.method.upper(), path, query, request.headers, request.body, address)
        try:
            return _response(200, self._answer(call))
        except EndpointError as refused:
            _log.debug("%s %r: %s (%s)", call.method, call.path, refused.code, refused)
            return _refusal(
                refused.status, {"code": refused.code, "message": refused.message, **refused.more}
            )
        except AdminError as refused:
            _log.debug("%s %r: %s", call.method, call.path, refused)
            error = {"code": refused.code, "message": refused.message, "localizedMessage": refused.message}
            return _refusal(400, error)

    def admin(self, path: str, request_object: dict[str, Any]) -> Any:
        """Call the back office from Python: the same code, and the response object as it is.

        Args:
            path: behind `/rest/v3`, such as `/activation/init`.

        Raises:
            AdminError: what the back office says instead.
        """
        return BACK_OFFICE_SERVICES[path](self._surroundings, Members.of(request_object, malformed))

    def keep(self, name: str, text: str) -> None:
        """Keep a note of the bank's own beside the servers' records; a name is used once."""
        with self._surroundings.store.write() as transaction:
            keep_note(transaction, name, text)

    def kept(self, name: str) -> str | None:
        """The note of this name, if there is one."""
        with self._surroundings.store.read() as transaction:
            return find_note(transaction, name)

    def write_to(self, user_id: str, letter: Letter) -> str:
        """Put a letter into a user's inbox; returns the message's id."""
        message_id = self._surroundings.new_id()
        with self._surroundings.store.write() as transaction:
            now_ms = self._surroundings.clock.now_ms()
            inbox.deliver(transaction, message_id, user_id, letter, now_ms)
        return message_id

    def written_to(self, user_id: str, most: int) -> list[Message]:
        """The newest messages to a user."""
        with self._surroundings.store.read() as transaction:
            return inbox.of_user(transaction, user_id, most=most)

    def authorize(self, query: Mapping[str, str], user_id: str | None) -> str | None:
        """The sandbox's OpenID provider: where to send the browser of somebody who has signed in.

        Args:
            query: the parameters of the authorization request.
            user_id: who has signed in; without it the request is only looked at, and there is no answer.

        Raises:
            ProtocolError: unknown client or foreign redirect URI; nobody may be sent anywhere.
        """
        with self._surroundings.store.write() as transaction:
            if user_id is None:
                oidc_provider.check_client(transaction, query)
                return None
            return oidc_provider.authorize(self._surroundings, transaction, query, user_id)

    def sdk_configuration(self, application_id: str = DEMO_APPLICATION) -> str:
        """The mobile SDK configuration string of the application's newest supported version.

        Raises:
            AdminError: ERR0015, no such application or no supported version.
        """
        with self._surroundings.store.read() as transaction:
            master = applications.application(transaction, application_id).master_public_key()
            versions = applications.versions(transaction, application_id)
        supported = [version for version in versions if version.supported]
        if not supported:
            raise AdminError("ERR0015", "No supported version of this application.")
        return applications.sdk_configuration(master, supported[-1])

    def _answer(self, call: Call) -> Json:
        if call.path.startswith(f"{BACK_OFFICE}/"):
            return self._answer_back_office(call)
        endpoint = ENDPOINTS.get(call.path)
        if endpoint is None:
            raise EndpointError(*NOT_FOUND)
        _check_frame(call, METHODS.get(call.path, ("POST",)), self._surroundings.settings)
        return endpoint(self._surroundings, call)

    def _answer_back_office(self, call: Call) -> Json:
        service = BACK_OFFICE_SERVICES.get(call.path.removeprefix(BACK_OFFICE))
        if service is None:
            raise EndpointError(*NOT_FOUND)
        _check_frame(call, ("POST",), self._surroundings.settings)
        asked = Members.read(call.body, malformed).members("requestObject")
        return ok(service(self._surroundings, asked))

    def _start(self) -> None:
        """What must be there from the first moment: one application, and the bank's templates."""
        with self._surroundings.store.write() as transaction:
            if applications.find_application(transaction, DEMO_APPLICATION) is None:
                applications.create_application(self._surroundings, transaction, DEMO_APPLICATION)
            for known in forms.templates():
                if find_template(transaction, known.template_name) is None:
                    store_template(transaction, _template(known))


def _template(known: forms.OperationTemplate) -> Template:
    return Template(
        template_name=known.template_name,
        operation_type=known.operation_type,
        data_template=known.data_template,
        signature_types=read_signature_types(known.signature_type),
        max_failure_count=known.max_failure_count,
        expiration_s=known.expiration,
        risk_flags=known.risk_flags,
        proximity_check=known.proximity_check_enabled,
    )


def _check_frame(call: Call, methods: tuple[str, ...], settings: SandboxSettings) -> None:
    """Method, length and type of a request, before anybody reads it."""
    if call.method not in methods:
        raise EndpointError(405, "ERROR_GENERIC", "Method not allowed")
    if len(call.body) > settings.max_body_bytes:
        raise EndpointError(413, "ERROR_GENERIC", "Request too large")
    content_type = call.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if call.method == "POST" and content_type != _JSON:
        raise EndpointError(415, "ERROR_GENERIC", "Unsupported content type")


def _refusal(status: int, error: Json) -> HttpResponse:
    return _response(status, {"status": "ERROR", "responseObject": error})


def _response(status: int, body: Json) -> HttpResponse:
    return HttpResponse(status, Headers({"Content-Type": _JSON}), write_json(body))
