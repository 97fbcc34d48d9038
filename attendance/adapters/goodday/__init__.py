"""GoodDay's attendance API 2.0: paired clock-in and clock-out events in UTC, under `/compat/goodday`."""
