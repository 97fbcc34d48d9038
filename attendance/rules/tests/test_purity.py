"""The rules need the standard library and the kernel, nothing else: they run where Django is not installed."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

RULES = Path(__file__).resolve().parents[1]
ROOT = RULES.parents[1]
BLOCKER = """
import importlib, pkgutil, sys

class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"django", "rest_framework", "celery", "psycopg"}:
            raise ImportError(f"{name} is not available to the pure rules")

sys.meta_path.insert(0, Blocker())
import attendance.rules
for module in pkgutil.iter_modules(attendance.rules.__path__, "attendance.rules."):
    if not module.ispkg:
        importlib.import_module(module.name)
print(sorted(name for name in sys.modules if name.startswith("attendance.rules.")))
"""


def test_every_rule_imports_without_django() -> None:
    run = subprocess.run([sys.executable, "-c", BLOCKER], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert "attendance.rules.paired_day" in run.stdout


def test_rules_import_only_the_standard_library_the_kernel_and_each_other() -> None:
    allowed = set(sys.stdlib_module_names) | {"attendance.rules", "peoplesync.kernel"}
    for file in RULES.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            for name in names:
                assert name.partition(".")[0] in allowed or ".".join(name.split(".")[:2]) in allowed, (file, name)


def test_rules_read_no_clock_and_say_they_are_pure() -> None:
    for file in RULES.glob("*.py"):
        text = file.read_text()
        assert text.startswith('"""PURE. '), file
        assert not any(call in text for call in ("datetime.now(", "utcnow(", "date.today(", "time.time(")), file
