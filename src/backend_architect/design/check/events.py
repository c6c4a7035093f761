"""An event follows an action that exists."""

from collections.abc import Iterator

from backend_architect.design.check.custom import GENERATED
from backend_architect.design.load import LoadedDesign
from backend_architect.design.model import ACTIONS, Edge, Event
from backend_architect.design.python_names import WORKER
from backend_architect.design.reading_result import did_you_mean
from backend_architect.design.wording import a
from backend_architect.errors import Problem

MAX_RETRIES = 50


def check_events(loaded: LoadedDesign) -> Iterator[Problem]:
    """Yield `unknown-name`, `event-on-edge`, `action-not-allowed`, `too-many-retries` and `reserved-word`."""
    for event in loaded.design.events:
        path = f"events.{event.plural}.{event.action}"
        row = loaded.design.rows_by_plural.get(event.plural)
        if row is None:
            fix = did_you_mean(event.plural, tuple(loaded.design.rows_by_plural))
            message = f"`{event.plural}` is no plural of an entity or edge"
            yield loaded.problem("unknown-name", path, message, fix)
        elif isinstance(row, Edge):
            message = f"`{event.plural}` are edges, and events follow entities only"
            yield loaded.problem("event-on-edge", path, message, f"make `{row.name}` an entity, or remove the event")
        elif event.action not in (*row.allow, *row.actions):
            message = f"nobody may {event.action} {a(row.name)}, so this never happens"
            fix = f"allow `{event.action}`, or remove the event"
            if event.action not in ACTIONS:
                fix = did_you_mean(event.action, ("create", "update", "delete", *row.actions))
            yield loaded.problem("action-not-allowed", path, message, fix)
        if event.retries > MAX_RETRIES:
            message = f"{event.retries} retries last for weeks"
            yield loaded.problem("too-many-retries", f"{path}.retries", message, f"write {MAX_RETRIES} at most")
        yield from _run(loaded, event, f"{path}.run")


def _run(loaded: LoadedDesign, event: Event, path: str) -> Iterator[Problem]:
    fix = f"choose another name, such as `do_{event.run}`"
    if event.run in WORKER or event.run in GENERATED:
        message = f"`{event.run}` is taken by Python or by the project itself, and names a function and its file"
        yield loaded.problem("reserved-word", path, message, fix)
    elif f"app/{event.plural}/{event.run}.py" in {use.code for use in loaded.design.custom}:
        message = f"app/{event.plural}/{event.run}.py holds a use case already"
        yield loaded.problem("duplicate-name", path, message, fix)
