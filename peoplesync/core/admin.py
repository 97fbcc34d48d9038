"""Staff pages of the system itself: activity, jobs, notifications, uploads. All of them are read, none is edited."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import Truncator

from peoplesync.core.models import ActivityLog, Job, JobStatus, Notification, Upload
from peoplesync.core.services import notifications
from peoplesync.core.staff import history, leads, show
from peoplesync.core.staff.acts import Act
from peoplesync.core.staff.model_admin import BoundedPaginator, ModelAdmin, Panel, register
from peoplesync.core.staff.naming import Names
from peoplesync.core.staff.site import Figure
from peoplesync.core.staff.theme import ChoicesDropdownFilter, display
from peoplesync.kernel.words import counted

#: Ends of the choices below, in days back from now.
PERIODS = (("1", "The last 24 hours"), ("7", "The last 7 days"), ("31", "The last 31 days"), ("366", "The last year"))
UNFINISHED = (JobStatus.QUEUED, JobStatus.PROCESSING)
RENEWED_SECONDS = "2"


class CreatedFilter(admin.SimpleListFilter):
    """By time, as a range an index answers: listing the years a table holds would read all of it."""

    title = "time"
    parameter_name = "since"

    def lookups(self, request: HttpRequest, model_admin: Any) -> tuple[tuple[str, str], ...]:
        return PERIODS

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() not in dict(PERIODS):
            return queryset
        return queryset.filter(created_at__gte=timezone.now() - timedelta(days=int(self.value())))


@register(ActivityLog)
class ActivityLogAdmin(ModelAdmin):
    """Who did what, append-only."""

    resource = "activity_logs"
    section, icon, position, called = "System", "manage_search", 10, "Activity log"
    list_display = ("when", "user", "action", "about", "details")
    list_filter = (CreatedFilter,)
    list_select_related = ("user",)
    search_fields = ("action",)
    fields = ("when", "user", "action")
    search_help_text = "An act (leave.approved), the start of one (leave), an e-mail address, or an object's id"

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """By index only: the act from its beginning, the object by id, the user by her whole address."""
        term = search_term.strip()
        if not term:
            return queryset, False
        found = Q(action__startswith=term) | Q(user__email__iexact=term)
        if len(term.replace("-", "")) == 32 and all(c in "0123456789abcdef-" for c in term.lower()):
            found = Q(resource_id=term)
        return queryset.filter(found), False

    def shown_to(self, request: HttpRequest, rows: list[Any]) -> None:
        """Find the names of everything these entries speak of, once for the page."""
        names = _names(request, rows)
        for entry in rows:
            entry.names = names

    def panels(self, request: HttpRequest, row: ActivityLog) -> list[Panel]:
        names = _names(request, [row])
        about = (row.resource_type.replace("_", " "), names.of(row.resource_type, row.resource_id or show.EMPTY))
        return [
            Panel("About", ("What", "Which"), [about]),
            Panel("Details", ("", ""), history.details(row.meta, names), "None."),
        ]

    @display(description="When", ordering="created_at")
    def when(self, entry: ActivityLog) -> str:
        return show.instant(entry.created_at)

    @display(description="About")
    def about(self, entry: Any) -> str:
        is_herself = entry.resource_type == "user" and entry.resource_id == entry.user_id
        which = str(entry.user) if is_herself else entry.names.of(entry.resource_type, entry.resource_id or "")
        return f"{entry.resource_type.replace('_', ' ')} {history.text_of(which)}"

    @display(description="Details")
    def details(self, entry: Any) -> str:
        said = "; ".join(
            f"{word}: {history.text_of(value)}" for word, value in history.details(entry.meta, entry.names)
        )
        return Truncator(said).chars(200) or show.EMPTY


def _names(request: HttpRequest, entries: list[Any]) -> Names:
    """The names of what the entries are about and of the ids in their details."""
    about = [(entry.resource_type, entry.resource_id) for entry in entries]
    return Names(request, [*about, *(pair for entry in entries for pair in history.pairs(entry.meta))])


@register(Job)
class JobAdmin(ModelAdmin):
    """Asynchronous work and how far it is."""

    resource = "jobs"
    owner = "user_id"
    section, icon, position = "System", "hourglass_top", 20
    list_display = ("id", "work", "shown_status", "progress", "user", "started")
    list_filter = (("status", ChoicesDropdownFilter), CreatedFilter)
    list_select_related = ("user",)
    search_fields = ("id__startswith",)
    search_help_text = "A job's id"
    fields = (
        "id", "work", "shown_status", "progress", "user", "started", "changed", "attempt_count", "error", "outcome",
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> Any:
        """Without what jobs were given and came to, which may be the ids of everybody: a page of one asks for its own."""
        return super().get_queryset(request).defer("payload", "result")

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None) -> Any:
        """The page of one job; it renews itself until the work has ended."""
        response = super().change_view(request, object_id, form_url, extra_context)
        job = (getattr(response, "context_data", None) or {}).get("original")
        if job is not None and job.status in UNFINISHED:
            response["Refresh"] = RENEWED_SECONDS
        return response

    @display(description="Work", ordering="kind")
    def work(self, job: Job) -> str:
        return job.kind.replace("_", " ").replace(".", " ").capitalize()

    @display(description="Result")
    def outcome(self, job: Job) -> str:
        """Its sentence, or its words and figures; a list of ids, however long, is counted."""
        if not isinstance(job.result, dict):
            return _briefly(job.result) if job.result else show.EMPTY
        said = [f"{key.replace('_', ' ')}: {_briefly(value)}" for key, value in job.result.items()]
        return "; ".join(said) or show.EMPTY

    @display(description="Status", label={"Completed": "success", "Failed": "danger", "Processing": "info"})
    def shown_status(self, job: Job) -> str:
        return JobStatus(job.status).label

    @display(description="Progress")
    def progress(self, job: Job) -> str:
        share = f" ({100 * job.processed // job.total} %)" if job.total else ""
        return f"{job.processed:,} of {job.total:,}{share}"

    @display(description="Created", ordering="created_at")
    def started(self, job: Job) -> str:
        return show.instant(job.created_at)

    @display(description="Changed")
    def changed(self, job: Job) -> str:
        return show.instant(job.updated_at)


def _briefly(value: Any) -> str:
    return counted(len(value), "entry", "entries") if isinstance(value, list | dict) else str(value)


def _mark_read(request: HttpRequest, row: Notification, values: dict[str, Any]) -> str:
    notifications.mark_read(notification=row)
    return "Marked as read."


@register(Notification)
class NotificationAdmin(ModelAdmin):
    """The reader's own messages; nobody reads another's."""

    resource = "notifications"
    owner = "user_id"
    section, icon, position = "System", "notifications", 30
    list_display = ("title", "message", "about", "is_read", "when")
    list_filter = ("is_read", CreatedFilter)
    fields = ("title", "message", "is_read", "when")
    acts: ClassVar[tuple[Act, ...]] = (
        Act(
            name="read",
            label="Mark as read",
            icon="mark_email_read",
            question="Mark as read?",
            action="write",
            run=_mark_read,
            offered=lambda row: not row.is_read,
            is_bulk=True,
        ),
    )

    def shown_to(self, request: HttpRequest, rows: list[Any]) -> None:
        """Find the pages these messages are about, once for the page."""
        found = leads.of(request, [row.event_key for row in rows])
        for row in rows:
            row.lead = found.get(row.event_key)

    def panels(self, request: HttpRequest, row: Notification) -> list[Panel]:
        return [Panel("About", ("",), [(link,)]) for link in leads.of(request, [row.event_key]).values()]

    @display(description="About")
    def about(self, notification: Any) -> str:
        lead = notification.lead
        return format_html('<a class="ps-link" href="{}">{}</a>', lead.link, lead.text) if lead else show.EMPTY

    @display(description="When", ordering="created_at")
    def when(self, notification: Notification) -> str:
        return show.instant(notification.created_at)


@register(Upload)
class UploadAdmin(ModelAdmin):
    """Files that were sent, and what they belong to. The files themselves are read through the API's own check."""

    resource = "uploads"
    owner = "owner_id"
    section, icon, position = "System", "upload_file", 40
    list_display = ("file_name", "owner", "content_type", "size", "status", "attached_to_type", "when")
    list_filter = (("status", ChoicesDropdownFilter), CreatedFilter)
    list_select_related = ("owner",)
    search_fields = ("file_name__istartswith",)
    search_help_text = "The start of a file's name"
    fields = (
        "file_name",
        "owner",
        "content_type",
        "size",
        "status",
        "sha256",
        "attached_to_type",
        "attached_to_id",
        "when",
    )

    @display(description="Size")
    def size(self, upload: Upload) -> str:
        return f"{(upload.size_bytes or 0) / 1024:,.0f} KiB" if upload.size_bytes else show.EMPTY

    @display(description="When", ordering="created_at")
    def when(self, upload: Upload) -> str:
        return show.instant(upload.created_at)


