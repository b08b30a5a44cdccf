"""Every path of the sandbox and the function that answers it.

Source: powerauth.md, section 6.5 (endpoints); mobile-token-api.md, section 3; sandbox-admin.md.
"""

from collections.abc import Callable
from typing import Final

from webapp.sandbox import (
    admin,
    admin_configuration,
    admin_decisions,
    admin_operations,
    admin_recovery,
    details,
    key_exchange,
    mobile_token,
    notices,
    offline,
    oidc,
    recovery,
    standard,
)
from webapp.sandbox.members import Members
from webapp.sandbox.surroundings import Endpoint, Json, Surroundings

BACK_OFFICE: Final = "/rest/v3"
_OPERATION: Final = "/api/auth/token/app/operation"

ENDPOINTS: Final[dict[str, Endpoint]] = {
    "/pa/v3/status": standard.server_status,
    "/pa/v3/keystore/create": standard.keystore_create,
    "/pa/v3/activation/create": key_exchange.activation_create,
    "/pa/v3/activation/status": key_exchange.activation_status,
    "/pa/v3/activation/detail": details.activation_detail,
    "/pa/v3/activation/rename": details.activation_rename,
    "/pa/v3/activation/remove": standard.activation_remove,
    "/pa/v3/token/create": standard.token_create,
    "/pa/v3/token/remove": standard.token_remove,
    "/pa/v3/signature/validate": standard.signature_validate,
    "/pa/v3/vault/unlock": standard.vault_unlock,
    "/pa/v3/user/info": details.user_info,
    "/pa/v3/recovery/confirm": recovery.recovery_confirm,
    "/pa/v3/upgrade/start": standard.upgrade,
    "/pa/v3/upgrade/commit": standard.upgrade,
    "/api/config/oidc": oidc.oidc_configuration,
    f"{_OPERATION}/list": mobile_token.operation_list,
    f"{_OPERATION}/detail": mobile_token.operation_detail,
    f"{_OPERATION}/detail/claim": mobile_token.operation_claim,
    f"{_OPERATION}/history": mobile_token.operation_history,
    f"{_OPERATION}/authorize": mobile_token.operation_authorize,
    f"{_OPERATION}/cancel": mobile_token.operation_reject,
    "/api/inbox/count": notices.inbox_count,
    "/api/inbox/message/list": notices.inbox_list,
    "/api/inbox/message/detail": notices.inbox_message,
    "/api/inbox/message/read": notices.inbox_read,
    "/api/inbox/message/read-all": notices.inbox_read_all,
    "/api/push/device/register": notices.push_register,
    "/api/push/device/register/token": notices.push_register,
}
METHODS: Final = {"/pa/v3/signature/validate": ("GET", "POST", "PUT", "DELETE")}
"""Where anything else than POST is served."""

BACK_OFFICE_SERVICES: Final[dict[str, Callable[[Surroundings, Members], Json | list[Json]]]] = {
    "/application/list": admin.application_list,
    "/application/create": admin.application_create,
    "/application/detail": admin.application_detail,
    "/application/version/create": admin.version_create,
    "/application/version/support": admin.version_support,
    "/application/version/unsupport": admin.version_unsupport,
    "/application/config/create": admin_configuration.config_create,
    "/application/config/detail": admin_configuration.config_detail,
    "/application/config/remove": admin_configuration.config_remove,
    "/activation/init": admin.activation_init,
    "/activation/commit": admin.activation_commit,
    "/activation/status": admin.activation_status,
    "/activation/list": admin.activation_list,
    "/activation/name/update": admin.activation_rename,
    "/activation/block": admin.activation_block,
    "/activation/unblock": admin.activation_unblock,
    "/activation/remove": admin.activation_remove,
    "/recovery/config/update": admin_recovery.config_update,
    "/recovery/config/detail": admin_recovery.config_detail,
    "/recovery/create": admin_recovery.create,
    "/recovery/lookup": admin_recovery.lookup,
    "/recovery/revoke": admin_recovery.revoke,
    "/operation/template/create": admin_operations.template_create,
    "/operation/create": admin_operations.operation_create,
    "/operation/detail": admin_operations.operation_detail,
    "/operation/list": admin_operations.operation_list,
    "/operation/list/pending": admin_operations.operation_list_pending,
    "/operation/cancel": admin_operations.operation_cancel,
    "/operation/approve": admin_decisions.operation_approve,
    "/operation/approve/fail": admin_decisions.operation_approve_fail,
    "/signature/ecdsa/verify": admin_configuration.ecdsa_verify,
    "/signature/offline/personalized/create": offline.create_personalised,
    "/signature/offline/non-personalized/create": offline.create_non_personalised,
    "/signature/offline/verify": offline.verify,
}

ENDPOINT_PATHS: Final = tuple(ENDPOINTS)
BACK_OFFICE_PATHS: Final = tuple(BACK_OFFICE + path for path in BACK_OFFICE_SERVICES)
