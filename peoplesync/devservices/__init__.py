"""The launcher: real PostgreSQL and Valkey for a machine that has neither, and `make run` on top of them.

Standard library only and no Django, because it runs before the settings can be read. Production names its
own servers in DATABASE_URL and REDIS_URL and never gets further than reading them.
"""
