"""People at work while workers are killed: `python -m tests.soak [--seconds 60] [--database-url URL]`.

Two instances on this machine share a database: a throw-away PostgreSQL unless a URL says otherwise. It
ends by itself and prints what was approved, and what must be zero: attempts spent (nobody types a wrong
PIN), lost (what a page claims and the bank does not know, or an operation that cannot be brought to an end
afterwards), doubled (a signature that the bank saw twice). If one is not, the exit status is 1.
"""

import argparse
import logging
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from tests.postgres import throw_away_cluster
from tests.soak.instances import two_instances
from tests.soak.work import Soak

SETTINGS = {
    # A dead worker's leases end after 5 + 5 s; nobody here counts guesses, for a kill costs one unproven.
    "ASSENT_CONNECT_TIMEOUT": "2",
    "ASSENT_READ_TIMEOUT": "5",
    "ASSENT_TOTAL_TIMEOUT": "5",
    "ASSENT_LIMITS": "pin.address:off,pin.activation:off,enrol.address:off",
}


def main(arguments: list[str] | None = None) -> int:
    """Run, print, and say by the exit status whether all is well."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description="Assent under load and kills.")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--people", type=int, default=12)
    parser.add_argument("--database-url", help="an empty database; default: a PostgreSQL made for this run")
    options = parser.parse_args(arguments)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="assent-soak-")))
        url = options.database_url or stack.enter_context(throw_away_cluster())
        running = stack.enter_context(two_instances(folder, url, **SETTINGS))
        result = Soak(running, options.people).run(options.seconds)
    sys.stdout.write(result.said() + "\n")
    return 0 if result.is_well else 1


if __name__ == "__main__":
    sys.exit(main())
