"""The answers whose part does not exist yet. Whoever builds a part deletes its line."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Unbuilt:
    """What is missing, and the answer to build with in its place.

    `needs_code` tells that the project would differ in its code, so that the build stops even when nothing is pinned.
    Otherwise the answer is a recommendation to run something more, and the build stops only when it is pinned.
    """

    part: str
    instead: str
    needs_code: bool


UNBUILT: dict[tuple[str, str], Unbuilt] = {
    ("api-style", "graphql"): Unbuilt("the GraphQL endpoint", "rest", needs_code=True),
    ("versioning", "header"): Unbuilt("versions in a header", "path", needs_code=False),
    ("sign-in", "providers"): Unbuilt("accounts without any password", "password-and-providers", needs_code=True),
    ("error-format", "graphql-errors"): Unbuilt("the errors list of GraphQL", "problem-details", needs_code=False),
    ("error-format", "own-json"): Unbuilt("an error shape of its own", "problem-details", needs_code=True),
    ("main-database", "mongodb"): Unbuilt("MongoDB", "postgresql", needs_code=True),
    ("main-database", "dynamodb"): Unbuilt("DynamoDB", "postgresql", needs_code=True),
    ("document-store", "mongodb"): Unbuilt("MongoDB beside the main database", "jsonb", needs_code=False),
    ("key-value-store", "dynamodb"): Unbuilt("DynamoDB", "valkey", needs_code=True),
    ("architecture", "extract"): Unbuilt("extraction of a service", "monolith", needs_code=False),
    ("queue", "rabbitmq"): Unbuilt("RabbitMQ", "postgresql", needs_code=False),
    ("queue", "sqs"): Unbuilt("Amazon SQS", "postgresql", needs_code=False),
    ("cache", "valkey"): Unbuilt("a cache in Valkey", "in-process", needs_code=False),
    ("read-replicas", "replicas"): Unbuilt("reading from replicas", "none", needs_code=False),
    ("sharding", "citus"): Unbuilt("sharding with Citus", "none", needs_code=False),
    ("password-hashing", "bcrypt"): Unbuilt("bcrypt", "argon2id", needs_code=True),
    ("transport-security", "mutual-tls"): Unbuilt("client certificates", "https", needs_code=True),
    ("pagination", "offset"): Unbuilt("page numbers", "keyset", needs_code=True),
    ("identifiers", "uuidv4"): Unbuilt("random UUIDs", "uuidv7", needs_code=True),
    ("identifiers", "bigint"): Unbuilt("8-byte ids", "uuidv7", needs_code=False),
    ("slow-query-monitoring", "log-only"): Unbuilt("monitoring by log alone", "statements-and-log", needs_code=True),
    ("hosting", "serverless"): Unbuilt("serverless hosting", "container", needs_code=False),
    ("request-dispatch", "starlette"): Unbuilt("handlers on Starlette alone", "fastapi", needs_code=False),
    ("migrations", "alembic"): Unbuilt("Alembic migrations", "plain-sql", needs_code=True),
}
