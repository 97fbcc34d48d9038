"""The pytest plugin of the house (named in pytest.ini): starts Django, then offers the cast to every test."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peoplesync.settings")
django.setup()

from peoplesync.tests.cast import cast, client_of, fresh_cache  # noqa: E402 models exist only after setup

__all__ = ["cast", "client_of", "fresh_cache"]
