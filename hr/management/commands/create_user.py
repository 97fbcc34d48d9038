"""Makes somebody who may sign in: the way to the first administrator."""

from __future__ import annotations

import getpass
import sys
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import IntegrityError
from django.utils import timezone

from hr.models import Employee
from hr.services import users
from peoplesync.core.errors import translated
from peoplesync.kernel.errors import PeopleSyncError
from peoplesync.kernel.roles import RoleName


class Command(BaseCommand):
    help = "Create a user who may sign in to the API and, with a staff role, to the admin."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--email", required=True, help="the address she signs in with")
        parser.add_argument("--password", help="shown in your shell's history: prefer --password-stdin")
        parser.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
        parser.add_argument(
            "--roles",
            default=RoleName.EMPLOYEE.value,
            metavar="ROLE[,ROLE...]",
            help=f"comma-separated, of: {', '.join(RoleName)} (default: %(default)s)",
        )
        parser.add_argument("--employee-number", help="the employee she is")

    def handle(self, *args: Any, **options: Any) -> None:
        email = options["email"].strip()
        try:
            validate_email(email)
            user = users.create(
                email=email,
                password=self._password(options),
                employee_id=self._employee_id(options["employee_number"]),
                roles=[name.strip() for name in options["roles"].split(",") if name.strip()],
                by=None,
                at=timezone.now(),
            )
        except ValidationError:
            raise CommandError(f"{email!r} is not an e-mail address. Nobody was created.", returncode=2) from None
        except (PeopleSyncError, IntegrityError) as error:
            raise CommandError(_sentence(error), returncode=1) from error
        self.stdout.write(f"Created {user.email} ({user.pk}).")

    def _password(self, options: dict[str, Any]) -> str:
        given = options["password"]
        if (given is not None) == options["password_stdin"]:
            if given is not None:
                raise CommandError("Give --password or --password-stdin, not both.", returncode=2)
            if not sys.stdin.isatty():
                raise CommandError("Give the password with --password-stdin or --password.", returncode=2)
            return getpass.getpass("Password: ")
        return sys.stdin.readline().rstrip("\r\n") if given is None else str(given)

    @staticmethod
    def _employee_id(number: str | None) -> Any:
        if number is None:
            return None
        found = Employee.objects.alive().filter(employee_number=number).values_list("pk", flat=True).first()
        if found is None:
            raise CommandError(f"There is no employee with the number {number!r}. Nobody was created.", returncode=1)
        return found


def _sentence(error: Exception) -> str:
    known = translated(error)
    if known is None:
        raise error
    details = [f"{field}: {sentence}" for field, found in known.errors.items() for sentence in found]
    return " ".join([*(details or [known.message]), "Nobody was created."])
