"""A back office on paper: answers written down beforehand, in the shapes of sandbox-admin.md."""

from webapp.sandbox.errors import AdminError

ACTIVATION = {
    "activationId": "5b2d6c04-9a39-4a7e-8e0a-2f4d3a1c9b77",
    "userId": "Alice",
    "applicationId": "assent-demo",
    "activationStatus": "ACTIVE",
    "activationName": "Alice's <laptop>",
    "failedAttempts": 2,
    "maxFailedAttempts": 5,
    "devicePublicKeyFingerprint": "03425567",
    "timestampCreated": "2026-03-02T08:15:00.000+00:00",
}
OPERATION = {
    "id": "3c7d9c1a-5e21-4f0f-9a36-d1f0a6b2c8e4",
    "userId": "Alice",
    "operationType": "consent",
    "templateName": "consent",
    "data": "A0*TNews",
    "parameters": {"text": "News"},
    "additionalData": {},
    "status": "PENDING",
    "signatureType": ["POSSESSION"],
    "failureCount": 1,
    "maxFailureCount": 5,
    "timestampCreated": "2026-03-02T08:15:00.000+00:00",
    "timestampExpires": "2026-03-02T09:15:00.000+00:00",
}


class PaperOffice:
    """Knows one activation and one operation; refuses every change with the code it was given."""

    def __init__(self, *, activation=None, operation=None, refusal="ERR0008"):
        self.activation = ACTIVATION | (activation or {})
        self.operation = OPERATION | (operation or {})
        self.refusal = refusal

    def written_to(self, user_id, most):
        return []

    def kept(self, name):
        return None

    def admin(self, path, request_object):
        match path:
            case "/activation/status":
                return self.activation
            case "/activation/list":
                return {"activations": [self.activation]}
            case "/operation/detail":
                return self.operation
            case "/operation/list":
                return [self.operation]
            case _:
                raise AdminError(self.refusal, "on paper nothing changes")
