"""What the sandbox enforces, in numbers.

Source: powerauth.md, section 14 (defaults of the real server), section 7.3; sandbox-admin.md.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SandboxSettings:
    """Limits and windows. Times are milliseconds unless the name says seconds."""

    activation_validity_ms: int = 300_000
    """From init to commit, unless init says otherwise."""
    max_failed_attempts: int = 5
    """Wrong signatures until an activation is BLOCKED, unless init says otherwise."""
    look_ahead: int = 20
    """Counter values that are tried: the client may be ahead by 0 … look_ahead - 1."""
    offline_component_digits: int = 8
    envelope_window_ms: int = 60_000
    """How far the timestamp of an encrypted request may lie in the past or in the future (3.2 and later).
    The real server looks at the future only."""
    token_age_ms: int = 7_200_000
    token_ahead_ms: int = 1_800_000
    temporary_key_validity_ms: int = 300_000
    vault_by_biometry: bool = False
    """Whether possession with biometry unlocks the vault, too."""
    recovery_max_failed_attempts: int = 5
    """Wrong PUKs until a recovery code is BLOCKED."""
    forgets_names: bool = False
    """Whether a client that renames its activation leaves it nameless, as PowerAuth Server 1.9.0 does."""
    proximity_digits: int = 8
    proximity_step_s: int = 30
    proximity_back_steps: int = 1
    list_size: int = 100
    """Operations in a list or in the history."""
    max_body_bytes: int = 1_000_000
    """Longer requests are refused."""
