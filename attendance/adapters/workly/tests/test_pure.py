"""The translation of this door runs where Django is not installed."""

import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parents[1]
MODULES = sorted(
    f"attendance.adapters.workly.{path.stem}" for path in FOLDER.glob("*.py") if path.read_text().startswith('"""PURE.')
)
BLOCKED = """
import importlib, sys
class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.partition('.')[0] in {'django', 'rest_framework', 'celery', 'psycopg', 'redis'}:
            raise ImportError(f'{name} is blocked')
sys.meta_path.insert(0, Blocker())
for module in sys.argv[1:]:
    importlib.import_module(module)
"""


def test_every_wire_module_says_it_is_pure() -> None:
    named = {path.stem for path in FOLDER.glob("wire*.py")} | {"errors", "messages", "fields"}
    assert named <= {module.rpartition(".")[2] for module in MODULES}


def test_the_pure_modules_import_without_django() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", BLOCKED, *MODULES], cwd=FOLDER.parents[2], capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr


def test_the_blocker_would_notice_django() -> None:
    ran = subprocess.run([sys.executable, "-c", BLOCKED, "django.conf"], cwd=FOLDER.parents[2], capture_output=True)
    assert ran.returncode != 0
