"""Keys and ids of the vendors' doors in the admin: who may, what is shown, what a mistake says."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from attendance.models import VendorId, VendorKey
from attendance.selectors import vendor_keys as key_reads
from attendance.services import vendor_ids, vendor_keys
from hr.models import WorkSite
from hr.tests import builders
from peoplesync.core.models import ActivityLog
from peoplesync.kernel.errors import Invalid

pytestmark = pytest.mark.django_db
LIST = "/admin/attendance/vendorid/"


def act(name, *arguments):
    return reverse(f"admin:attendance_vendorid_act_{name}", args=arguments)


def name_ema(cast, vendor="kenjo", external_id="a" * 24):
    told = {"by": cast.hr, "at": timezone.now(), "object_id": cast.employee.employee_id}
    return vendor_ids.set_id(vendor=vendor, kind="person", external_id=external_id, **told)


def upload(client, content, **more):
    return client.post(act("import"), {"file": SimpleUploadedFile("ids.csv", content.encode()), **more})


def test_hr_sets_an_id_and_changes_it_and_both_are_logged(cast, staff):
    hana, number = staff(cast.hr), cast.employee.employee.employee_number
    sent = {"vendor": "workly", "kind": "person", "record": number, "external_id": "78666"}
    assert hana.post(act("set"), sent).status_code == 302
    row = VendorId.objects.get()
    assert (row.external_id, row.object_id, row.is_set_by_hand) == ("78666", cast.employee.employee_id, True)
    assert hana.post(act("change", row.pk), {"external_id": "78667"}).status_code == 302
    assert VendorId.objects.get().external_id == "78667"
    assert ActivityLog.objects.filter(action="vendor_id.set", user=cast.hr).count() == 2
    assert "78667" in hana.get(reverse("admin:hr_employee_change", args=[cast.employee.employee_id])).content.decode()


@pytest.mark.parametrize(
    ("sent", "field", "words"),
    [
        ({"external_id": "EMP 7"}, "external_id", "a whole number"),
        ({"record": "Nobody"}, "record", "no person"),
        ({"kind": "clock", "record": "Gate"}, "record", "no clock"),
        ({"kind": "category"}, "record", "no category"),
    ],
)
def test_a_mistake_is_told_beside_its_field(cast, staff, sent, field, words):
    number = cast.employee.employee.employee_number
    told = {"vendor": "workly", "kind": "person", "record": number, "external_id": "7", **sent}
    answer = staff(cast.hr).post(act("set"), told)
    assert answer.status_code == 400
    assert words in str(answer.context["errors"][field])
    assert not VendorId.objects.exists()


def test_an_id_that_belongs_to_somebody_else_is_refused(cast, staff):
    name_ema(cast, "workly", "7")
    number = cast.outsider.employee.employee_number
    sent = {"vendor": "workly", "kind": "person", "record": number, "external_id": "7"}
    answer = staff(cast.hr).post(act("set"), sent)
    assert answer.status_code == 409 and "belongs to something else" in answer.content.decode()


def test_a_file_is_looked_at_imported_and_comes_back_as_an_export(cast, staff):
    hana, number = staff(cast.hr), cast.employee.employee.employee_number
    WorkSite.objects.create(name="Head office")
    content = f"vendor,kind,record,external_id\nworkly,person,{number},78666\ngoodday,site,Head office,Ofc001\n"
    assert upload(hana, content, is_dry_run="on").status_code == 302
    assert not VendorId.objects.exists()
    assert upload(hana, content).status_code == 302
    assert VendorId.objects.count() == 2
    exported = hana.post(act("export"), {"kind": "csv"}).content.decode("utf-8-sig")
    assert sorted(csv.reader(io.StringIO(exported))) == sorted(csv.reader(io.StringIO(content)))
    bad = upload(hana, content + "workly,person,Nobody,9\n,,,\nworkly,person,E,x,y\n")
    said = str(bad.context["errors"]["file"])
    assert bad.status_code == 400 and "Line 4: record is" in said and "Line 6: has 5 cells" in said
    assert VendorId.objects.count() == 2


def test_an_employee_is_switched_off_and_on_again_at_kenjo_s_door(cast, staff):
    hana, row = staff(cast.hr), name_ema(cast)
    other = name_ema(cast, "workly", "7")
    assert hana.post(act("switch_off", row.pk)).status_code == 302
    assert not VendorId.objects.get(pk=row.pk).is_tracked
    assert "Off" in hana.get(LIST).content.decode()
    assert hana.post(act("switch_off", other.pk)).status_code == 409
    assert hana.post(act("switch_on", row.pk)).status_code == 302
    assert VendorId.objects.get(pk=row.pk).is_tracked


def test_ids_are_read_by_auditors_written_by_hr_and_closed_to_others(cast, staff):
    row = name_ema(cast)
    assert staff(cast.auditor).get(LIST).status_code == 200
    assert staff(cast.auditor).post(act("change", row.pk), {"external_id": "b" * 24}).status_code == 403
    for user in (cast.payroll, cast.manager):
        assert staff(user).get(LIST).status_code == 403
        for name in ("set", "import", "export"):
            assert staff(user).post(act(name), {"kind": "csv"}).status_code == 403


def test_the_list_shows_names_finds_by_them_and_costs_the_same_however_long_it_is(cast, staff):
    hana = staff(cast.hr)

    def cost():
        with CaptureQueriesContext(connection) as spent:
            shown = hana.get(LIST)
        return len(spent), shown.content.decode()

    name_ema(cast)
    cost()
    before, page = cost()
    assert "Ema" in page
    people = [builders.employee().pk for _ in range(12)]
    vendor_ids.ensure(vendor="kenjo", kind="person", object_ids=people)
    assert cost()[0] == before
    for word, count in (("ema", 1), ("aaaaaaaa", 1), ("nowhere", 0)):
        assert hana.get(LIST, {"q": word}).context["cl"].result_count == count


def test_a_key_is_issued_for_departments_people_and_sites_and_shows_them(cast, staff):
    hana, site = staff(cast.hr), WorkSite.objects.create(name="Head office")
    sent = {
        "vendor": "kenjo",
        "name": "Gate",
        "departments": [cast.engineering.pk],
        "employees": [cast.outsider.employee_id],
    }
    assert hana.post(reverse("admin:attendance_vendorkey_act_issue"), {**sent, "sites": [site.pk]}).status_code == 200
    key = VendorKey.objects.get()
    assert set(key_reads.people(key).values_list("first_name", flat=True)) == {"Ema", "Mona", "Budi", "Otto"}
    assert key.site_ids == [site.pk]
    vendor_keys.exchange(key=key, token="t", lifetime=timedelta(hours=1), at=timezone.now())
    page = hana.get(reverse("admin:attendance_vendorkey_change", args=[key.pk])).content.decode()
    assert all(word in page for word in ("Head office", cast.engineering.name, "Otto", "Access"))
    listed = hana.get("/admin/attendance/vendorkey/").content.decode()
    assert "1 department, 1 chosen employee, 1 work site" in listed
    both = {**sent, "employee": cast.employee.employee_id}
    assert hana.post(reverse("admin:attendance_vendorkey_act_issue"), both).status_code == 400


def test_the_reach_of_a_key_changes_and_its_secret_does_not(cast, staff):
    now, hana = timezone.now(), staff(cast.hr)
    made = vendor_keys.issue(vendor="goodday", name="Gate", by=cast.hr, at=now)
    path = reverse("admin:attendance_vendorkey_act_reach", args=[made.key.pk])
    for _ in range(2):
        assert hana.post(path, {"departments": [cast.sales.pk]}).status_code == 302
    key = key_reads.by_secret(vendor="goodday", secret=made.secret)
    assert key.department_ids == [cast.sales.pk] and key.employee_ids == key.site_ids == []
    assert list(hana.get(path).context["adminform"].form.initial["departments"]) == [cast.sales.pk]
    assert ActivityLog.objects.get(action="vendor_key.rescoped").meta["department_ids"] == [str(cast.sales.pk)]
    assert hana.post(path, {}).status_code == 302
    assert key_reads.people(VendorKey.objects.get()).filter(pk=cast.employee.employee_id).exists()
    own = vendor_keys.issue(vendor="goodday", name="Hers", by=cast.hr, at=now, employee=cast.employee.employee).key
    vendor_keys.revoke(key=key, by=cast.hr, at=now)
    for one in (own, key):
        path = reverse("admin:attendance_vendorkey_act_reach", args=[one.pk])
        assert hana.post(path, {}).status_code == 409
        with pytest.raises(Invalid):
            vendor_keys.rescope(key=one, scope=vendor_keys.Scope(), by=cast.hr, at=now)
