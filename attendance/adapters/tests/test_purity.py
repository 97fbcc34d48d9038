"""The pure rooms of the adapters import where Django and its company are not installed."""

import subprocess
import sys
from pathlib import Path

ADAPTERS = Path(__file__).resolve().parents[1]
ROOT = ADAPTERS.parents[1]
FORBIDDEN = ("django", "rest_framework", "celery", "psycopg", "redis", "kombu")


def is_pure(source):
    return source.read_text(encoding="utf-8").lstrip().startswith('"""PURE.')


PURE = sorted(
    ".".join(source.relative_to(ROOT).with_suffix("").parts) for source in ADAPTERS.rglob("*.py") if is_pure(source)
)

BLOCKED_IMPORT = f"""
import importlib, sys

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {FORBIDDEN!r}:
            raise ImportError("a pure room asked for " + name)

sys.meta_path.insert(0, Refuse())
for name in sys.argv[1:]:
    importlib.import_module(name)
"""


def run(*modules):
    return subprocess.run([sys.executable, "-c", BLOCKED_IMPORT, *modules], cwd=ROOT, capture_output=True, text=True)


def test_every_pure_room_imports_without_django():
    done = run(*PURE)
    assert done.returncode == 0, done.stderr


def test_the_blocker_would_notice():
    assert "a pure room asked for django" in run("django").stderr


def test_every_vendor_s_translation_says_that_it_is_pure():
    names = ("wire*", "errors", "fields", "queries", "refusals", "messages", "openapi")
    translations = sorted(source for name in names for source in ADAPTERS.glob(f"*/{name}.py"))
    assert len(translations) > 20
    assert [str(source) for source in translations if not is_pure(source)] == []
