"""Delta sync over HTTP: one call gives a phone all that changed for its person since the last."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.response import Response

from peoplesync.core.api.notifications import NotificationSerializer
from peoplesync.core.api.views import ApiView
from peoplesync.core.changes import TWO_MONTHS, RowFeed, WholeFeed, midnight, register, row_feeds, whole_feeds
from peoplesync.core.models import Notification
from peoplesync.core.selectors import changes
from peoplesync.kernel.errors import Invalid

USUAL_ROWS, MOST_ROWS = 200, 500


@lru_cache(maxsize=1)
def document() -> type[serializers.Serializer]:
    """The answer's shape, with a key for every feed that the apps have registered by the time somebody asks."""
    registered: list[RowFeed | WholeFeed] = [*row_feeds(), *whole_feeds()]
    feeds = {feed.name: _feed_shape(feed) for feed in registered}
    described = type("ChangeFeeds", (serializers.Serializer,), feeds)
    return type(
        "Changes",
        (serializers.Serializer,),
        {
            "cursor": serializers.CharField(help_text="Send it next time; it is opaque and belongs to this person."),
            "has_more": serializers.BooleanField(help_text="Ask again with `cursor` at once: the round is not over."),
            "is_reset": serializers.BooleanField(help_text="Forget everything kept so far: a full state begins here."),
            "feeds": described(),
        },
    )


def _feed_shape(feed: RowFeed | WholeFeed) -> serializers.Serializer:
    fields = {
        "changed": feed.shape(
            many=True, help_text="New and changed rows as they are now; told again, nothing changes."
        ),
        "deleted": serializers.ListField(child=serializers.UUIDField(), help_text="Ids that exist no more."),
        "is_complete": serializers.BooleanField(help_text="`changed` is the whole set: forget what is not in it."),
        "first": serializers.DateField(allow_null=True, help_text="Rows of days before it are no longer kept: forget."),
    }
    name = "".join(word.capitalize() for word in feed.name.split("_"))
    return type(f"Changed{name}", (serializers.Serializer,), fields)()


@extend_schema_view(
    get=extend_schema(
        parameters=[
            OpenApiParameter("cursor", str, description="From the last answer; absent: everything anew."),
            OpenApiParameter("limit", int, description=f"Rows of one answer, 1 to {MOST_ROWS}; usually {USUAL_ROWS}."),
        ]
    )
)
class Changes(ApiView):
    """All that changed for the caller since her cursor: hers alone, whatever her role. Rows come at least once."""

    resource = "changes"
    actions = {"GET": "read"}
    titles = {"GET": "List what changed since a cursor"}

    @property
    def answers(self) -> Any:  # type: ignore[override]  # read when the document is made, never set
        """By the time the document is made, every app has registered its feeds."""
        return {"GET": (200, document())}

    def visible(self) -> Any:
        return Notification.objects.none()

    def get(self, request: Any) -> Response:
        cursor = request.query_params.get("cursor") or None
        limit = _limit(request.query_params.get("limit"))
        found = changes.page(user=request.user, cursor=cursor, limit=limit, at=self.now())
        feeds = {name: _shown(change) for name, change in found.feeds.items()}
        head = {"cursor": found.cursor, "has_more": found.has_more, "is_reset": found.is_reset}
        return Response({**head, "feeds": feeds})


def _limit(text: str | None) -> int:
    if text is None:
        return USUAL_ROWS
    if not (text.isascii() and text.isdigit() and len(text) <= 4 and 1 <= int(text) <= MOST_ROWS):
        raise Invalid.field("limit", f"Give a number from 1 to {MOST_ROWS}.", code="out_of_range")
    return int(text)


def _shown(change: changes.Change) -> dict[str, Any]:
    first = None if change.first == date.min else change.first.isoformat()
    return {
        "changed": change.changed,
        "deleted": change.deleted,
        "is_complete": change.is_complete,
        "first": first,
    }


def shown_by(serializer: type[serializers.Serializer]) -> Any:
    """A feed's `shown`: its rows as the lists show them."""

    def shown(rows: Sequence[Any], user: Any) -> list[dict[str, Any]]:
        writing = serializer()
        return [writing.to_representation(row) for row in rows]

    return shown


def is_deleted(row: Any) -> bool:
    return row.deleted_at is not None


def _notifications(user: Any, first: date) -> Any:
    return Notification.objects.filter(user_id=user.pk, created_at__gte=midnight(first))


def register_feeds() -> None:
    """Called with the routes."""
    register(
        RowFeed(
            name="notifications",
            rows=_notifications,
            shown=shown_by(NotificationSerializer),
            shape=NotificationSerializer,
            kept_for=TWO_MONTHS,
            is_gone=is_deleted,
        )
    )
