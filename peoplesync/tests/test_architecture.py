"""The house keeps its own rules: who may import whom, pure rooms stay pure, migrations are one line, commands have tests."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.contrib.postgres.operations import AddConstraintNotValid, AddIndexConcurrently, ValidateConstraint
from django.db.migrations import AddConstraint, AddField, AddIndex, CreateModel, RunSQL, SeparateDatabaseAndState
from django.db.migrations.loader import MigrationLoader

ROOT = Path(__file__).resolve().parents[2]
#: Lower rooms first: a file imports from its own room and from those before it, never from a later one.
ORDER = ["peoplesync.kernel", "peoplesync.core", "hr", "attendance", "payroll", "peoplesync"]
#: Inside an app: doors stand on services, services on selectors, selectors on models.
LAYERS = {
    "models": 0,
    "selectors": 1,
    "services": 2,
    "tasks": 3,
    "api": 3,
    "admin": 3,
    "management": 3,
    "adapters": 3,
}
PURE = ("peoplesync/kernel", "attendance/rules", "payroll/engine", "payroll/packs")
#: Modules that stand outside of the order, each with its reason.
EXEMPT = {
    "peoplesync/env.py": "settings import it before there is a house",
    "peoplesync/settings.py": "names every room as a string",
}
APPS = ("peoplesync/core", "hr", "attendance", "payroll")
#: Loaded with the routes, which workers and commands start without.
WITH_ROUTES = {"api", "admin", "admin.py", "adapters", "staff", "urls.py"}
#: What is registered where workers and commands look for it, beside the hooks.
FOR_EVERY_PROCESS = {"jobs", "approvals", "append_only", "doctor", "uploads"}


@cache
def sources() -> list[Path]:
    found = (path for top in ("peoplesync", "hr", "attendance", "payroll") for path in (ROOT / top).rglob("*.py"))
    return sorted(path for path in found if "/migrations/" not in path.as_posix())


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def room_of(module: str) -> int | None:
    """The index of the room a module belongs to; the longest name wins; None outside of the house."""
    fitting = [room for room in ORDER if module == room or module.startswith(f"{room}.")]
    return ORDER.index(max(fitting, key=len)) if fitting else None


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def imports_of(path: Path) -> list[tuple[int, str]]:
    """The lines and full names of what a file imports."""
    return list(_imports(path))


def _imports(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: write imports with their full name"
            names = (f"{node.module}.{alias.name}" for alias in node.names)
            yield from ((node.lineno, name) for name in names)


def opening(path: Path) -> str:
    """What a module says of itself."""
    return ast.get_docstring(tree_of(path)) or ""


@cache
def is_pure(name: str) -> bool:
    """Whether an imported module, or the module an imported name stands in, says it is pure: anybody may import it."""
    for module in (name, name.rpartition(".")[0]):
        for path in (ROOT / (module.replace(".", "/") + ".py"), ROOT / module.replace(".", "/") / "__init__.py"):
            if path.exists():
                return opening(path).startswith("PURE")
    return False


def is_test(path: Path) -> bool:
    return "/tests/" in path.as_posix() or path.name.startswith("test_")


def test_imports_flow_one_way_between_rooms():
    wrong = []
    for path in sources():
        relative = path.relative_to(ROOT).as_posix()
        own = room_of(module_of(path))
        if relative in EXEMPT or is_test(path) or own is None:
            continue
        for line, name in imports_of(path):
            theirs = room_of(name)
            if theirs is not None and theirs > own:
                wrong.append(f"{relative}:{line} imports {name}")
    assert wrong == []


def test_imports_flow_one_way_inside_an_app():
    wrong = []
    for path in sources():
        relative = path.relative_to(ROOT).as_posix()
        app = next((app for app in APPS if relative.startswith(f"{app}/")), None)
        if app is None or is_test(path):
            continue
        layer = LAYERS.get(Path(relative).relative_to(app).parts[0].removesuffix(".py"))
        prefix = app.replace("/", ".")
        for line, name in imports_of(path):
            if layer is None or not name.startswith(f"{prefix}.") or is_pure(name):
                continue
            theirs = LAYERS.get(name.removeprefix(f"{prefix}.").split(".")[0])
            if theirs is not None and theirs > layer:
                wrong.append(f"{relative}:{line} imports {name}")
    assert wrong == []


def test_there_are_no_type_checking_escapes_and_no_star_imports():
    wrong = []
    for path in sources():
        text = path.read_text(encoding="utf-8")
        if path != Path(__file__) and ("TYPE_CHECKING" in text or re.search(r"^from \S+ import \*", text, re.M)):
            wrong.append(path.relative_to(ROOT).as_posix())
    assert wrong == []


def test_imports_inside_functions_stay_inside_their_room():
    """An app's `ready` may import late (models exist only then); anything else would hide a cycle."""
    wrong = []
    for path in sources():
        if is_test(path) or path.name == "apps.py":
            continue
        functions = [
            node for node in ast.walk(tree_of(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        ]
        for function in functions:
            for node in ast.walk(function):
                if isinstance(node, ast.ImportFrom) and room_of(node.module or "") is not None:
                    wrong.append(f"{path.relative_to(ROOT)}:{node.lineno} imports {node.module}")
    assert wrong == []


def test_what_a_worker_needs_is_registered_without_routes_and_staff_pages():
    """Tests have them all in one process, a worker has not: what is registered with them would be missing there alone."""
    hooks = {name for path in sources() for name in re.findall(r"^(\w+): Hook\[", path.read_text(), re.M)}
    assert "leave_changed" in hooks
    registered = re.compile(rf"\b(?:{'|'.join(hooks | FOR_EVERY_PROCESS)})\.register\w*\(|\w+\.connect\(|@receiver\b")
    beside = [path for path in sources() if not WITH_ROUTES.isdisjoint(path.relative_to(ROOT).parts)]
    assert [path for path in beside if not is_test(path) and registered.search(path.read_text())] == []


@pytest.mark.parametrize("room", PURE)
def test_pure_rooms_use_only_the_standard_library_and_the_kernel(room):
    files = [path for path in (ROOT / room).rglob("*.py") if not is_test(path)]
    assert files, f"{room} is empty"
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {name}" for path in files for line, name in impure_imports(path, room)
    ]
    assert wrong == []


def test_wire_modules_use_only_the_standard_library_and_the_kernel():
    files = sorted((ROOT / "attendance/adapters").rglob("wire*.py"))
    assert files, "there are no adapters"
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for path in files
        for line, name in impure_imports(path, "attendance/adapters")
        if not name.startswith("attendance.rules")
    ]
    assert wrong == []


