-- %(people)s employees in forty departments, each with a user of role employee; the first user is of HR too.
INSERT INTO hr_department (id, created_at, updated_at, name)
SELECT md5('d' || n)::uuid, now(), now(), 'Department ' || n FROM generate_series(0, 39) n ON CONFLICT DO NOTHING;
INSERT INTO hr_employee (id, created_at, updated_at, employee_number, first_name, last_name, department_id, hired_at, status,
    end_reason, timezone)
SELECT md5('e' || n)::uuid, now(), now(), 'B-' || n, 'Bench', 'Number ' || n, md5('d' || n %% 40)::uuid, '2015-01-01', 'active',
    '', '' FROM generate_series(1, %(people)s) n ON CONFLICT DO NOTHING;
INSERT INTO hr_user (id, created_at, updated_at, email, password, is_active, token_version, employee_id)
SELECT md5('u' || n)::uuid, now(), now(), 'b' || n || '@bench.example', '!', true, 1, md5('e' || n)::uuid
FROM generate_series(1, %(people)s) n ON CONFLICT DO NOTHING;
INSERT INTO hr_userrole (id, created_at, updated_at, user_id, role_id)
SELECT md5('r' || role.name || n)::uuid, now(), now(), md5('u' || n)::uuid, role.id
FROM generate_series(1, %(people)s) n JOIN hr_role role ON role.name = 'employee' OR role.name = 'hr' AND n = 1
ON CONFLICT DO NOTHING;
