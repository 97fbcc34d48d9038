"""What `manage.py check --deploy` refuses beyond Django's own list."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import Error, Tags, register


@register(Tags.security, deploy=True)
def two_logins(app_configs: Any, **_: Any) -> list[Error]:
    """Append-only tables are only append-only for a login that lacks the right to change them."""
    users = {urlsplit(url).username for url in (settings.APP_DATABASE_URL, settings.OWNER_DATABASE_URL)}
    if settings.APP_DATABASE_URL and len(users) == 2:
        return []
    return [
        Error(
            "The web and workers use the owner's database login.",
            hint="Set APP_DATABASE_URL to a login of their own and run `manage.py ensure_app_login`.",
            id="core.E001",
        )
    ]
