"""Every number at which an answer changes, in one table, each with its unit and where it comes from.

A source is a public reference by name, a measurement, or `judgement` with the reason. Measurements were made on two
shared cores with PostgreSQL 18.6; `costs.py` holds what each operation cost there.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Threshold:
    """A limit: the value at which the answer changes, its unit, and its source.

    `by_load` tells that load moves the metric; other metrics move only when the design is changed.
    """

    name: str
    value: float
    unit: str
    source: str
    by_load: bool = False


MEASURED = "measured on two shared cores, PostgreSQL 18.6: "

CLIENT_PATHS = Threshold(
    "nested paths that clients would compose",
    60,
    "paths",
    "judgement: 20 paths of two relations for each of three kinds of client no longer fit a handful of named lists; "
    + MEASURED
    + "the same feed cost 3,305 µs through GraphQL with caches and 837 µs through REST",
)
VERSIONED_ROUTES = Threshold(
    "routes under one version",
    300,
    "routes",
    "judgement, after Stripe's dated versions: beyond some 300 routes one breaking change should not move all of them",
)
BROWSER_CLIENTS = Threshold(
    "kinds of client that are browsers",
    1,
    "kinds",
    "OWASP Session Management Cheat Sheet: a browser keeps its session in an HttpOnly, Secure, SameSite cookie",
)
ACCOUNTS = Threshold(
    "kinds of account",
    1,
    "kinds",
    "OWASP Authentication Cheat Sheet: credentials exist only where there are accounts",
)
PROVIDERS = Threshold(
    "identity providers",
    1,
    "providers",
    "OpenID Connect Core 1.0: each provider is a registered client of its own",
)
PASSWORD_WAYS = Threshold(
    "ways to sign in with a password",
    1,
    "ways",
    "OWASP Password Storage Cheat Sheet: store no password where none is used",
)
SHARED_STATE_PROCESSES = Threshold(
    "API processes",
    4,
    "processes",
    "judgement: limits counted in each process let a caller through at most as many times as there are processes; "
    + MEASURED
    + "a check cost 7 µs in the process and 57 to 126 µs in Valkey",
    by_load=True,
)
CACHED_LISTS = Threshold(
    "lists that may be answered stale",
    1,
    "lists",
    "the design: only a list with `cache:` may be stale",
)
REFILL_CORES = Threshold(
    "database work to fill each process's cache",
    0.5,
    "cores",
    "judgement: half a core spent on computing the same answer again pays for one more server to run",
    by_load=True,
)
FREE_FORM_SHARE = Threshold(
    "share of free-form fields",
    80,
    "%",
    "judgement: with four fields of five free-form there is little left for columns, constraints and joins; "
    + MEASURED
    + "a list out of jsonb cost 617 µs in place of 268 µs out of columns",
)
JSON_FIELDS = Threshold(
    "free-form fields",
    1,
    "fields",
    "PostgreSQL 18 manual, JSON types: jsonb is indexed and checked like any other column",
)
DOCUMENT_BYTES = Threshold(
    "stored documents",
    4e12,
    "bytes",
    "judgement: beyond 4 TB, documents set the backup and restore times of everything else in the database",
    by_load=True,
)
AWS_PARTS = Threshold(
    "parts that are pinned to AWS",
    2,
    "parts",
    "judgement: with the queue and the hosting on AWS already, one more part of it binds no further",
)
SERVICE_ENTITIES = Threshold(
    "entities",
    60,
    "entities",
    "Fowler, MonolithFirst; judgement: about 60 tables are what one team keeps in its head",
)
EVENT_KINDS = Threshold(
    "events",
    1,
    "events",
    "the design: work leaves the request only where `events` says so",
)
QUEUED_JOBS = Threshold(
    "jobs",
    1_000,
    "/s",
    MEASURED + "5,517 single-row transactions a second; a job takes three, so 1,000 jobs/s are about half of that",
    by_load=True,
)
REPLICA_CORES = Threshold(
    "database work of reads",
    8,
    "cores",
    "judgement: half of a common 16-core database server, the other half being kept for writes, vacuum and peaks",
    by_load=True,
)
SHARD_BYTES = Threshold(
    "stored bytes",
    10e12,
    "bytes",
    "judgement: beyond 10 TB one server's backup, restore and index builds take longer than a working day",
    by_load=True,
)
SHARD_WRITES = Threshold(
    "writes",
    20_000,
    "/s",
    MEASURED + "5,517 creations a second; eight times the cores, less a half for contention, are some 20,000",
    by_load=True,
)
LISTS = Threshold(
    "lists",
    1,
    "lists",
    "the design: only named lists are read in pages",
)
POOLED_CONNECTIONS = Threshold(
    "connections of all processes",
    200,
    "connections",
    "PostgreSQL 18 manual, max_connections (100 by default, raised with memory for each); judgement: twice that",
    by_load=True,
)
UUID_EXTRA_BYTES = Threshold(
    "bytes that UUIDs take over 8-byte ids",
    1e12,
    "bytes",
    "judgement: a terabyte of ids is a server's worth of memory and disk",
    by_load=True,
)
COUNT_BALANCE = Threshold(
    "cost of counting ÷ cost of keeping",
    1,
    "",
    MEASURED + "counting cost 2.1 µs a counted row, a counter column about 160 µs a write",
    by_load=True,
)
SAMPLED_STATEMENTS = Threshold(
    "statements",
    5_000,
    "/s",
    "judgement: at 5,000/s, one statement in a hundred being slow is four million log lines a day",
    by_load=True,
)
SERVERLESS_REQUESTS = Threshold(
    "requests at the busiest hour",
    0.1,
    "/s",
    "judgement: below some 9,000 requests a day a function that sleeps costs less than the smallest container",
    by_load=True,
)
LARGE_TABLE_ROWS = Threshold(
    "rows of the largest table",
    1_000_000,
    "rows",
    "PostgreSQL 18 manual, CREATE INDEX CONCURRENTLY; judgement: a million rows hold writes back for about a second",
    by_load=True,
)
COALESCING_PROCESSES = Threshold(
    "processes that reads fill",
    8,
    "processes",
    MEASURED
    + "reads that met took about half of the processor time; judgement: below eight small containers that saves "
    "too few of them for what has to be owned",
    by_load=True,
)
DISPATCH_PROCESSES = Threshold(
    "processes that FastAPI's own work fills",
    8,
    "processes",
    MEASURED
    + "FastAPI took 250 µs a request beside the route's work; judgement: eight small containers cost less than "
    "a second way of answering requests costs the team that owns it",
    by_load=True,
)

THRESHOLDS: tuple[Threshold, ...] = tuple(t for t in globals().values() if isinstance(t, Threshold))
