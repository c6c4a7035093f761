"""Help whose options stand in groups, each below its own heading."""

from typing import Any

from typer.core import TyperCommand

PLAIN = {"argument": "Arguments", "option": "Options"}


class GroupedCommand(TyperCommand):
    """A command that shows its options by their `rich_help_panel`, in the order in which they stand."""

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write a section for each group."""
        groups: dict[str, list[tuple[str, str]]] = {}
        for each in self.get_params(ctx):
            record = each.get_help_record(ctx)
            if record is not None:
                panel = getattr(each, "rich_help_panel", None) or PLAIN[each.param_type_name]
                groups.setdefault(panel, []).append(record)
        for title, records in groups.items():
            with formatter.section(title):
                formatter.write_dl(records)
