"""Staff pages of the whole: what reaches into every app at once is added here, where all of them are known."""

from peoplesync.privacy import admin as privacy

__all__ = ["privacy"]
