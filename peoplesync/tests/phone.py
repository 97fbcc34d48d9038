"""A phone that keeps itself up to date by `GET /changes`, as a client would: by id, forgetting what it is told to."""

from __future__ import annotations

from typing import Any

PATH = "/api/v1/changes"
#: Feeds whose rows have no id of their own on the wire.
KEYS = {"days": "work_date", "planned_days": "work_date"}


class Phone:
    """One person's copy. `pages` counts the calls of the last round."""

    def __init__(self, client: Any, *, limit: int | None = None) -> None:
        self.client, self.limit = client, limit
        self.cursor: str | None = None
        self.state: dict[str, dict[str, Any]] = {}
        self.told: list[tuple[str, str]] = []
        self.pages = 0

    def poll(self, between: Any = None) -> Phone:
        """A whole round: until the server has no more. `between` is called after each page that is not the last."""
        self.told, self.pages = [], 0
        while self._page():
            if between is not None:
                between()
        return self

    def _page(self) -> bool:
        asked = {"cursor": self.cursor, "limit": self.limit}
        answer = self.client.get(PATH, {name: value for name, value in asked.items() if value})
        assert answer.status_code == 200, answer.content
        body = answer.json()
        self.cursor, self.pages = body["cursor"], self.pages + 1
        if body["is_reset"]:
            self.state = {}
        for name, feed in body["feeds"].items():
            self._apply(name, feed)
        return body["has_more"]

    def _apply(self, name: str, feed: dict[str, Any]) -> None:
        kept = self.state.setdefault(name, {})
        if feed["is_complete"]:
            kept.clear()
        for row in feed["changed"]:
            kept[row[KEYS.get(name, "id")]] = row
            self.told.append((name, row[KEYS.get(name, "id")]))
        for gone in feed["deleted"]:
            kept.pop(gone, None)