def impure_imports(path: Path, room: str) -> Iterator[tuple[int, str]]:
    allowed = {"peoplesync.kernel", room.replace("/", ".")} | (
        {"payroll.engine", "payroll.packs"} if room.startswith("payroll/") else set()
    )
    for line, name in imports_of(path):
        is_ours = any(name == own or name.startswith(f"{own}.") for own in allowed)
        if not is_ours and name.split(".")[0] not in sys.stdlib_module_names:
            yield line, name


@pytest.mark.parametrize("room", PURE)
def test_pure_rooms_say_so(room):
    files = [path for path in (ROOT / room).rglob("*.py") if not is_test(path)]
    silent = [path.relative_to(ROOT).as_posix() for path in files if not opening(path).startswith("PURE")]
    assert silent == []


def test_every_module_opens_with_what_it_is_for():
    silent = [
        path.relative_to(ROOT).as_posix()
        for path in sources()
        if path.read_text(encoding="utf-8").strip() and not opening(path)
    ]
    assert silent == []


def test_no_file_holds_two_nouns():
    """A file stays under 300 lines; 400 is where it must be split."""
    long = {path.relative_to(ROOT).as_posix(): count for path in sources() if (count := lines(path)) > 400}
    assert long == {}


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_a_function_fits_a_screen():
    long = []
    for path in sources():
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.FunctionDef) and node.end_lineno and node.end_lineno - node.lineno >= 60:
                long.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}")
    assert long == []


@pytest.mark.parametrize("app", [Path(app).name for app in APPS])
def test_migrations_are_one_line(app):
    loader = MigrationLoader(None, ignore_no_migrations=True)
    own = [node for node in loader.graph.nodes if node[0] == app]
    children = {parent[1] for node in own for parent in loader.graph.node_map[node].parents if parent[0] == app}
    assert own
    tips = [node for node in own if node[1] not in children]
    assert len(tips) == 1
    for node in own:
        assert len([parent for parent in loader.graph.node_map[node].parents if parent[0] == app]) <= 1


