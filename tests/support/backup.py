"""A copy of a site's database, as an operator keeps one, and puts back on a bad day."""

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import func, select

from webapp.custody.engine import make_engine
from webapp.custody.schema import metadata

TABLES = ("activations", "browsers", "receipts", "leases", "lookups")


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


def rows_of(database_url: str) -> dict[str, int]:
    """How many rows each table about activations has; the database may be of any kind."""
    engine = make_engine(database_url)
    with engine.begin() as site:
        found = {
            table: site.execute(select(func.count()).select_from(metadata.tables[table])).scalar_one()
            for table in TABLES
        }
    engine.dispose()
    return found
