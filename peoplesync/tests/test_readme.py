"""The README's five minutes, typed into a real shell against a real server with the demo, and its answers compared.

An answer agrees when it has the same keys everywhere and values of the same kind; words of state agree letter for letter.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
STEP = re.compile(r"```sh\n(.*?)```\n```json\n(.*?)```", re.S)
END = "@@ end of step @@"
#: Words that mean something; every other text is an example.
WORDS = {"status", "leave_type", "source", "sync_status", "component_name", "action", "note", "redis", "database"}


def steps() -> list[tuple[str, Any]]:
    tour = README.split("## Five minutes")[1].split("\n## ")[0]
    return [(commands, json.loads(answer)) for commands, answer in STEP.findall(tour)]


def differences(shown: Any, real: Any, where: str = "answer", key: str = "") -> list[str]:
    """Where a real answer differs from the one shown.

    >>> differences({"a": 1, "status": "ok"}, {"a": 2.5, "status": "bad"})
    ["answer.status: 'bad', not 'ok'"]
    """
    if isinstance(shown, dict) and isinstance(real, dict):
        found = [f"{where}: {name} is on one side only" for name in sorted(set(shown) ^ set(real))]
        for name in set(shown) & set(real):
            found += differences(shown[name], real[name], f"{where}.{name}", name)
        return found
    if isinstance(shown, list) and isinstance(real, list):
        if bool(shown) != bool(real):
            return [f"{where}: {len(real)} rows, not {len(shown)}"]
        return [each for one in real for each in differences(shown[0], one, f"{where}[]")]
    numbers = (int, float)
    same = isinstance(real, numbers) if isinstance(shown, numbers) else type(shown) is type(real)
    if not same:
        return [f"{where}: {real!r}, not like {shown!r}"]
    is_word = key in WORDS and not where.endswith(("items[].note", "items[].component_name"))
    return [f"{where}: {real!r}, not {shown!r}"] if is_word and real != shown else []


def typed(base: str) -> list[str]:
    """The outputs of all steps, in one shell as a reader has it."""
    commands = "".join(f"{commands}\necho '{END}'\n" for commands, _ in steps())
    script = f"set -euo pipefail\n{commands}".replace("http://localhost:8000", base)
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout.split(END)[:-1]


@pytest.mark.skipif(not shutil.which("curl"), reason="the tour is typed with curl")
@pytest.mark.timeout(300)
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_the_five_minutes_give_the_answers_shown(server, worker):
    call_command("seed_demo", verbosity=0)
    outputs = typed(server)
    assert len(outputs) == len(steps()) >= 10
    for (commands, shown), output in zip(steps(), outputs, strict=True):
        real = json.loads(output) if output.strip()[:1] in "{[" else output.strip()
        assert differences(shown, real) == [], commands


def test_the_two_commands_come_first():
    first = re.search(r"```\w*\n(.*?)```", README, re.S)
    assert first and first.group(1).split("\n")[:2] == ["make run", "make test"]


def test_what_the_readme_and_the_guides_point_at_is_there():
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    for page in pages:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name} points at {target}"


def test_the_map_names_only_rooms_there_are():
    table = README.split("## The map")[1].split("\n## ")[0]
    for cell in re.findall(r"^\| (`[^|]+`) \|", table, re.M):
        for room in re.findall(r"`([^`]+)`", cell):
            assert (ROOT / room).is_dir(), room
