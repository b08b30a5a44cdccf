"""What may be said of a database's failure: what went wrong, without the values of the statement."""

from typing import Any, Final

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

# Of PostgreSQL's errors, those of class 22 (data exception) quote the value that they dislike.
_QUOTES_VALUES: Final = "22"


def describe(error: SQLAlchemyError) -> str:
    """What went wrong, without the values of the statement."""
    if not isinstance(error, DBAPIError):
        return "no connection became free in time"
    origin: Any = error.orig
    kind = type(origin).__name__
    if (name := getattr(origin, "sqlite_errorname", None)) is not None:
        return f"{origin} ({name})"
    state: str | None = getattr(origin, "sqlstate", None)
    if state is None:
        # No statement was answered: what the driver says is about the connection alone.
        return f"{kind}: {str(origin).strip()}"
    text = "" if state.startswith(_QUOTES_VALUES) else f": {origin.diag.message_primary}"
    return f"{kind} {state}{text}"
