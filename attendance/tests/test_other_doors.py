"""Days of the other pairing policies, whole stays told at once, changes and voids: what vendors' doors stand on."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from attendance.models import Attendance, Break, DaySummary, Punch
from attendance.rules.clocking import TIMER_CLOCKING
from attendance.rules.punches import Break as BreakValue
from attendance.rules.punches import Door, PunchKind
from attendance.selectors.ground import ground_of
from attendance.services import amendments, breaks, clocking, events, pairs
from attendance.services.judging import judge
from attendance.services.rows import punch_of
from attendance.tests.builders import at, presented, wall
from hr.models import Employee, WorkSite
from hr.services import period_locks
from peoplesync.core.models import new_id
from peoplesync.kernel.errors import Conflict, NotFound

pytestmark = pytest.mark.django_db


@pytest.fixture
def ema(cast):
    return cast.employee.employee_id


def spans():
    rows = Attendance.objects.alive().order_by("clock_in")
    return [(wall(row.clock_in), wall(row.clock_out)) for row in rows]


def track(ema, text, **more):
    return events.record(employee_id=ema, kind=PunchKind.TOGGLE, punch=presented(text, Door.KENJO, **more))


def test_a_paired_day_is_paired_anew_with_every_punch_and_ids_survive(ema):
    for clock in ("08:00", "09:00", "10:00"):
        track(ema, f"2026-02-03 {clock}")
    assert spans() == [("02-03 08:00", "02-03 09:00"), ("02-03 10:00", None)]
    before = set(Attendance.objects.alive().values_list("pk", flat=True))
    track(ema, "2026-02-03 12:00")
    assert spans() == [("02-03 08:00", "02-03 09:00"), ("02-03 10:00", "02-03 12:00")]
    assert set(Attendance.objects.alive().values_list("pk", flat=True)) == before


def test_a_late_early_punch_shifts_every_pair_of_the_day(ema):
    for clock in ("08:00", "09:00", "10:00", "07:00"):
        track(ema, f"2026-02-03 {clock}")
    assert spans() == [("02-03 07:00", "02-03 08:00"), ("02-03 09:00", "02-03 10:00")]
    assert DaySummary.objects.get(work_date="2026-02-03").policy == "paired_day"


def test_the_same_punch_told_twice_changes_nothing(ema):
    track(ema, "2026-02-03 08:00")
    assert not track(ema, "2026-02-03 08:00").is_new
    assert Punch.objects.count() == 1


def test_an_overnight_flag_ends_the_evening_before_until_six_in_the_evening(ema):
    track(ema, "2026-02-03 22:00")
    track(ema, "2026-02-04 12:00", is_overnight=True)
    assert spans() == [("02-03 22:00", "02-04 12:00")]
    assert str(Punch.objects.latest("at").work_date) == "2026-02-03"


def test_without_the_flag_the_evening_stays_without_an_end_and_blocks_nobody(ema):
    track(ema, "2026-02-03 22:00")
    track(ema, "2026-02-04 06:00")
    assert spans() == [("02-03 22:00", None), ("02-04 06:00", None)]
    assert [row.is_unfinished for row in Attendance.objects.order_by("clock_in")] == [True, False]


def test_independent_events_count_from_the_first_in_to_the_last_out(ema):
    for kind, clock in (("in", "09:00"), ("in", "09:30"), ("out", "12:00"), ("out", "18:00"), ("in", "08:30")):
        events.record(employee_id=ema, kind=PunchKind(kind), punch=presented(f"2026-02-03 {clock}", Door.WORKLY))
    assert spans() == [("02-03 08:30", "02-03 18:00")]
    assert Attendance.objects.count() == 1
    assert Punch.objects.count() == 5


def test_events_days_apart_leave_each_others_days_alone(ema):
    for day in ("03", "06", "09"):
        for kind, clock in (("in", "09:00"), ("out", "18:00")):
            when = presented(f"2026-02-{day} {clock}", Door.WORKLY)
            events.record(employee_id=ema, kind=PunchKind(kind), punch=when)
    noon = presented("2026-02-06 12:00", Door.WORKLY)
    events.record(employee_id=ema, kind=PunchKind.OUT, punch=noon)
    assert spans() == [(f"02-{day} 09:00", f"02-{day} 18:00") for day in ("03", "06", "09")]


def test_whoever_never_left_stands_in_nobodys_way_and_an_old_event_in_nobodys_present(ema):
    Employee.objects.filter(pk=ema).update(hired_at=None)
    for day in ("2026-02-03", "2026-02-09", "2017-09-12"):
        when = presented(f"{day} 09:00", Door.WORKLY)
        assert events.record(employee_id=ema, kind=PunchKind.IN, punch=when).stay.clock_in == when.at
    rows = Attendance.objects.order_by("clock_in").values_list("is_unfinished", flat=True)
    assert list(rows) == [True, True, False]


def test_an_event_of_years_ago_reads_its_own_days_and_the_latest_stay_only(ema):
    Employee.objects.filter(pk=ema).update(hired_at=None)
    for day in ("03", "04", "05"):
        pair(ema, f"2026-02-{day} 08:00", f"2026-02-{day} 17:00")
    ground = ground_of(ema, at("2017-09-12 15:22"))
    assert ([wall(stay.start_at) for stay in ground.stays], ground.policies) == (["02-05 08:00"], {})
    assert events.record(
        employee_id=ema, kind=PunchKind.IN, punch=presented("2017-09-12 15:22", Door.WORKLY)
    ).stay.is_unfinished
    assert len(ground_of(ema, at("2026-02-03 08:00")).stays) == 3


def test_a_punch_that_names_its_site_is_measured_against_that_one(ema):
    here, far = (
        WorkSite.objects.create(name=name, latitude=lat, longitude="106.8456", radius_metres=100, is_for_everyone=True)
        for name, lat in (("Here", "-6.2088"), ("Far", "-7.2088"))
    )
    at_here = {"lat": Decimal("-6.2088"), "lng": Decimal("106.8456")}
    for site, distance, verdict in ((here, 0, "accept"), (far, 111_195, "flag")):
        day = "2026-02-03" if site == here else "2026-02-04"
        told = presented(f"{day} 08:00", Door.WORKLY, site_id=site.pk, **at_here)
        recorded = events.record(employee_id=ema, kind=PunchKind.IN, punch=told)
        assert (recorded.punch.site_id, recorded.punch.distance_metres) == (site.pk, distance)
        assert recorded.punch.verdict == verdict
        assert ("outside_site" in recorded.stay.flags) is (site == far)
    elsewhere = presented("2026-02-05 08:00", Door.WORKLY, site_id=new_id(), **at_here)
    assert judge(ground_of(ema, elsewhere.at), elsewhere, PunchKind.IN).columns["distance_metres"] == 0


def test_an_out_alone_is_kept_in_the_log_without_a_stay(ema):
    recorded = events.record(employee_id=ema, kind=PunchKind.OUT, punch=presented("2026-02-03 18:00", Door.WORKLY))
    assert recorded.stay is None
    assert Punch.objects.count() == 1


def test_a_native_punch_on_a_paired_day_is_one_more_event_of_it(ema):
    track(ema, "2026-02-03 08:00")
    stay = clocking.clock_out(employee_id=ema, punch=presented("2026-02-03 17:00"))
    assert spans() == [("02-03 08:00", "02-03 17:00")]
    assert stay.clock_out == at("2026-02-03 17:00")


def test_a_toggle_on_a_native_day_closes_the_native_stay(ema):
    clocking.clock_in(employee_id=ema, punch=presented("2026-02-03 08:00"))
    track(ema, "2026-02-03 12:00")
    assert spans() == [("02-03 08:00", "02-03 12:00")]


def test_the_first_out_of_a_morning_ends_the_night_that_another_door_began_but_an_in_begins_a_day(ema):
    def event(kind, text):
        return events.record(employee_id=ema, kind=kind, punch=presented(text, Door.WORKLY)).stay

    clocking.clock_in(employee_id=ema, punch=presented("2026-02-02 22:00"))
    assert event(PunchKind.OUT, "2026-02-03 06:00") == Attendance.objects.get()
    assert spans() == [("02-02 22:00", "02-03 06:00")]
    assert DaySummary.objects.get(worked_seconds__gt=0).work_date == date(2026, 2, 2)
    clocking.clock_in(employee_id=ema, punch=presented("2026-02-04 22:00"))
    event(PunchKind.IN, "2026-02-05 06:00")
    assert spans()[1:] == [("02-04 22:00", None), ("02-05 06:00", None)]


def test_an_out_past_the_longest_stay_is_an_event_of_its_own_day(ema):
    clocking.clock_in(employee_id=ema, punch=presented("2026-02-02 08:00"))
    events.record(employee_id=ema, kind=PunchKind.OUT, punch=presented("2026-02-03 09:00", Door.WORKLY))
    assert spans() == [("02-02 08:00", None)]
    assert Punch.objects.get(kind="out").work_date == date(2026, 2, 3)


def test_an_event_inside_last_nights_stay_and_what_a_phone_kept_beside_a_live_one_change_no_stay(ema):
    clocking.clock_in(employee_id=ema, punch=presented("2026-02-03 22:00"))
    clocking.clock_out(employee_id=ema, punch=presented("2026-02-04 06:00"))
    clocking.clock_in(employee_id=ema, punch=presented("2026-02-05 08:00"))
    for kind, clock in ((PunchKind.IN, "05 09:00"), (PunchKind.OUT, "05 10:00")):
        row = punch_of(
            presented(f"2026-02-{clock}", Door.OFFLINE), kind, employee_id=ema, zone="Asia/Jakarta",
            work_date=date(2026, 2, 5), verdict="accept", signals=[],
        )  # fmt: skip
        row.save(force_insert=True)
    for kind, clock in ((PunchKind.IN, "04 02:00"), (PunchKind.OUT, "04 05:00"), (PunchKind.IN, "05 08:05")):
        assert events.record(employee_id=ema, kind=kind, punch=presented(f"2026-02-{clock}", Door.WORKLY)).is_new
    assert spans() == [("02-03 22:00", "02-04 06:00"), ("02-05 08:00", None)]
    events.record(employee_id=ema, kind=PunchKind.OUT, punch=presented("2026-02-05 17:00", Door.WORKLY))
    assert spans()[1:] == [("02-05 08:00", "02-05 17:00")]


def test_a_timer_door_refuses_a_second_in_and_allows_several_stays_a_day(ema):
    def punch(text):
        return presented(text, Door.GOODDAY)

    clocking.clock_in(employee_id=ema, punch=punch("2026-02-03 08:00"), clocking=TIMER_CLOCKING)
    with pytest.raises(Conflict, match="already") as refused:
        clocking.clock_in(employee_id=ema, punch=punch("2026-02-03 09:00"), clocking=TIMER_CLOCKING)
    assert refused.value.code == "already_clocked_in"
    clocking.clock_out(employee_id=ema, punch=punch("2026-02-03 10:00"), clocking=TIMER_CLOCKING)
    clocking.clock_in(employee_id=ema, punch=punch("2026-02-03 11:00"), clocking=TIMER_CLOCKING)
    assert spans() == [("02-03 08:00", "02-03 10:00"), ("02-03 11:00", None)]


def pair(ema, start, end, **more):
    out = presented(end, Door.GOODDAY) if end else None
    return pairs.record(employee_id=ema, punch=presented(start, Door.GOODDAY), out=out, **more)


def test_a_whole_stay_is_told_at_once_with_two_punches(ema):
    row = pair(ema, "2026-02-03 08:00", "2026-02-03 17:00")
    assert [punch.kind for punch in Punch.objects.order_by("at")] == ["in", "out"]
    assert row.out_punch_id == Punch.objects.get(kind="out").pk
    assert DaySummary.objects.get().worked_seconds == 8 * 3600


def test_a_stay_that_would_overlap_or_end_before_it_starts_is_refused(ema):
    pair(ema, "2026-02-03 08:00", "2026-02-03 17:00")
    with pytest.raises(Conflict) as refused:
        pair(ema, "2026-02-03 16:00", "2026-02-03 18:00")
    assert refused.value.code == "overlaps"
    with pytest.raises(Conflict) as refused:
        pair(ema, "2026-02-04 16:00", "2026-02-04 16:00")
    assert refused.value.code == "not_after_start"
    pair(ema, "2026-02-03 17:00", "2026-02-03 18:00")
    assert len(spans()) == 2


def test_a_change_supersedes_the_punch_and_keeps_the_stays_id(ema):
    row = pair(ema, "2026-02-03 08:00", "2026-02-03 17:00")
    changed = amendments.change(
        attendance_id=row.pk,
        by=presented("2026-02-04 09:00", Door.ADMIN),
        clock_out=at("2026-02-03 18:00"),
        reason="typo",
    )
    assert (changed.pk, wall(changed.clock_out), changed.reason) == (row.pk, "02-03 18:00", "corrected")
    new = Punch.objects.get(supersedes__isnull=False)
    assert (new.kind, wall(new.at), new.reason, new.door) == ("out", "02-03 18:00", "typo", "admin")
    assert Punch.objects.counting().count() == 2
    assert DaySummary.objects.get().worked_seconds == 9 * 3600


def test_breaks_can_be_replaced_and_must_lie_inside(ema):
    row = pair(ema, "2026-02-03 08:00", "2026-02-03 17:00")
    noon = BreakValue(at("2026-02-03 12:00"), at("2026-02-03 14:00"))
    amendments.change(attendance_id=row.pk, by=presented("2026-02-04 09:00", Door.ADMIN), breaks=[noon])
    assert (Break.objects.count(), DaySummary.objects.get().break_seconds) == (1, 7200)


def test_a_voided_stay_leaves_the_lists_and_its_facts_stay_in_the_log(ema):
    row = pair(ema, "2026-02-03 08:00", "2026-02-03 17:00")
    pairs.void(attendance_id=row.pk, by=presented("2026-02-04 09:00", Door.GOODDAY), reason="deleted by client")
    assert spans() == []
    assert (Punch.objects.count(), Punch.objects.counting().count()) == (4, 0)
    assert DaySummary.objects.get().worked_seconds == 0
    with pytest.raises(NotFound):
        pairs.void(attendance_id=row.pk, by=presented("2026-02-04 09:00"), reason="again")
    pair(ema, "2026-02-03 09:00", "2026-02-03 10:00")


def test_a_locked_day_refuses_told_stays_changes_and_voids_but_never_a_live_punch(cast, ema):
    row = pair(ema, "2026-02-03 08:00", "2026-02-03 12:00")
    day = date(2026, 2, 3)
    period_locks.lock(employee_id=None, first_on=day, last_on=day, reason="paid", by=cast.hr, at=at("2026-02-03 12:30"))
    by = presented("2026-02-03 13:00", Door.ADMIN)
    for act in (
        lambda: pair(ema, "2026-02-03 13:00", "2026-02-03 14:00"),
        lambda: amendments.change(attendance_id=row.pk, by=by, clock_out=at("2026-02-03 13:00")),
        lambda: pairs.void(attendance_id=row.pk, by=by, reason="x"),
    ):
        with pytest.raises(Conflict) as refused:
            act()
        assert refused.value.code == "period_locked"
    clocking.clock_in(employee_id=ema, punch=presented("2026-02-03 14:00", Door.GOODDAY), clocking=TIMER_CLOCKING)
    assert DaySummary.objects.get().is_locked
    amendments.change(attendance_id=row.pk, by=by, clock_out=at("2026-02-03 13:00"), allow_retro=True)


def test_a_break_begins_and_ends_inside_the_open_stay_and_ends_with_it(ema):
    with pytest.raises(Conflict):
        breaks.start(employee_id=ema, punch=presented("2026-02-03 08:00"))
    clocking.clock_in(employee_id=ema, punch=presented("2026-02-03 08:00"))
    breaks.start(employee_id=ema, punch=presented("2026-02-03 12:00"))
    with pytest.raises(Conflict) as refused:
        breaks.start(employee_id=ema, punch=presented("2026-02-03 12:10"))
    assert refused.value.code == "on_break"
    breaks.end(employee_id=ema, punch=presented("2026-02-03 12:30"))
    breaks.start(employee_id=ema, punch=presented("2026-02-03 16:00"))
    clocking.clock_out(employee_id=ema, punch=presented("2026-02-03 17:00"))
    assert [wall(pause.end_at) for pause in Break.objects.order_by("start_at")] == ["02-03 12:30", "02-03 17:00"]
    assert DaySummary.objects.get().break_seconds == 5400