def _in_database(operations):
    """What is done to the database, one by one; what is only told to the models is none of it."""
    for each in operations:
        if isinstance(each, SeparateDatabaseAndState):
            yield from _in_database(each.database_operations)
        else:
            yield each


def _waits(operations):
    """The operations of a migration that keep writers waiting."""
    done = list(_in_database(operations))
    made = {each.name_lower for each in done if isinstance(each, CreateModel)}
    return [each for each in done if _holds_writers(each, made)]


def _holds_writers(operation, made):
    """Whether a migration's operation builds an index or checks every row while nobody can write to the table."""
    if isinstance(operation, RunSQL):
        sql = operation.sql if isinstance(operation.sql, str) else " ".join(map(str, operation.sql))
        adds = [part for part in sql.split(";") if re.search(r"ADD CONSTRAINT.*(CHECK|FOREIGN KEY)", part, re.S)]
        builds = re.search(r"CREATE (UNIQUE )?INDEX (?!CONCURRENTLY)", sql)
        return builds is not None or any("NOT VALID" not in part for part in adds)
    if getattr(operation, "model_name", None) in made:
        return False
    plain_index = isinstance(operation, AddIndex) and not isinstance(operation, AddIndexConcurrently)
    plain_constraint = isinstance(operation, AddConstraint) and not isinstance(operation, AddConstraintNotValid)
    with_index = isinstance(operation, AddField) and (operation.field.db_index or operation.field.unique)
    return plain_index or plain_constraint or with_index


def test_a_migration_of_a_table_in_use_keeps_no_writer_waiting():
    found = []
    for (app, name), migration in MigrationLoader(None, ignore_no_migrations=True).disk_migrations.items():
        if app in {Path(each).name for each in APPS} and not name.endswith("_initial"):
            found += [f"{app}.{name}: {each.describe()}" for each in _waits(migration.operations)]
    assert found == []


def test_rows_that_a_new_constraint_did_not_look_at_are_checked_by_a_later_migration():
    added, checked = set(), set()
    for (app, name), migration in MigrationLoader(None, ignore_no_migrations=True).disk_migrations.items():
        done = list(_in_database(migration.operations))
        new = {(app, each.constraint.name) for each in done if isinstance(each, AddConstraintNotValid)}
        looked_at = {(app, each.name) for each in done if isinstance(each, ValidateConstraint)}
        assert not new & looked_at, f"{app}.{name} looks at every row while the new constraint keeps writers waiting"
        added, checked = added | new, checked | looked_at
    assert added and added <= checked


@pytest.mark.parametrize(("how", "waits"), [("", 1), ("CONCURRENTLY ", 0)])
def test_an_index_beside_its_state_is_judged_as_any_other(how, waits):
    build = RunSQL(["SET lock_timeout = 0", f"CREATE UNIQUE INDEX {how}one ON hr_role (name)"])
    inner = SeparateDatabaseAndState(database_operations=[build])
    assert len(_waits([SeparateDatabaseAndState(database_operations=[inner])])) == waits


def test_every_command_has_a_test():
    tests = "\n".join(path.read_text(encoding="utf-8") for path in sources() if is_test(path))
    commands = [path.stem for app in APPS for path in (ROOT / app / "management/commands").glob("[a-z]*.py")]
    assert commands
    untested = [name for name in commands if f'"{name}"' not in tests]
    assert untested == []


def test_nothing_is_left_at_the_top_level_that_has_no_place_there():
    allowed = {
        "peoplesync",
        "attendance",
        "hr",
        "payroll",
        "templates",
        "manage.py",
        "requirements.txt",
        "requirements-dev.txt",
        "requirements-embedded.txt",
        "pytest.ini",
        "README.md",
        "Makefile",
        "pyproject.toml",
        "compose.yaml",
        "Dockerfile",
        "docs",
        "benchmarks",
    }
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    tops = {name.split("/")[0] for name in listed.splitlines()}
    assert {name for name in tops if not name.startswith(".")} <= allowed
