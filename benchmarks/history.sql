-- %(rows)s closed stays of %(people)s employees, newest yesterday, with their in punches, evidence, days and activity entries.
INSERT INTO attendance_punch (id, created_at, kind, at, timezone, work_date, door, source, received_at, verdict, signals,
    comment, shift_ref, is_overnight, is_void, reason, employee_id)
SELECT md5('p' || n)::uuid, t, 'in', t, 'Asia/Jakarta', (t AT TIME ZONE 'Asia/Jakarta')::date, 'native', 'mobile', t,
    'accept', '[]', '', '', false, false, '', md5('e' || 1 + n %% %(people)s)::uuid
FROM (SELECT n, date_trunc('day', now()) - (2 + n / %(people)s) * interval '1 day' + interval '1 hour' AS t
      FROM generate_series(0, %(rows)s - 1) n) s
ON CONFLICT DO NOTHING;
INSERT INTO attendance_punchevidence (punch_id, lat, lng, location, reported_ip)
SELECT id, -6.2088, 106.8456, 'HQ', '' FROM attendance_punch ON CONFLICT DO NOTHING;
INSERT INTO attendance_attendance (id, created_at, updated_at, clock_in, clock_out, timezone, work_date, is_unfinished, door,
    source, sync_status, flags, reason, comment, shift_ref, employee_id, in_punch_id)
SELECT md5('a' || id::text)::uuid, at, at, at, at + interval '8 hours', timezone, work_date, false, 'native', 'mobile',
    'synced', '{}', '', '', '', employee_id, id
FROM attendance_punch WHERE kind = 'in' ON CONFLICT DO NOTHING;
INSERT INTO attendance_daysummary (id, created_at, updated_at, work_date, policy, day_type, status, is_locked,
    scheduled_seconds, first_in_at, last_out_at, worked_seconds, break_seconds, late_seconds, early_leave_seconds,
    early_arrival_seconds, short_seconds, auto_closed_seconds, overtime, counted_overtime, counters, exceptions, employee_id)
SELECT md5('s' || id::text)::uuid, clock_in, clock_in, work_date, 'state_machine', 'work', 'present', false, 25200, clock_in,
    clock_out, 28800, 0, 0, 0, 0, 0, 0, '{}', '{}', '{}', '{}', employee_id
FROM attendance_attendance ON CONFLICT DO NOTHING;
INSERT INTO core_activitylog (id, created_at, action, resource_type, resource_id, user_id)
SELECT md5('l' || id::text)::uuid, clock_in, 'attendance.clocked_in', 'attendance', id, NULL
FROM attendance_attendance ON CONFLICT DO NOTHING;
