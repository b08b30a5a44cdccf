"""A copy of a site's database, as an operator keeps one, and puts back on a bad day."""

import sqlite3
from contextlib import closing
from pathlib import Path

TABLES = ("activations", "browsers", "receipts", "leases")


class Backup:
    """Taken when it is made."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self._copy = sqlite3.connect(":memory:")
        with closing(sqlite3.connect(database)) as site:
            site.backup(self._copy)

    def is_put_back(self) -> None:
        with closing(sqlite3.connect(self._database)) as site:
            self._copy.backup(site)


def rows_of(database: Path) -> dict[str, int]:
    """How many rows each table has."""
    with closing(sqlite3.connect(database)) as site:
        return {table: site.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in TABLES}
