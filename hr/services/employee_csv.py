"""A CSV file of employees: the columns it may have. What the cells mean is `employee_rows`."""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO

from hr.services.employee_import import COLUMNS
from peoplesync.core import sheets

REQUIRED = ("employee_number", "first_name")
#: The department is given by its code or name, since files know no ids.
KNOWN = (*REQUIRED, "department", *(name for name in COLUMNS if name not in ("first_name", "department_id")))


def read(file: BinaryIO, *, advance: Callable[[int], None]) -> sheets.Sheet:
    """The file's columns and rows. Raises Invalid as `sheets.read` does."""
    return sheets.read(file, required=REQUIRED, known=KNOWN, advance=advance)
