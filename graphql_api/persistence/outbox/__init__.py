"""The outbox: events stored together with the change that they tell of, and the log that they become."""
