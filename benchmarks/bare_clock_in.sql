\set i :i + 1
\set n 1 + :client_id + :i * :clients
BEGIN;
SELECT id AS emp FROM bench_employee WHERE user_id = :n AND active \gset
INSERT INTO bench_attendance (id, employee_id, clock_in, in_lat, in_lng, note)
VALUES (gen_random_uuid(), :emp, now(), -6.2088, 106.8456, 'clock in from phone');
COMMIT;
