"""Progress is drawn for people at a terminal and for nobody else."""

from __future__ import annotations

import io

import pytest
from django.core.management.base import OutputWrapper

from peoplesync.core import progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_sees_the_bar_come_to_its_end():
    shown = Terminal()
    with progress.bar("people", 10, stream=shown) as advance:
        advance(5)
    assert "people [===============               ]  50 % (5/10)" in shown.getvalue()
    assert shown.getvalue().endswith("100 % (10/10)\n")


def test_a_failure_leaves_the_bar_where_it_was():
    shown = Terminal()
    with pytest.raises(LookupError), progress.bar("people", 10, stream=shown) as advance:
        advance(5)
        raise LookupError
    assert shown.getvalue().endswith("50 % (5/10)\n")


def test_a_commands_own_stream_keeps_the_bar_on_one_line():
    shown = Terminal()
    with progress.bar("people", 10, stream=OutputWrapper(shown)) as advance:
        advance(5)
    assert shown.getvalue().count("\n") == 1


def test_a_file_gets_nothing():
    written = io.StringIO()
    with progress.bar("people", 10, stream=written) as advance:
        advance(10)
    assert written.getvalue() == ""
