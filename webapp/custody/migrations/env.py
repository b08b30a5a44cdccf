"""Run by Alembic. The connection, its transaction and its lock come from `webapp/custody/migrate.py`."""

from alembic import context

from webapp.custody.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
