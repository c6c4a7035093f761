"""Every question, in the order in which its answer is read."""

from collections.abc import Mapping

from backend_architect.decisions import (
    api_style,
    architecture,
    authentication,
    cache,
    counters,
    document_store,
    error_format,
    hosting,
    identifiers,
    key_value_store,
    main_database,
    migrations,
    pagination,
    password_hashing,
    pooling,
    queue,
    rate_limits,
    read_coalescing,
    read_replicas,
    request_dispatch,
    sharding,
    sign_in,
    slow_query_monitoring,
    transport_security,
    versioning,
)
from backend_architect.decisions.decision import Entry
from backend_architect.plugins import DECISIONS, with_plugins

REGISTRY: tuple[Entry, ...] = (
    Entry(main_database.QUESTION, main_database.decide_main_database, main_database.__doc__),
    Entry(document_store.QUESTION, document_store.decide_document_store, document_store.__doc__),
    Entry(key_value_store.QUESTION, key_value_store.decide_key_value_store, key_value_store.__doc__),
    Entry(identifiers.QUESTION, identifiers.decide_identifiers, identifiers.__doc__),
    Entry(counters.QUESTION, counters.decide_counters, counters.__doc__),
    Entry(migrations.QUESTION, migrations.decide_migrations, migrations.__doc__),
    Entry(api_style.QUESTION, api_style.decide_api_style, api_style.__doc__),
    Entry(versioning.QUESTION, versioning.decide_versioning, versioning.__doc__),
    Entry(error_format.QUESTION, error_format.decide_error_format, error_format.__doc__),
    Entry(pagination.QUESTION, pagination.decide_pagination, pagination.__doc__),
    Entry(authentication.QUESTION, authentication.decide_authentication, authentication.__doc__),
    Entry(sign_in.QUESTION, sign_in.decide_sign_in, sign_in.__doc__),
    Entry(password_hashing.QUESTION, password_hashing.decide_password_hashing, password_hashing.__doc__),
    Entry(transport_security.QUESTION, transport_security.decide_transport_security, transport_security.__doc__),
    Entry(rate_limits.QUESTION, rate_limits.decide_rate_limits, rate_limits.__doc__),
    Entry(architecture.QUESTION, architecture.decide_architecture, architecture.__doc__),
    Entry(queue.QUESTION, queue.decide_queue, queue.__doc__),
    Entry(cache.QUESTION, cache.decide_cache, cache.__doc__),
    Entry(pooling.QUESTION, pooling.decide_pooling, pooling.__doc__),
    Entry(read_coalescing.QUESTION, read_coalescing.decide_read_coalescing, read_coalescing.__doc__),
    Entry(read_replicas.QUESTION, read_replicas.decide_read_replicas, read_replicas.__doc__),
    Entry(sharding.QUESTION, sharding.decide_sharding, sharding.__doc__),
    Entry(hosting.QUESTION, hosting.decide_hosting, hosting.__doc__),
    Entry(
        slow_query_monitoring.QUESTION,
        slow_query_monitoring.decide_slow_query_monitoring,
        slow_query_monitoring.__doc__,
    ),
    Entry(request_dispatch.QUESTION, request_dispatch.decide_request_dispatch, request_dispatch.__doc__),
)


def questions() -> Mapping[str, tuple[str, ...]]:
    """Return the answers that a design may pin, by the question's slug."""
    return {entry.question.slug: entry.question.allowed_pins for entry in all_entries()}


def all_entries() -> tuple[Entry, ...]:
    """Return every question with what answers it, those of plugins last."""
    return with_plugins(REGISTRY, DECISIONS, Entry, lambda entry: entry.question.slug)
