"""Plans, asked for and never run."""

import json
from collections.abc import Sequence
from typing import Any, Self

from backend_architect.postgres.session import Session

PARAMETERS = "SELECT coalesce(cardinality(parameter_types), 0) FROM pg_prepared_statements WHERE name = 'planned'"

PLANNING_MS = 10_000


class Planner:
    """A connection that can only ask how a statement would be run, on a twin or on any other database."""

    def __init__(self, url: str) -> None:
        self._session = Session(url)
        self._session.run("SET default_transaction_read_only = on; SET plan_cache_mode = force_generic_plan")
        self._session.run(f"SET statement_timeout = {PLANNING_MS}")  # a function may be evaluated while it is planned

    def explain(self, sql: str, types: Sequence[str] | None = None, *, verbose: bool = False) -> dict[str, Any]:
        """Return the plan of one statement for unknown parameters ($1, $2, …), as EXPLAIN's JSON tells it.

        `types` names the types of the parameters, where the statement alone does not tell them. A `verbose` plan tells
        each node's output too, and with it which subplans are hashed. Raises what the
        database raises when it refuses the statement, and when there are several.
        """
        self._session.fetch(f"PREPARE planned{_in_brackets(types or ())} AS {sql}")  # fetch takes only one statement
        try:
            unknown = _in_brackets(["NULL"] * self._session.value(PARAMETERS))
            text = self._session.value(
                f"EXPLAIN (GENERIC_PLAN, VERBOSE {verbose}, FORMAT JSON) EXECUTE planned{unknown}"
            )
        finally:
            self._session.run("DEALLOCATE planned")
        plan: dict[str, Any] = json.loads(text)[0]["Plan"]
        return plan

    def close(self) -> None:
        """Close the connection."""
        self._session.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _in_brackets(values: Sequence[str]) -> str:
    return f"({', '.join(values)})" if values else ""
