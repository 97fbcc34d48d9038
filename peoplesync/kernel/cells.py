"""PURE. Text in the cells of a CSV file: what a spreadsheet would take for a formula stays text, and comes back as it was."""

from __future__ import annotations

#: First characters a spreadsheet acts on, full-width forms included; the mark itself, so that reading back is exact.
_ACTED_ON = tuple("=+-@\t\r\n\0＝＋－＠'")
_MARK = "'"


def escaped(text: str) -> str:
    """The text as a cell no spreadsheet runs.

    >>> escaped("=1+1"), escaped("+62811"), escaped("Jane"), escaped("'quoted")
    ("'=1+1", "'+62811", 'Jane', "''quoted")
    """
    return f"{_MARK}{text}" if text.lstrip(" ").startswith(_ACTED_ON) else text


def unescaped(cell: str) -> str:
    """The text of a cell that `escaped` may have marked; other cells are given back as they are.

    >>> [unescaped(escaped(text)) for text in ("=1+1", "'quoted", "Jane", "-", "'")]
    ['=1+1', "'quoted", 'Jane', '-', "'"]
    >>> unescaped("'t Hooft")
    "'t Hooft"
    """
    rest = cell.removeprefix(_MARK)
    return rest if rest != cell and rest.lstrip(" ").startswith(_ACTED_ON) else cell
