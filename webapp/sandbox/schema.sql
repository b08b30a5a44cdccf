-- The sandbox's memory. Moments are milliseconds since the Unix epoch; lists and maps are JSON texts.

CREATE TABLE IF NOT EXISTS application (
  id             TEXT PRIMARY KEY,
  master_private BLOB NOT NULL,
  created_ms     INTEGER NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS application_version (
  application_id     TEXT NOT NULL REFERENCES application (id),
  id                 TEXT NOT NULL,
  application_key    TEXT NOT NULL UNIQUE,
  application_secret TEXT NOT NULL,
  supported          INTEGER NOT NULL,
  PRIMARY KEY (application_id, id)
) STRICT;

CREATE TABLE IF NOT EXISTS activation (
  id                  TEXT PRIMARY KEY,
  user_id             TEXT NOT NULL,
  application_id      TEXT NOT NULL REFERENCES application (id),
  status              INTEGER NOT NULL,        -- 1 CREATED, 2 PENDING_COMMIT, 3 ACTIVE, 4 BLOCKED, 5 REMOVED
  code                TEXT NOT NULL,
  code_signature      TEXT NOT NULL,
  commit_phase        TEXT NOT NULL,
  otp_hash            BLOB,                    -- 16 bytes of salt, 32 bytes of scrypt
  created_ms          INTEGER NOT NULL,
  expires_ms          INTEGER NOT NULL,        -- of CREATED and PENDING_COMMIT
  changed_ms          INTEGER NOT NULL,
  used_ms             INTEGER NOT NULL,
  server_private      BLOB NOT NULL,
  device_public       BLOB,                    -- from here on: NULL until the key exchange
  counter_value       BLOB,                    -- CTR_DATA: the next value that a signature may use
  counter             INTEGER NOT NULL,
  failed_attempts     INTEGER NOT NULL,
  max_failed_attempts INTEGER NOT NULL,
  blocked_reason      TEXT,
  name                TEXT,
  platform            TEXT,
  device_info         TEXT,
  extras              TEXT,
  protocol_version    TEXT,                    -- of the key exchange
  flags               TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS activation_user ON activation (user_id);
CREATE UNIQUE INDEX IF NOT EXISTS activation_code ON activation (code) WHERE status IN (1, 2);

CREATE TABLE IF NOT EXISTS activation_change (
  activation_id TEXT NOT NULL REFERENCES activation (id),
  changed_ms    INTEGER NOT NULL,
  status        INTEGER NOT NULL,
  reason        TEXT
) STRICT;

CREATE TABLE IF NOT EXISTS temporary_key (
  id              TEXT PRIMARY KEY,
  application_key TEXT NOT NULL,
  activation_id   TEXT,                        -- NULL: application scope
  private         BLOB NOT NULL,
  expires_ms      INTEGER NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS used_value (        -- what must not come twice: envelopes, nonces of tokens
  value      TEXT PRIMARY KEY,
  expires_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS used_value_expiry ON used_value (expires_ms);

CREATE TABLE IF NOT EXISTS token (
  id             TEXT PRIMARY KEY,
  activation_id  TEXT NOT NULL REFERENCES activation (id),
  secret         BLOB NOT NULL,
  signature_type TEXT NOT NULL,                -- of the signature that asked for it
  created_ms     INTEGER NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS operation_template (
  template_name      TEXT PRIMARY KEY,
  operation_type     TEXT NOT NULL,
  data_template      TEXT NOT NULL,
  signature_types    TEXT NOT NULL,
  max_failure_count  INTEGER NOT NULL,
  expiration_s       INTEGER NOT NULL,
  risk_flags         TEXT,
  proximity_check    INTEGER NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS operation (
  id                TEXT PRIMARY KEY,
  user_id           TEXT,                      -- NULL: belongs to nobody yet
  applications      TEXT NOT NULL,
  activation_id     TEXT,                      -- NULL: any of the user's
  activation_flag   TEXT,
  external_id       TEXT,
  operation_type    TEXT NOT NULL,
  template_name     TEXT NOT NULL,
  data              TEXT NOT NULL,             -- what is signed, byte for byte
  parameters        TEXT NOT NULL,
  additional_data   TEXT NOT NULL,
  status            TEXT NOT NULL,
  status_reason     TEXT,
  signature_types   TEXT NOT NULL,
  failure_count     INTEGER NOT NULL,
  max_failure_count INTEGER NOT NULL,
  created_ms        INTEGER NOT NULL,
  expires_ms        INTEGER NOT NULL,
  finalized_ms      INTEGER,
  risk_flags        TEXT,
  proximity_seed    BLOB                       -- NULL: no proximity check
) STRICT;
CREATE INDEX IF NOT EXISTS operation_user ON operation (user_id, created_ms);
CREATE INDEX IF NOT EXISTS operation_pending ON operation (expires_ms) WHERE status = 'PENDING';

CREATE TABLE IF NOT EXISTS push_registration (
  activation_id TEXT PRIMARY KEY REFERENCES activation (id),
  platform      TEXT NOT NULL,
  token         TEXT NOT NULL,
  environment   TEXT
) STRICT;

CREATE TABLE IF NOT EXISTS inbox_message (
  id         TEXT PRIMARY KEY,
  user_id    TEXT NOT NULL,
  type       TEXT NOT NULL,                    -- of the body: text, html
  subject    TEXT NOT NULL,
  summary    TEXT NOT NULL,
  body       TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  read_ms    INTEGER                           -- NULL: unread
) STRICT;
CREATE INDEX IF NOT EXISTS inbox_message_user ON inbox_message (user_id, created_ms);

CREATE TABLE IF NOT EXISTS note (              -- what the bank remembers beside its servers
  name TEXT PRIMARY KEY,
  text TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS application_config (  -- configuration.py says what the keys mean
  application_id TEXT NOT NULL REFERENCES application (id),
  key            TEXT NOT NULL,
  content        TEXT NOT NULL,                -- a list of objects
  PRIMARY KEY (application_id, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS recovery_code (
  id              TEXT PRIMARY KEY,
  application_id  TEXT NOT NULL REFERENCES application (id),
  user_id         TEXT NOT NULL,
  activation_id   TEXT REFERENCES activation (id),  -- NULL: printed on a card
  code            TEXT NOT NULL UNIQUE,
  status          TEXT NOT NULL,               -- CREATED, ACTIVE, BLOCKED, REVOKED
  failed_attempts INTEGER NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS recovery_puk (
  recovery_code_id TEXT NOT NULL REFERENCES recovery_code (id),
  position         INTEGER NOT NULL,           -- from 1
  puk_hash         BLOB NOT NULL,              -- 16 bytes of salt, 32 bytes of scrypt
  status           TEXT NOT NULL,              -- VALID, USED, INVALID
  PRIMARY KEY (recovery_code_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS oidc_grant (        -- authorization codes of the sandbox's own provider
  code           TEXT PRIMARY KEY,
  client_id      TEXT NOT NULL,
  redirect_uri   TEXT NOT NULL,
  user_id        TEXT NOT NULL,
  nonce          TEXT NOT NULL,
  code_challenge TEXT,                         -- NULL: without PKCE
  expires_ms     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
