"""A phone in a few lines: the client half written down once more, from powerauth.md and the primitives.

It shares no JSON with the SDK under `webapp.mtoken` and keeps its state in the open, so that a test can
bend any of it: `counter`, `keys.knowledge`, `now_ms`, a header, a body.
"""

import json
import os
from dataclasses import astuple, replace

from webapp.mtoken.transport import Headers, HttpResponse, Request
from webapp.powerauth import ecc, ecies
from webapp.powerauth.activation import KeyTree, fingerprint, master_secret
from webapp.powerauth.counter import next_counter
from webapp.powerauth.encoding import from_base64, to_base64
from webapp.powerauth.headers import (
    AUTHORIZATION,
    ENCRYPTION,
    TOKEN,
    authorization_header,
    encryption_header,
    token_header,
)
from webapp.powerauth.kdf import derive_internal
from webapp.powerauth.protocol import SignatureType, Version
from webapp.powerauth.received_headers import Authorization
from webapp.powerauth.sdk_configuration import SdkConfiguration
from webapp.powerauth.signature import canonical_query, offline_signature, online_signature, signature_data
from webapp.powerauth.status import read_status, status_iv
from webapp.powerauth.temporary_key import read_response, request_jwt
from webapp.powerauth.token import token_digest

P = SignatureType.POSSESSION
PK = SignatureType.POSSESSION_KNOWLEDGE
PB = SignatureType.POSSESSION_BIOMETRY
PKB = SignatureType.POSSESSION_KNOWLEDGE_BIOMETRY
JSON = "application/json"
OPERATION = "/api/auth/token/app/operation"


class Answer:
    """Status and JSON of an answer."""

    def __init__(self, response: HttpResponse):
        self.status = response.status
        self.body = json.loads(response.body)
        self.raw = response.body

    @property
    def object(self):
        assert self.body["status"] == "OK", self.body
        return self.body.get("responseObject")

    @property
    def code(self):
        assert self.body["status"] == "ERROR", self.body
        return self.body["responseObject"]["code"]

    @property
    def refusal(self):
        return self.status, self.code


