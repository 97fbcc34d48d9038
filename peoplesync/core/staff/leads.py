"""Where messages lead: from a message's event key to the page it is about, if its reader may open that.

An event key begins with a word that its app knows (`approval:<id>:asked`); the app registers what it leads to.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

from django.http import HttpRequest

from peoplesync.core.staff.naming import Link, Names

#: From whole keys, each with what stands after its first colon, to links; few statements for all of them.
Lead = Callable[[HttpRequest, Mapping[str, list[str]]], dict[str, Link]]
_leads: dict[str, Lead] = {}


def register(word: str, lead: Lead) -> None:
    """Name the function that finds the pages of keys beginning with `word`."""
    _leads[word] = lead


def of(request: HttpRequest, event_keys: Iterable[str | None]) -> dict[str, Link]:
    """The links of these keys; none for a key that leads nowhere, or not for this reader."""
    by_word: dict[str, dict[str, list[str]]] = defaultdict(dict)
    for key in filter(None, event_keys):
        word, *rest = key.split(":")
        if word in _leads and rest:
            by_word[word][key] = rest
    return {key: link for word, keys in by_word.items() for key, link in _leads[word](request, keys).items()}


def rows_of(*kinds: str) -> Lead:
    """For keys that go on with the id of a row of one of these kinds, the first that has it."""
    return lambda request, keys: first_of(
        request, {key: [(kind, rest[0]) for kind in kinds] for key, rest in keys.items()}
    )


def first_of(request: HttpRequest, wanted: Mapping[str, list[tuple[str, object]]]) -> dict[str, Link]:
    """Per key the first of its (kind, id) pairs that the reader may open."""
    names = Names(request, [pair for pairs in wanted.values() for pair in pairs])
    found = {
        key: [name for pair in pairs if isinstance(name := names.of(*pair), Link)] for key, pairs in wanted.items()
    }
    return {key: links[0] for key, links in found.items() if links}
