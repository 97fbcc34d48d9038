"""The limited database login of web, worker and beat: made once, its grants refreshed after every migration."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db import connection, transaction
from psycopg import sql

from peoplesync.core import append_only
from peoplesync.kernel.errors import Invalid

#: Any constant: two starts at once must not make the login twice.
_ADVISORY_LOCK = 7203442


def credentials() -> tuple[str, str]:
    """User and password of APP_DATABASE_URL. Raises Invalid when it is not set or names the owner."""
    url = urlsplit(settings.APP_DATABASE_URL)
    if not url.username:
        raise Invalid(
            "APP_DATABASE_URL is not set. Give the web and workers a login of their own: the same address as "
            "DATABASE_URL with another user and password; this command creates it.",
            code="app_login_missing",
        )
    if url.username == urlsplit(settings.OWNER_DATABASE_URL).username:
        raise Invalid("APP_DATABASE_URL must name another user than DATABASE_URL.", code="app_login_is_owner")
    return unquote(url.username), unquote(url.password or "")


def ensure(*, user: str, password: str) -> None:
    """Create or update the login and its grants on this database. Idempotent, safe when run twice at once."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ADVISORY_LOCK])
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [user])
        verb = sql.SQL("ALTER" if cursor.fetchone() else "CREATE")
        statement = sql.SQL("{} ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD {}")
        cursor.execute(statement.format(verb, sql.Identifier(user), sql.Literal(password)))
        _grant(cursor, user)


def refresh_grants(*, user: str) -> None:
    """Give an existing login its rights on tables that migrations have added; without the login, do nothing."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ADVISORY_LOCK])
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [user])
        if cursor.fetchone():
            _grant(cursor, user)


def _grant(cursor: object, user: str) -> None:
    role = sql.Identifier(user)
    existing = set(connection.introspection.table_names())
    grown = [sql.Identifier(table) for table in append_only.tables() if table in existing]
    database = sql.Identifier(str(connection.settings_dict["NAME"]))
    statements = [
        sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}").format(database, role),
        sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(role),
        sql.SQL("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {}").format(role),
        sql.SQL("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}").format(role),
        sql.SQL("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}").format(role),
        sql.SQL("REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {}").format(role),
    ]
    if grown:
        statements.append(sql.SQL("REVOKE UPDATE, DELETE ON {} FROM {}").format(sql.SQL(", ").join(grown), role))
    for statement in statements:
        cursor.execute(statement)  # type: ignore[attr-defined]  # Django's cursor wrapper has no stub for psycopg's SQL
