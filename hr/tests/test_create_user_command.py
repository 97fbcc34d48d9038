"""`manage.py create_user`: somebody who may sign in, or a sentence that says why not and an exit code."""

import io

import pytest
from django.core.management import CommandError, call_command

from hr.models import User
from hr.tests import builders
from peoplesync.core.models import ActivityLog

PASSWORD = "a longer and better one 7"


def run(*arguments):
    out = io.StringIO()
    call_command("create_user", *arguments, stdout=out)
    return out.getvalue()


def test_it_makes_a_user_with_roles_and_employee(db):
    person = builders.employee(employee_number="EMP-7")
    for name in ("hr", "employee"):
        builders.role(name)
    said = run(
        "--email", "x@example.com", "--password", PASSWORD, "--roles", "hr, employee", "--employee-number", "EMP-7"
    )
    user = User.objects.get(email="x@example.com")
    assert str(user.pk) in said
    assert (user.employee_id, user.role_names) == (person.pk, {"hr", "employee"})
    assert user.check_password(PASSWORD)
    assert PASSWORD not in said
    assert ActivityLog.objects.get(action="user.created").user_id is None


def test_the_password_may_come_from_standard_input(db, monkeypatch):
    builders.role("employee")
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))
    run("--email", "x@example.com", "--password-stdin")
    assert User.objects.get(email="x@example.com").check_password(PASSWORD)


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--email", "nonsense", "--password", PASSWORD], 2, "not an e-mail address"),
        (["--email", "x@example.com", "--password", "short"], 1, "password"),
        (["--email", "x@example.com", "--password", PASSWORD, "--roles", "king"], 1, "king"),
        (["--email", "x@example.com", "--password", PASSWORD, "--employee-number", "0"], 1, "no employee"),
        (["--email", "TAKEN@example.com", "--password", PASSWORD], 1, "exists already"),
        (["--email", "x@example.com", "--password", PASSWORD, "--password-stdin"], 2, "not both"),
        (["--email", "x@example.com"], 2, "--password-stdin"),
    ],
)
def test_what_is_wrong_is_said_and_nobody_is_made(db, monkeypatch, arguments, code, words):
    builders.user("taken@example.com")
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    with pytest.raises(CommandError) as refusal:
        run(*arguments)
    assert words in str(refusal.value)
    assert refusal.value.returncode == code
    assert User.objects.count() == 1
