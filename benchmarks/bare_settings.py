"""The project's settings for anchor F: no middleware, its own single route, rights and throttles left out."""

from peoplesync.settings import *  # noqa: F403 the point is that everything else is the same

MIDDLEWARE: list[str] = []
ROOT_URLCONF = "benchmarks.bare_view"
REST_FRAMEWORK = {"UNAUTHENTICATED_USER": None}
