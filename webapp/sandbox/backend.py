"""The sandbox: an enrollment server, the PowerAuth Server behind it and its back office, in one value.

`Backend.handle` takes a request to any of their paths and answers it; no socket, no thread of its own.

Source: powerauth.md, section 6.5 (endpoints); mobile-token-api.md, section 3; sandbox-admin.md.
"""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, Self

from webapp.clock import Clock
from webapp.mtoken.transport import Headers, HttpResponse, Request
from webapp.randomness import Random
from webapp.sandbox import (
    admin,
    admin_decisions,
    admin_operations,
    applications,
    forms,
    key_exchange,
    mobile_token,
    notices,
    offline,
    standard,
)
from webapp.sandbox.admin_operations import Template, find_template, read_signature_types, store_template
from webapp.sandbox.errors import NOT_FOUND, AdminError, EndpointError, malformed
from webapp.sandbox.members import Members, write_json
from webapp.sandbox.settings import SandboxSettings
from webapp.sandbox.store import Store, find_note, keep_note
from webapp.sandbox.surroundings import Call, Endpoint, Json, Surroundings, ok

DEMO_APPLICATION: Final = "assent-demo"
BACK_OFFICE: Final = "/rest/v3"
_JSON: Final = "application/json"
_log = logging.getLogger(__name__)

_OPERATION = "/api/auth/token/app/operation"
_ENDPOINTS: Final[dict[str, Endpoint]] = {
    "/pa/v3/status": standard.server_status,
    "/pa/v3/keystore/create": standard.keystore_create,
    "/pa/v3/activation/create": key_exchange.activation_create,
    "/pa/v3/activation/status": key_exchange.activation_status,
    "/pa/v3/activation/remove": standard.activation_remove,
    "/pa/v3/token/create": standard.token_create,
    "/pa/v3/token/remove": standard.token_remove,
    "/pa/v3/signature/validate": standard.signature_validate,
    "/pa/v3/vault/unlock": standard.vault_unlock,
    "/pa/v3/user/info": standard.user_info,
    "/pa/v3/upgrade/start": standard.upgrade,
    "/pa/v3/upgrade/commit": standard.upgrade,
    f"{_OPERATION}/list": mobile_token.operation_list,
    f"{_OPERATION}/detail": mobile_token.operation_detail,
    f"{_OPERATION}/detail/claim": mobile_token.operation_claim,
    f"{_OPERATION}/history": mobile_token.operation_history,
    f"{_OPERATION}/authorize": mobile_token.operation_authorize,
    f"{_OPERATION}/cancel": mobile_token.operation_reject,
    "/api/inbox/count": notices.inbox_count,
    "/api/inbox/message/list": notices.inbox_list,
    "/api/inbox/message/detail": notices.inbox_message,
    "/api/inbox/message/read": notices.inbox_message,
    "/api/inbox/message/read-all": notices.inbox_read_all,
    "/api/push/device/register": notices.push_register,
    "/api/push/device/register/token": notices.push_register,
}
_METHODS: Final = {"/pa/v3/signature/validate": ("GET", "POST", "PUT", "DELETE")}

_BACK_OFFICE: Final[dict[str, Callable[[Surroundings, Members], Json | list[Json]]]] = {
    "/application/list": admin.application_list,
    "/application/create": admin.application_create,
    "/application/detail": admin.application_detail,
    "/application/version/create": admin.version_create,
    "/application/version/support": admin.version_support,
    "/application/version/unsupport": admin.version_unsupport,
    "/activation/init": admin.activation_init,
    "/activation/commit": admin.activation_commit,
    "/activation/status": admin.activation_status,
    "/activation/list": admin.activation_list,
    "/activation/name/update": admin.activation_rename,
    "/activation/block": admin.activation_block,
    "/activation/unblock": admin.activation_unblock,
    "/activation/remove": admin.activation_remove,
    "/operation/template/create": admin_operations.template_create,
    "/operation/create": admin_operations.operation_create,
    "/operation/detail": admin_operations.operation_detail,
    "/operation/list": admin_operations.operation_list,
    "/operation/list/pending": admin_operations.operation_list_pending,
    "/operation/cancel": admin_operations.operation_cancel,
    "/operation/approve": admin_decisions.operation_approve,
    "/operation/approve/fail": admin_decisions.operation_approve_fail,
    "/signature/offline/personalized/create": offline.create_personalised,
    "/signature/offline/non-personalized/create": offline.create_non_personalised,
    "/signature/offline/verify": offline.verify,
}

ENDPOINT_PATHS: Final = tuple(_ENDPOINTS)
BACK_OFFICE_PATHS: Final = tuple(BACK_OFFICE + path for path in _BACK_OFFICE)


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
            _log.info("%s %r: %s (%s)", call.method, call.path, refused.code, refused)
            return _refusal(refused.status, {"code": refused.code, "message": refused.message})
        except AdminError as refused:
            _log.info("%s %r: %s", call.method, call.path, refused)
            error = {"code": refused.code, "message": refused.message, "localizedMessage": refused.message}
            return _refusal(400, error)

    def admin(self, path: str, request_object: dict[str, Any]) -> Any:
        """Call the back office from Python: the same code, and the response object as it is.

        Args:
            path: behind `/rest/v3`, such as `/activation/init`.

        Raises:
            AdminError: what the back office says instead.
        """
        return _BACK_OFFICE[path](self._surroundings, Members.of(request_object, malformed))

    def keep(self, name: str, text: str) -> None:
        """Keep a note of the bank's own beside the servers' records; a name is used once."""
        with self._surroundings.store.write() as transaction:
            keep_note(transaction, name, text)

    def kept(self, name: str) -> str | None:
        """The note of this name, if there is one."""
        with self._surroundings.store.read() as transaction:
            return find_note(transaction, name)

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
        endpoint = _ENDPOINTS.get(call.path)
        if endpoint is None:
            raise EndpointError(*NOT_FOUND)
        _check_frame(call, _METHODS.get(call.path, ("POST",)), self._surroundings.settings)
        return endpoint(self._surroundings, call)

    def _answer_back_office(self, call: Call) -> Json:
        service = _BACK_OFFICE.get(call.path.removeprefix(BACK_OFFICE))
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
