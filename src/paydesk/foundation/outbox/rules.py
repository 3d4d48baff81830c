"""When a worker counts as dead, how often a job is tried, how long jobs are kept."""

# A worker says every few seconds that it lives; one that has been silent this long is dead.
# Should it only have been held up its job runs twice, which handlers bear.
HEARTBEAT_SECONDS = 2
DEAD_AFTER_SECONDS = 10
# A job that has taken so many workers down with it is not started again.
ATTEMPTS_BEFORE_GIVING_UP = 10
FINISHED_KEPT_DAYS = 7
FAILED_KEPT_DAYS = 90
