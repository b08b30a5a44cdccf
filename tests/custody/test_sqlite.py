"""What holds for the file of SQLite, and for nothing else."""

import sqlite3
import stat
import subprocess
import sys
from contextlib import closing

import pytest

from tests.custody.states import Count
from tests.custody.workers import real_custody
from webapp.custody.errors import StoreUnavailable
from webapp.custody.migrate import migrate
from webapp.custody.sql import open_store


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:"])
def test_a_database_in_memory_is_refused(url):
    with pytest.raises(StoreUnavailable, match="memory"):
        open_store(url)


def test_a_folder_that_cannot_be_made_is_named_as_unavailable(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(StoreUnavailable):
        migrate(f"sqlite:///{tmp_path}/file/custody.sqlite")


def test_file_and_folder_are_for_this_user_only(tmp_path):
    migrate(f"sqlite:///{tmp_path}/instance/custody.sqlite")
    for path, mode in ((tmp_path / "instance", 0o700), (tmp_path / "instance/custody.sqlite", 0o600)):
        assert stat.S_IMODE(path.stat().st_mode) == mode


def test_another_engine_of_this_process_leaves_the_log_to_those_who_use_it(tmp_path):
    path = tmp_path / "custody.sqlite"
    with open_store(f"sqlite:///{path}") as store, store._engine.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE kept (value)")
        connection.commit()
        open_store(f"sqlite:///{path}").close()
        # The last one to leave takes the log away, and another process sees no other than itself.
        visit = (
            f"import sqlite3; c = sqlite3.connect({str(path)!r}); c.execute('SELECT * FROM kept'); c.close()"
        )
        subprocess.run([sys.executable, "-c", visit], check=True)
        assert path.with_name(f"{path.name}-wal").exists()


def test_a_commit_is_on_the_disk_and_what_is_erased_is_overwritten(tmp_path):
    with open_store(f"sqlite:///{tmp_path}/custody.sqlite") as store, store._engine.connect() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "busy_timeout")
        }
    assert pragmas == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "secure_delete": 1,
        "busy_timeout": 10_000,
    }


def test_an_erased_activation_leaves_no_trace_in_the_file(tmp_path):
    path = tmp_path / "custody.sqlite"
    migrate(f"sqlite:///{path}")
    custody = real_custody(f"sqlite:///{path}")
    keys = custody.admit(Count(1, b"x" * 2000))
    with closing(sqlite3.connect(path)) as thief:
        [(sealed, wrap)] = thief.execute("SELECT sealed_state, wrap FROM activations, browsers")
    before = checkpointed(path)
    assert wrap in before
    assert sealed[-200:] in before
    custody.forget_browser(keys.sid)
    after = checkpointed(path)
    assert wrap not in after
    assert sealed[-200:] not in after


def checkpointed(path) -> bytes:
    """The file with everything that still stood in its log."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path.read_bytes()
