"""The protocol's tasks beside their floor, as `floor.py` measures them in a process of its own."""

import json
import subprocess
import sys
from pathlib import Path

from bench.served import ROOT
from bench.table import Row

PART = "tasks"
REACH = {
    "online_signature_2fa": 1.25,
    "offline_signature_2fa": 1.25,
    "counter_step": 1.4,
    "pbkdf2_10k": 1.05,
    "ecies_encrypt_request": 1.1,
    "ecies_decrypt_response": 1.25,
    "ecdsa_verify": 1.05,
    "ecdsa_verify_import": 1.05,
    "activation_keys": 1.1,
    "token_header": 1.35,
    "status_blob": 1.15,
    "qr_parse": 1.5,
    "pac_deeplink": 1.5,
    "pac_deeplink_jwt": 1.5,
    "pac_jwt": 1.5,
}


def measure(folder: Path, *, budget_s: float) -> list[Row]:
    """All tasks; `budget_s` is the time for each side of each.

    Raises:
        CalledProcessError: an answer of ours is wrong.
    """
    written = folder / "tasks.json"
    command = [sys.executable, "bench/floor.py", "--adapter", "bench/adapter.py", "--json", str(written)]
    command += ["--budget", str(budget_s), "--no-prims"]
    subprocess.run(command, cwd=ROOT, env={"PYTHONPATH": str(ROOT)}, stdout=subprocess.DEVNULL, check=True)
    found = json.loads(written.read_text(encoding="ascii"))
    return [
        Row(
            PART,
            name,
            one["adapter_us"],
            "µs",
            one["floor_paired_us"],
            one["ratio"],
            reach=f"≤ {REACH[name]}" if name in REACH else "",
        )
        for name, one in found.items()
        if "ratio" in one
    ]