def _unfinished_jobs(request: HttpRequest) -> int:
    return Job.objects.filter(status__in=UNFINISHED).count()


def _unread(request: HttpRequest) -> int:
    """Of the last month, which an index finds: whoever never reads them has very many."""
    lately = timezone.now() - timedelta(days=31)
    mine = Notification.objects.filter(user_id=request.user.pk, created_at__gte=lately, is_read=False, deleted_at=None)
    return int(mine.order_by()[: BoundedPaginator.most].count())


def _messages() -> str:
    return reverse("admin:core_notification_changelist") + "?is_read__exact=0&since=31"


def _failed_jobs(request: HttpRequest) -> int:
    lately = timezone.now() - timedelta(days=7)
    return Job.objects.filter(status=JobStatus.FAILED, created_at__gte=lately).count()


def _acts_today(request: HttpRequest) -> int:
    """Since midnight, counted no further than a list counts."""
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    today = ActivityLog.objects.filter(created_at__gte=midnight).order_by()
    return int(today[: BoundedPaginator.most].count())


def _jobs() -> str:
    return reverse("admin:core_job_changelist")


def _failed() -> str:
    return f"{_jobs()}?status__exact={JobStatus.FAILED}&since=7"


def _log() -> str:
    return reverse("admin:core_activitylog_changelist") + "?since=1"


for figure in (
    Figure("Acts logged today", "manage_search", "activity_logs", "read", _log, _acts_today, position=80),
    Figure("Unread messages", "notifications", "notifications", "read", _messages, _unread, position=30, is_own=True),
    Figure("Jobs under way", "hourglass_top", "jobs", "read", _jobs, _unfinished_jobs, position=90),
    Figure("Failed jobs, last 7 days", "error", "jobs", "read", _failed, _failed_jobs, position=91, calls=bool),
):
    admin.site.figure(figure)
