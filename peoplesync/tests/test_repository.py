"""The repository itself: no secrets, no traces of somebody's machine, nothing left over, no dependency below its floor."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
#: Written apart, so that this file does not find itself.
SECRETS = {
    "a private key": r"-----BEGIN (?:[A-Z]+ )?PRIVATE " + "KEY-----",
    "a cloud key": r"\bAKIA" + r"[0-9A-Z]{16}\b",
    "a token": r"\bgh[pousr]_" + r"[A-Za-z0-9]{36}\b|\bxox[abp]-" + r"[0-9A-Za-z-]{20,}",
    "a long-lived JWT": r"eyJhbGciOi[\w-]+\.eyJ[\w-]{20,}\.[\w-]{20,}",
}
LEFT_OVER = {
    "unfinished work": r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b",
    "a place on somebody's machine": r"/(?:work|home|Users)/(?:[a-z]+)/(?!\.)",
    "a debugger": r"^\s*(?:import i?pdb|breakpoint\(\))",
    "a merge": r"^(?:<{7} |>{7} |={7}$)",
}
#: Below these stand known holes: SQL by an expanded query string, deactivated users let in, request smuggling.
FLOORS = {
    "django": (5, 2, 8), "djangorestframework-simplejwt": (5, 5, 1), "gunicorn": (22, 0, 0), "pillow": (10, 3, 0),
    "requests": (2, 32, 0), "urllib3": (2, 2, 2), "sqlparse": (0, 5, 0), "jinja2": (3, 1, 6), "certifi": (2024, 7, 4),
    "cryptography": (43, 0, 1),
}  # fmt: skip
BINARY = {".png", ".ico", ".woff2", ".jpg", ".gif", ".pdf", ".mo"}


def texts() -> list[tuple[str, str]]:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    paths = [ROOT / name for name in listed if Path(name).suffix not in BINARY]
    return [(path.relative_to(ROOT).as_posix(), path.read_text("utf-8")) for path in paths if path.is_file()]


def found(pattern: str) -> list[str]:
    return [
        f"{name}:{text.count(chr(10), 0, hit.start()) + 1} {hit.group()[:40]}"
        for name, text in texts()
        for hit in re.finditer(pattern, text, re.M)
    ]


@pytest.mark.parametrize("what", SECRETS)
def test_the_tree_holds_no_secret(what):
    assert found(SECRETS[what]) == []


def test_no_commit_ever_held_a_secret():
    """Whoever clones gets the past too; what was taken out again is still there to be read."""
    shown = ["git", "log", "-p", "--no-color", "--no-ext-diff", "--unified=0", "--format=commit %h", "HEAD"]
    past = subprocess.run(shown, cwd=ROOT, capture_output=True, check=True).stdout.decode("utf-8", "replace")
    assert "def test_no_commit_ever_held_a_secret" in past, "this very line was committed once"
    hits = [hit for pattern in SECRETS.values() for hit in re.finditer(pattern, past)]
    assert [past[past.rfind("commit ", 0, hit.start()) :][:15] + " " + hit.group()[:40] for hit in hits] == []


@pytest.mark.parametrize("what", LEFT_OVER)
def test_nothing_is_left_over(what):
    assert found(LEFT_OVER[what]) == []


def test_no_file_of_somebodys_environment_is_kept():
    names = [name for name, _ in texts()]
    wrong = r"(^|/)(\.env$|\.peoplesync/|id_rsa|.*\.(pem|key|p12|dump|sqlite3|pyc)$|.*(~|\.orig|\.rej)$)"
    assert [name for name in names if re.search(wrong, name)] == []


def test_text_never_becomes_markup_or_code_in_our_pages():
    """Templates escape, and our scripts set text as text: whoever names herself in HTML stays a name."""
    scripts = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function"
    templates = r"\|\s*safe\b|autoescape off|\bmark_safe\b|SafeString"
    pages = [
        hit for hit in found(f"{scripts}|{templates}") if not re.search(r"(\.md|/tests/test_repository\.py):", hit)
    ]
    assert pages == []


def pins(name: str) -> dict[str, tuple[int, ...]]:
    """Package -> version, of a lock file."""
    lines = re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([0-9][0-9.]*)", (ROOT / name).read_text(), re.M)
    return {package.lower(): tuple(map(int, version.strip(".").split("."))) for package, version in lines}


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt", "requirements-embedded.txt"])
def test_every_requirement_is_pinned_with_hashes_and_at_or_above_its_floor(name):
    found_pins = pins(name)
    assert found_pins
    low = {package: version for package, version in found_pins.items() if version < FLOORS.get(package, ())}
    assert low == {}
    text = (ROOT / name).read_text()
    assert text.count("--hash=sha256:") >= len(found_pins)
    assert not re.search(r"^(?:-e|git\+|https?:)", text, re.M)


def test_the_suite_knows_the_floors_of_what_is_installed():
    assert set(FLOORS) & set(pins("requirements.txt")) >= {"django", "gunicorn", "djangorestframework-simplejwt"}
