"""The one app with no HR in it: activity log, jobs, notifications, uploads, and what every HTTP door shares."""
