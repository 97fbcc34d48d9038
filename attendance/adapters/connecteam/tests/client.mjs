// A small integration as somebody would write it from the vendor's page: fetch, JSON, X-API-KEY, this machine's zone.
// Usage: node client.mjs BASE_URL API_KEY CLOCK USER. Prints what it saw as JSON; a failed expectation ends it with 1.
import assert from "node:assert/strict";

const [base, key, clock, user] = process.argv.slice(2);
const timezone = Intl.DateTimeFormat().resolvedOptions().timeZone;

class ConnecteamError extends Error {
  constructor(status, body) {
    super(typeof body.detail === "string" ? body.detail : body.error ?? JSON.stringify(body.detail));
    this.status = status;
  }
}

async function call(path, body) {
  const response = await fetch(base + path, {
    method: body === undefined ? "GET" : "POST",
    headers: { "X-API-KEY": key, "Content-Type": "application/json", Accept: "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
    redirect: "error",
  });
  const answer = await response.json();
  if (!response.ok) throw new ConnecteamError(response.status, answer);
  return answer;
}

const clockPath = `/time-clock/v1/time-clocks/${clock}`;
const clockIn = (more = {}) => call(`${clockPath}/clock-in`, { userId: Number(user), timezone, ...more });
const clockOut = (more = {}) => call(`${clockPath}/clock-out`, { userId: Number(user), timezone, ...more });
const seconds = () => Math.floor(Date.now() / 1000);

async function refusal(promise) {
  try {
    await promise;
  } catch (error) {
    return { status: error.status, message: error.message };
  }
  throw new Error("this should have been refused");
}

const me = await call("/me");
assert.equal(typeof me.data.companyName, "string");
const clocks = (await call("/time-clock/v1/time-clocks")).data.timeClocks;
assert.ok(clocks.some((each) => each.id === Number(clock)));

// The outbox is flushed first, in its own order: the last twelve hours are taken, older ones are not.
const started = seconds() - 3 * 3600;
const offline = (await clockIn({ timestamp: started })).data.shift;
assert.equal(offline.start.timestamp, started);
const finished = (await clockOut({ timestamp: started + 3600 })).data.shift;
assert.equal(finished.end.timestamp - finished.start.timestamp, 3600);
assert.equal((await refusal(clockIn({ timestamp: seconds() - 13 * 3600 }))).status, 400);
assert.equal((await refusal(clockIn({ timestamp: Date.now() }))).status, 400);

const asked = seconds();
const opened = (await clockIn({ locationData: { address: "Gate", latitude: 40.7128, longitude: -74.006 } })).data.shift;
assert.match(opened.id, /^[0-9a-f]{24}$/);
assert.equal(opened.userId, Number(user));
assert.equal(opened.start.timezone, timezone);
assert.ok(opened.start.timestamp >= asked && opened.start.timestamp <= seconds());
assert.equal(opened.start.source.type, "api");
assert.equal(opened.end, undefined);

const again = await refusal(clockIn());
assert.deepEqual(again, { status: 400, message: "User already has an open shift" });

const closed = (await clockOut()).data.shift;
assert.equal(closed.id, opened.id);
const worked = new Date(closed.end.timestamp * 1000) - new Date(closed.start.timestamp * 1000);
assert.ok(worked >= 0 && worked < 60_000);
const twice = await refusal(clockOut());
assert.deepEqual(twice, { status: 400, message: "User does not have an open shift" });

const day = (moment) => moment.toISOString().slice(0, 10);
const from = day(new Date(Date.now() - 86_400_000));
const to = day(new Date(Date.now() + 86_400_000));
const query = new URLSearchParams({ startDate: from, endDate: to, userIds: user });
const users = (await call(`${clockPath}/time-activities?${query}`)).data.timeActivitiesByUsers;
assert.deepEqual(
  users[0].shifts.map((shift) => shift.id),
  [offline.id, opened.id],
);
console.log(JSON.stringify({ timezone, shifts: users[0].shifts.length }));