class Device:
    """One installation. Before `activate` it knows its application only."""

    def __init__(self, backend, clock, *, version=Version.V3_3, application="assent-demo"):
        self.backend, self.clock, self.version = backend, clock, version
        self.configuration = SdkConfiguration.parse(backend.sdk_configuration(application))
        self.activation_id = None
        self.keys = None
        self.counter = None
        self.device_key = ecc.generate(os.urandom)
        self.server_public = None
        self.token_id = self.token_secret = None
        self.outer = self.inner = None  # what the server said when it activated us

    # --- HTTP

    def send(self, path, body=b"", headers=(), method="POST"):
        raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        given = Headers({"Content-Type": JSON, "User-Agent": "phone/1.0", **dict(headers)})
        return Answer(self.backend.handle(Request(method, path, given, raw), address="192.0.2.7"))

    # --- encryption

    @property
    def master_public(self):
        return ecc.read_public(self.configuration.master_public_key)

    def temporary_key(self, *, activation_scope=False, **changes):
        """(public key, id); before 3.3 the long-lived key and None."""
        if not self.version.uses_temporary_keys:
            return (self.server_public if activation_scope else self.master_public), None
        answer = self.ask_for_key(activation_scope=activation_scope, **changes)
        key = read_response(
            answer.object["jwt"],
            server_key=self.server_public if activation_scope else self.master_public,
            application_key=self.configuration.application_key,
            activation_id=self.activation_id if activation_scope else None,
            challenge=self.challenge,
            now_ms=self.clock.now_ms(),
        )
        return key.public_key, key.key_id

    def ask_for_key(self, *, activation_scope=False, secret=None):
        self.challenge = to_base64(os.urandom(18))
        raw_secret = self.configuration.application_secret_bytes
        key = derive_internal(self.keys.transport, raw_secret) if activation_scope else raw_secret
        activation_id = self.activation_id if activation_scope else None
        jwt = request_jwt(secret or key, self.configuration.application_key, activation_id, self.challenge)
        return self.send("/pa/v3/keystore/create", {"requestObject": {"jwt": jwt}})

    def scope(self, *, activation_scope=False):
        key, secret = self.configuration.application_key, self.configuration.application_secret
        if not activation_scope:
            return ecies.Scope.application(self.version, key, secret)
        return ecies.Scope.activation(self.version, key, secret, self.activation_id, self.keys.transport)

    def close(self, sh1, content, key, *, activation_scope=False, now_ms=None):
        public, key_id = key
        return ecies.encrypt_request(
            self.scope(activation_scope=activation_scope),
            sh1,
            public,
            content if isinstance(content, bytes) else json.dumps(content).encode(),
            random=os.urandom,
            now_ms=self.clock.now_ms() if now_ms is None else now_ms,
            temporary_key_id=key_id,
        )

    def encryption(self, *, activation_scope=False):
        activation_id = self.activation_id if activation_scope else None
        value = encryption_header(self.version, self.configuration.application_key, activation_id)
        return {ENCRYPTION: value}

    # --- activation

    def layers(self, code, *, outer=(), inner=(), kind="CODE", key=None):
        """The envelope of an activation, and both exchanges."""
        key = key or self.temporary_key()
        device = to_base64(ecc.point_compressed(self.device_key.public_key()))
        layer_2 = {"devicePublicKey": device, "activationName": "Alice's phone", "platform": "Android"}
        envelope_2, exchange_2 = self.close("/pa/activation", layer_2 | dict(inner), key)
        layer_1 = {"type": kind, "identityAttributes": {"code": code}, "activationData": envelope_2}
        envelope_1, exchange_1 = self.close("/pa/generic/application", layer_1 | dict(outer), key)
        return envelope_1, exchange_1, exchange_2

    def activate(self, code, **bent):
        envelope, layer_1, layer_2 = self.layers(code, **bent)
        answer = self.send("/pa/v3/activation/create", envelope, self.encryption())
        if answer.status == 200:
            self.outer = json.loads(layer_1.decrypt_response(answer.body))
            self.inner = inner = json.loads(layer_2.decrypt_response(self.outer["activationData"]))
            self.activation_id = inner["activationId"]
            self.server_public = ecc.read_public(from_base64(inner["serverPublicKey"]))
            self.keys = KeyTree.derive(master_secret(self.device_key, self.server_public))
            self.counter = from_base64(inner["ctrData"])
        return answer

    def introduces_itself(self, kind="CUSTOM", *, custom=None, inner=(), **attributes):
        """An activation without a code: by credentials, recovery code, or sign-in."""
        outer = {"identityAttributes": attributes, "customAttributes": custom}
        return self.activate("", kind=kind, outer=outer, inner=inner)

    @property
    def fingerprint(self):
        return fingerprint(self.device_key.public_key(), self.activation_id, self.server_public)

    def status(self):
        request = {"activationId": self.activation_id}
        challenge = os.urandom(16)
        if self.version.status_has_challenge:
            request["challenge"] = to_base64(challenge)
        found = self.send("/pa/v3/activation/status", {"requestObject": request}).object
        blob = from_base64(found["encryptedStatusBlob"])
        if not self.version.status_has_challenge:
            assert "nonce" not in found
            return read_status(self.keys.transport, blob)
        iv = status_iv(self.keys.transport, challenge, from_base64(found["nonce"]))
        return read_status(self.keys.transport, blob, iv)

    # --- signatures

    def forget_pin(self):
        """From now on every PIN is wrong."""
        self.keys = replace(self.keys, knowledge=os.urandom(16))

    def skip(self, signatures):
        """So many signatures were computed and never arrived."""
        for _ in range(signatures):
            self.counter = next_counter(self.counter)

    def factors(self, kind):
        return [getattr(self.keys, factor.value) for factor in kind.factors]

    def sign(self, uri_id, body=b"", kind=PK, *, method="POST", query="", **changes):
        """The header for one request; the counter moves."""
        raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        signed_body = canonical_query(query).encode() if method == "GET" else raw
        nonce = to_base64(os.urandom(16))
        secret = changes.pop("application_secret", self.configuration.application_secret)
        text = signature_data(method, uri_id, nonce, signed_body, secret)
        signature = online_signature(self.version, self.factors(kind), self.counter, text)
        self.skip(1)
        key = self.configuration.application_key
        header = Authorization(self.version, self.activation_id, key, nonce, kind, signature)
        return {AUTHORIZATION: authorization_header(*astuple(replace(header, **changes)))}

    def signed(self, path, uri_id, body=b"{}", kind=PK, **changes):
        return self.send(path, body, self.sign(uri_id, body, kind, **changes))

    def validate(self, kind=PK, **changes):
        return self.signed("/pa/v3/signature/validate", "/pa/signature/validate", b"{}", kind, **changes)

    def offline_code(self, base, kind=PK, digits=8):
        code = offline_signature(self.factors(kind), self.counter, f"{base}&offline".encode(), digits)
        self.skip(1)
        return code

    # --- encrypted calls

    def encrypted(self, path, sh1, content, *, uri_id=None, kind=P, key=None, now_ms=None):
        """(answer, plaintext or None): signed over the envelope if there is a uriId."""
        key = key or self.temporary_key(activation_scope=True)
        envelope, exchange = self.close(sh1, content, key, activation_scope=True, now_ms=now_ms)
        raw = json.dumps(envelope).encode()
        headers = self.sign(uri_id, raw, kind) if uri_id else self.encryption(activation_scope=True)
        answer = self.send(path, raw, headers)
        return answer, json.loads(exchange.decrypt_response(answer.body)) if answer.status == 200 else None

    def make_token(self, kind=P, **bent):
        answer, made = self.encrypted(
            "/pa/v3/token/create", "/pa/token/create", {}, uri_id="/pa/token/create", kind=kind, **bent
        )
        if made is not None:
            self.token_id, self.token_secret = made["tokenId"], from_base64(made["tokenSecret"])
        return answer

    def unlock_vault(self, content, kind=PK, **bent):
        return self.encrypted(
            "/pa/v3/vault/unlock", "/pa/vault/unlock", content, uri_id="/pa/vault/unlock", kind=kind, **bent
        )

    def user_info(self, **bent):
        return self.encrypted("/pa/v3/user/info", "/pa/generic/activation", {}, **bent)

    def confirms(self, code, kind=PK):
        return self.encrypted(
            "/pa/v3/recovery/confirm",
            "/pa/recovery/confirm",
            {"recoveryCode": code},
            uri_id="/pa/recovery/confirm",
            kind=kind,
        )

    def activation_detail(self, *, token=None):
        key = self.temporary_key(activation_scope=True)
        envelope, exchange = self.close("/pa/generic/activation", {}, key, activation_scope=True)
        headers = self.encryption(activation_scope=True) | (self.token() if token is None else token)
        return self.opened(self.send("/pa/v3/activation/detail", envelope, headers), exchange)

    def renames_itself(self, content, kind=PK, *, key=None, signed=None):
        """Signed over the plaintext, and then encrypted."""
        plaintext = json.dumps(content).encode()
        key = key or self.temporary_key(activation_scope=True)
        envelope, exchange = self.close("/pa/generic/activation", plaintext, key, activation_scope=True)
        headers = self.sign("/pa/activation/rename", signed or plaintext, kind)
        return self.opened(self.send("/pa/v3/activation/rename", envelope, headers), exchange)

    @staticmethod
    def opened(answer, exchange):
        return answer, json.loads(exchange.decrypt_response(answer.body)) if answer.status == 200 else None

    def token(self, *, at_ms=None, secret=None, nonce=None):
        now = self.clock.now_ms() if at_ms is None else at_ms
        nonce = nonce or os.urandom(16)
        digest = token_digest(self.version, secret or self.token_secret, nonce, now)
        return {TOKEN: token_header(self.version, self.token_id, digest, nonce, now)}

    # --- operations

    def read(self, path, body=b"{}", *, language=None, headers=None):
        spoken = {} if language is None else {"Accept-Language": language}
        return self.send(path, body, {**(headers or self.token()), **spoken})

    def pending(self, **how):
        return self.read(f"{OPERATION}/list", **how)

    def detail(self, operation_id):
        return self.read(f"{OPERATION}/detail", {"requestObject": {"id": operation_id}})

    def claim(self, operation_id):
        return self.read(f"{OPERATION}/detail/claim", {"requestObject": {"id": operation_id}})

    def history(self, kind=PK):
        return self.signed(f"{OPERATION}/history", "/operation/history", b"{}", kind)

    def approve(self, operation, kind=PK, **members):
        asked = {"id": operation["id"], "data": operation["data"], **members}
        body = json.dumps({"requestObject": asked}).encode()
        return self.signed(f"{OPERATION}/authorize", "/operation/authorize", body, kind)

    def reject(self, operation, kind=P, **members):
        body = json.dumps({"requestObject": {"id": operation["id"], **members}}).encode()
        return self.signed(f"{OPERATION}/cancel", "/operation/cancel", body, kind)


