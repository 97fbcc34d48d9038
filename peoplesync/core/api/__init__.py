"""What every HTTP door of ours shares: envelope, JSON, paging, rights, includes, schema, throttles."""
