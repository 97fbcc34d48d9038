"""Core's app: registers its own system checks, nothing else."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "peoplesync.core"
    label = "core"
    verbose_name = "System"