class Bank:
    """The back office, in the words of the tests."""

    def __init__(self, backend):
        self.backend = backend

    def __call__(self, path, **request_object):
        return self.backend.admin(path, request_object)

    def invites(self, user="alice", application="assent-demo", **asked):
        return self("/activation/init", userId=user, applicationId=application, **asked)

    def commits(self, device, **asked):
        return self("/activation/commit", activationId=device.activation_id, **asked)

    def sees(self, device):
        return self("/activation/status", activationId=device.activation_id)

    def offers(self, template="payment", user="alice", parameters=None, **asked):
        if user is not None:
            asked["userId"] = user
        asked.setdefault("applications", ["assent-demo"])
        return self("/operation/create", templateName=template, parameters=parameters or {}, **asked)

    def configures(self, key, *values, application="assent-demo"):
        return self("/application/config/create", applicationId=application, key=key, values=list(values))

    def gives_out_recovery_codes(self, **switches):
        asked = {"activationRecoveryEnabled": True, "recoveryPostcardEnabled": True, **switches}
        return self("/recovery/config/update", applicationId="assent-demo", **asked)

    def prints_card(self, user="alice", puks=2):
        return self("/recovery/create", applicationId="assent-demo", userId=user, pukCount=puks)

    def looks_at(self, operation):
        return self("/operation/detail", operationId=operation["id"])
