"""The demo: sandbox and site in one process, on this machine only. `make demo` runs it.

Keys and databases live under `instance/demo/`, so that an activation survives a restart of the demo.
"""

import argparse
import os
import secrets
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from webapp.powerauth.encoding import to_base64
from webapp.sandbox.demo_ways import PROVIDER

DIRECTORY: Final = Path("instance/demo")

_WELCOME = """\

  The demo runs at   http://localhost:{port}/

  1. Open the sandbox bank at http://localhost:{port}/sandbox/ and let it give Alice an activation code.
  2. Open http://localhost:{port}/, enrol this browser with the code and choose a PIN;
     compare the eight digits at the bank and let the bank commit the activation.
  3. Let the bank create a payment, and approve or reject it at http://localhost:{port}/operations.

  There are other ways to enrol: a one-time password, credentials, a recovery card, signing in.
  The page of each customer at the bank has what they take.

  Everything in it is made up; Ctrl+C ends it.

"""


def main(arguments: list[str] | None = None) -> None:
    """Print where to go, and become gunicorn."""
    parser = argparse.ArgumentParser(prog="python -m webapp.demo", description="Assent with its sandbox.")
    parser.add_argument("--port", type=int, default=5000)
    options = parser.parse_args(arguments)
    environ = demo_environ(DIRECTORY, os.environ)
    sys.stdout.write(_WELCOME.format(port=options.port))
    sys.stdout.flush()
    command = [
        *(sys.executable, "-m", "gunicorn", "wsgi:app"),
        *("--bind", f"localhost:{options.port}", "--worker-class", "gthread", "--threads", "8"),
        *("--log-level", "warning"),
    ]
    os.execve(sys.executable, command, environ)  # noqa: S606 - our own interpreter, no shell


def demo_environ(directory: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """The environment of the demo: the caller's, with settings that point into `directory`."""
    directory.mkdir(parents=True, exist_ok=True)
    kept = {name: value for name, value in environ.items() if not name.startswith("ASSENT_")}
    return kept | {
        "ASSENT_SANDBOX_DATABASE": str(directory / "sandbox.sqlite"),
        "ASSENT_DATABASE_URL": f"sqlite:///{directory / 'assent.sqlite'}",
        "ASSENT_SERVER_KEYS": "demo:" + _secret(directory / "server-key"),
        "ASSENT_SECRET_KEY": _secret(directory / "secret-key"),
        # Nothing is at stake, and most phones make no other passkeys.
        "ASSENT_SYNCED_PASSKEYS": "yes",
        # Every way in, so that each can be tried; the sandbox serves them all.
        "ASSENT_ACTIVATION_OTP": "optional",
        "ASSENT_CREDENTIALS": "username:User name,password:Password:secret",
        "ASSENT_RECOVERY": "on",
        "ASSENT_OIDC_PROVIDER": PROVIDER,
    }


def _secret(path: Path) -> str:
    """32 random bytes in Base64, made at the first start and readable by nobody else."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii")
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(to_base64(secrets.token_bytes(32)))
    return path.read_text(encoding="ascii")


if __name__ == "__main__":
    main()
