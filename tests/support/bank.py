"""The bank's side of a story: gives codes, commits activations, offers operations, says what became of them.

It speaks the back office of the PowerAuth Server and nothing else, so the same stories run against any.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from webapp.sandbox.forms import templates

Admin = Callable[[str, dict[str, Any]], Any]
EXAMPLES: Mapping[str, Mapping[str, str]] = {
    template.template_name: template.parameters for template in templates()
}


@dataclass(frozen=True)
class Offer:
    """An activation code on its way to a person."""

    activation_id: str
    code: str
    signature: str

    @property
    def scanned(self) -> str:
        """What the QR code holds."""
        return f"{self.code}#{self.signature}"


class Bank:
    """One application of one server."""

    def __init__(self, admin: Admin, application: str = "assent-demo") -> None:
        self.admin = admin
        self.application = application

    def gives_code(self, user_id: str, **options: Any) -> Offer:
        answer = self.admin(
            "/activation/init", {"userId": user_id, "applicationId": self.application, **options}
        )
        return Offer(answer["activationId"], answer["activationCode"], answer["activationSignature"])

    def commits(self, activation_id: str) -> None:
        self.admin("/activation/commit", {"activationId": activation_id})

    def blocks(self, activation_id: str) -> None:
        self.admin("/activation/block", {"activationId": activation_id})

    def unblocks(self, activation_id: str) -> None:
        self.admin("/activation/unblock", {"activationId": activation_id})

    def removes(self, activation_id: str) -> None:
        self.admin("/activation/remove", {"activationId": activation_id})

    def activation(self, activation_id: str) -> Any:
        return self.admin("/activation/status", {"activationId": activation_id})

    def offers(self, user_id: str | None, template: str, **parameters: str) -> str:
        """Create an operation from the examples, with these parameters instead; returns its identifier."""
        wanted = {
            "applications": [self.application],
            "templateName": template,
            "parameters": {**EXAMPLES[template], **parameters},
        }
        if user_id is not None:
            wanted["userId"] = user_id
        return str(self.admin("/operation/create", wanted)["id"])

    def operation(self, operation_id: str) -> Any:
        return self.admin("/operation/detail", {"operationId": operation_id})

    def status(self, operation_id: str) -> str:
        return str(self.operation(operation_id)["status"])

    def cancels(self, operation_id: str) -> None:
        self.admin("/operation/cancel", {"operationId": operation_id, "statusReason": "CHANGED_MIND"})
