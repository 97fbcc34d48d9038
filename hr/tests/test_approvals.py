"""The approval engine on a subject of its own: several approvals by different people, and one rejection that ends it."""

from __future__ import annotations

import pytest
from django.utils import timezone

from hr.models import ApprovalDecision, ApprovalStatus
from hr.selectors import approvers
from hr.services import approvals
from hr.tests import builders
from peoplesync.core.models import Notification, new_id
from peoplesync.kernel.errors import Forbidden, Invalid

NOW = timezone.now()


@pytest.fixture
def outcomes(monkeypatch):
    """A registered subject; the list of what its callbacks were told."""
    found = []
    monkeypatch.setattr(approvals, "_subjects", {})
    approvals.register(
        approvals.Subject(
            kind="correction",
            resource="corrections",
            on_approved=lambda outcome: found.append(("approved", outcome.note)),
            on_rejected=lambda outcome: found.append(("rejected", outcome.note)),
            described=lambda subject_ids: dict.fromkeys(subject_ids, "A correction"),
        )
    )
    return found


def ask(user, *, required=1, by=None):
    return approvals.request(
        kind="correction",
        subject_id=new_id(),
        employee_id=user.employee_id,
        by=by or user,
        at=NOW,
        required_approvals=required,
    )


def decide(request, by, is_approval=True, note=""):
    return approvals.decide(request=request, is_approval=is_approval, by=by, at=NOW, note=note)


def test_several_approvals_must_come_from_different_people(cast, outcomes):
    request = ask(cast.employee, required=2)
    assert decide(request, cast.manager).status == ApprovalStatus.PENDING
    with pytest.raises(Invalid) as refused:
        decide(request, cast.manager)
    assert refused.value.code == "decided_twice"
    assert outcomes == []
    assert decide(request, cast.hr, note="Fine").status == ApprovalStatus.APPROVED
    assert outcomes == [("approved", "Fine")]
    assert ApprovalDecision.objects.count() == 2


def test_one_rejection_ends_it(cast, outcomes):
    request = ask(cast.employee, required=3)
    decide(request, cast.manager)
    decide(request, cast.hr, is_approval=False)
    assert outcomes == [("rejected", "")]
    with pytest.raises(Invalid):
        decide(request, cast.superadmin)


def test_whoever_asked_for_another_does_not_decide_it(cast, outcomes):
    request = ask(cast.employee, by=cast.hr)
    with pytest.raises(Forbidden) as refused:
        decide(request, cast.hr)
    assert refused.value.code == "own_request"
    decide(request, cast.manager)
    told = Notification.objects.filter(title="A correction: approved")
    assert set(told.values_list("user__email", flat=True)) == {"ema@example.com", "hana@example.com"}


def test_what_was_cancelled_is_not_decided(cast, outcomes):
    request = ask(cast.employee)
    approvals.cancel(kind="correction", subject_id=request.subject_id, at=NOW)
    with pytest.raises(Invalid):
        decide(request, cast.manager)
    with pytest.raises(Invalid):
        approvals.cancel(kind="correction", subject_id=request.subject_id, at=NOW)


def test_the_nearest_manager_is_told_and_hr_where_there_is_none(cast):
    assert approvers.nearest(cast.colleague.employee_id) == [cast.manager.pk]
    assert approvers.nearest(cast.outsider.employee_id) == [cast.hr.pk]
    assert approvers.nearest(cast.manager.employee_id) == [cast.hr.pk]
    lead = builders.user(roles=("manager",), employee=builders.employee(department=cast.platform))
    assert approvers.nearest(cast.colleague.employee_id) == [lead.pk]
    assert approvers.nearest(lead.employee_id) == [cast.manager.pk]
