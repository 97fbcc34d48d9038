-- Tables shaped like an attendance and its employee, for the bare transaction (anchor A) and the bare insert (anchor B).
DROP TABLE IF EXISTS bench_attendance, bench_employee;
CREATE TABLE bench_employee (id uuid PRIMARY KEY, user_id bigint NOT NULL UNIQUE, active boolean NOT NULL DEFAULT true);
INSERT INTO bench_employee SELECT gen_random_uuid(), n FROM generate_series(1, 300000) n;
CREATE TABLE bench_attendance (
  id uuid PRIMARY KEY, employee_id uuid NOT NULL REFERENCES bench_employee (id), clock_in timestamptz NOT NULL,
  clock_out timestamptz, in_lat numeric(9,6), in_lng numeric(9,6), note text NOT NULL DEFAULT '',
  created_at timestamptz NOT NULL DEFAULT now());
INSERT INTO bench_attendance (id, employee_id, clock_in, clock_out)
SELECT gen_random_uuid(), e.id, now() - interval '2 days', now() - interval '2 days' + interval '8 hours' FROM bench_employee e;
CREATE INDEX ON bench_attendance (employee_id, clock_in);
CREATE UNIQUE INDEX ON bench_attendance (employee_id) WHERE clock_out IS NULL;
-- What the bare view of anchor F writes.
DROP TABLE IF EXISTS bench_punch;
CREATE TABLE bench_punch (
  id uuid PRIMARY KEY, employee_id uuid NOT NULL REFERENCES hr_employee (id), clock_in timestamptz NOT NULL, lat numeric(10,7),
  lng numeric(10,7), location varchar(255));
