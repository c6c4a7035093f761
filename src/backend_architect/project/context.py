"""What the templates print: values that are ready, no logic left to do."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from backend_architect.decisions import Decisions
from backend_architect.decisions.workload import requests_per_second
from backend_architect.design.distinguishing_fields import distinct_fields
from backend_architect.design.model import Design, Event, Field, FieldType
from backend_architect.design.python_names import MAIN, attribute, parameter, variable
from backend_architect.project.by_hand import by_hand
from backend_architect.project.limits import limit_of_everything, limit_of_sign_in, limit_source
from backend_architect.project.samples import python_string, sample_source
from backend_architect.project.slices.inputs import input_line, input_type
from backend_architect.queries.model import Queries, Query
from backend_architect.queries.resolved import ResolvedDesign
from backend_architect.queries.shape import python_type

DEFAULT_POOL = 10
PROVIDER_TITLES = {"google": "Google", "github": "GitHub", "openid": "the OpenID provider"}


@dataclass(frozen=True, slots=True)
class EventView:
    """An event's handler, as the worker registers it."""

    name: str
    plural: str
    run: str
    retries: int


def account_fields(design: Design) -> tuple[Field, ...]:
    """Return the fields of the account without which there is no account."""
    if design.account is None:
        return ()
    fields = design.account.fields.values()
    return tuple(item for item in fields if not item.optional and item.default is None and not item.is_reference)


def template_context(resolved: ResolvedDesign, decisions: Decisions, queries: Queries) -> Mapping[str, object]:
    """Return the names that templates may use."""
    design, routes = resolved.design, resolved.routes
    slices = [plural for plural, found in queries.by_slice.items() if found]
    slow = decisions["slow-query-monitoring"].settings
    apart = distinct_fields(design.account) if design.account else frozenset()
    types = {item.type for row in design.rows_by_plural.values() for item in row.fields.values()}
    return {
        "design": design,
        "decisions": tuple(decisions),
        "slices": slices,
        "by_hand": by_hand(resolved, queries),
        "busiest_slices": sorted(slices, key=lambda plural: -requests_per_second(design, plural)),
        "events": [EventView(f"{e.plural}.{e.action}", e.plural, e.run, e.retries) for e in event_handlers(design)],
        "account_columns": [item.column for item in account_fields(design)],
        "account_apart": apart,
        "account_samples": ", ".join("name" if f.name in apart else sample_text(f) for f in account_fields(design)),
        "everything": limit_of_everything(design),
        "sign_in_limit": limit_source(limit_of_sign_in(design)),
        **_providers(design),
        "pool_max": pool_size(decisions),
        "slow_query": slow["slow_ms"] / 1000,
        "slow_sample": slow["sample_percent"] / 100,
        "has_coalescing": decisions["read-coalescing"].answer == "coalesced",
        "coalesced": [query.name for query in coalesced_reads(queries)],
        "has_pooler": decisions["pooling"].answer == "pgbouncer",
        "has_valkey": decisions["key-value-store"].answer == "valkey",
        "has_auth": design.auth is not None,
        "has_roles": bool(design.auth and design.auth.roles),
        "has_cookies": design.auth is not None and "web" in design.clients,
        "has_idempotency": design.auth is not None and any(r.kind in {"create", "action"} for r in routes),
        "has_states": any(e.state and e.actions for e in design.entities.values()),
        "has_actions": any(r.kind == "action" for r in routes),
        "has_counts": any(decisions.is_kept(e.name, name) for e in design.entities.values() for name in e.counts),
        "has_turns": any(query.turn for query in queries.all()),
        "has_versions": any(param.source == "if_match" for query in queries.all() for param in query.params),
        "has_writes": any(query.turn or "if_match" in {p.source for p in query.params} for query in queries.all()),
        "has_jobs": bool(design.events) or design.has_mail,
        "has_mail": design.has_mail,
        "has_files": FieldType.FILE in types,
        "has_json": FieldType.JSON in types,
        "file_fields": file_fields(design),
        "has_cache": any(spec.cache_seconds for spec in design.lists),
        "search_paths": [f"/v1{r.path}" for r in routes if r.list and r.list.match],
        "cached_paths": [f"/v1{r.path}" for r in routes if r.list and r.list.cache_seconds],
        "has_search": any(spec.match for spec in design.lists),
    }


def _providers(design: Design) -> Mapping[str, object]:
    """Return what sign-in with identity providers needs: who they are, and what they do not tell about an account."""
    names = design.providers
    asked = design.account.accepted("create") if design.account else ()
    missing = [item.column for item in asked if not item.optional and item.default is None and item.name != "email"]
    return {
        "oauth_providers": names,
        "openid_providers": [name for name in names if name != "github"],
        "provider_names": [(name, PROVIDER_TITLES[name]) for name in names],
        "provider_titles": [PROVIDER_TITLES[name] for name in names],
        "has_providers": bool(names),
        "has_apps": bool(names) and ("mobile" in design.clients or "web" not in design.clients),
        "sign_up_fields": missing,
    }


def file_fields(design: Design) -> tuple[tuple[str, Field], ...]:
    """Return the fields that hold a file, under the name that an upload is asked for by: `posts.photo`."""
    rows = design.rows_by_plural.values()
    fields = ((f"{row.plural}.{item.name}", item) for row in rows for item in row.fields.values())
    return tuple((name, item) for name, item in fields if item.type is FieldType.FILE)


def template_filters() -> Mapping[str, object]:
    """Return the functions by which templates print a field."""
    return {
        "input_type": input_type,
        "output_type": output_type,
        "sample": sample_text,
        "python_string": python_string,
        "toml_string": json.dumps,
        "main_name": lambda name: variable(name, MAIN),
        "attribute": attribute,
        "parameter": parameter,
        "input_line": input_line,
    }


def output_type(item: Field) -> str:
    """Return the Python type of a field in an answer."""
    return python_type(item) + (" | None" if item.optional or item.read else "")


def sample_text(item: Field, *_: object) -> str:
    """Return a sample value as Python source."""
    return sample_source(item, json=True)


def event_handlers(design: Design) -> tuple[Event, ...]:
    """Return one event for each handler that the worker runs."""
    return tuple({event.run: event for event in design.events}.values())


def coalesced_reads(queries: Queries) -> tuple[Query, ...]:
    """Return the reads that may meet: of one row and of one page, the same for all that give the same values."""
    reads = (
        query for query in queries.all() if query.returns in ("one", "page") and query.sql.lstrip().startswith("SELECT")
    )
    return tuple(q for q in reads if not (q.list and (q.list.match or q.list.cache_seconds)))


def pool_size(decisions: Decisions) -> int:
    """Return how many connections one process holds, as decided from the load."""
    return int(decisions["pooling"].settings.get("pool_size", DEFAULT_POOL))
