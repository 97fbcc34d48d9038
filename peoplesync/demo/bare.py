"""Tables without their indexes and foreign keys for as long as very many rows go in; afterwards all of them are back.

Building an index over all rows at once is many times cheaper than keeping it up row by row, and a foreign key that is
added again checks every row in one join: nothing is skipped, only asked later. DDL is part of the transaction, so whoever
looks from outside never sees the tables bare, and an interrupted run leaves them as they were. Needs the owner's login.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection

from peoplesync.core.progress import Bars

#: Foreign keys first: a key others point at cannot go before them. They come back last.
_CONSTRAINTS = """
    SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint
    WHERE conrelid = ANY(%(tables)s::regclass[]) AND (contype IN ('f', 'x') OR contype IN ('p', 'u') AND NOT %(keeps)s)
        OR confrelid = ANY(%(tables)s::regclass[]) AND contype = 'f' AND NOT %(keeps)s
    ORDER BY contype <> 'f', conrelid::regclass::text, conname
"""
_INDEXES = """
    SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
    WHERE indrelid = ANY(%(tables)s::regclass[]) AND NOT %(keeps)s
        AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u', 'x'))
    ORDER BY indexrelid::regclass::text
"""
#: Memory for one build; the server's own setting is made for many sessions at once.
_MEMORY = "SET LOCAL maintenance_work_mem = '256MB'"


@contextmanager
def bare(tables: Sequence[str], bars: Bars, *, keeps_indexes: bool = False) -> Iterator[None]:
    """Inside, the tables take rows unchecked; at the end every index, key and constraint is made again as it was.

    With `keeps_indexes` only foreign keys and exclusions go, for tables that are searched while they are filled.
    Raises the database's own IntegrityError at the end where a row breaks one of them. Call it inside a transaction.
    """
    with connection.cursor() as cursor:
        asked = {"tables": list(tables), "keeps": keeps_indexes}
        constraints, indexes = _found(cursor, _CONSTRAINTS, asked), _found(cursor, _INDEXES, asked)
        for table, name, _ in constraints:
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        for name, _ in indexes:
            cursor.execute(f"DROP INDEX {name}")
        yield
        again = [definition for _, definition in indexes]
        again += [f"ALTER TABLE {table} ADD CONSTRAINT {name} {one}" for table, name, one in reversed(constraints)]
        cursor.execute(_MEMORY)
        with bars("indexes", len(again)) as advance:
            for statement in again:
                cursor.execute(statement)
                advance(1)


def _found(cursor: Any, statement: str, asked: dict[str, Any]) -> list[Any]:
    cursor.execute(statement, asked)
    return list(cursor.fetchall())
