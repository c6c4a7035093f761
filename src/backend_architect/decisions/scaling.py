"""The same design under another load."""

from dataclasses import replace

from backend_architect.design.model import Design


def scale_load(design: Design, factor: float) -> Design:
    """Return the design with its users, reads, writes and rows multiplied; the latency it asks for stays."""
    load = design.load
    scaled = replace(
        load,
        users=round(load.users * factor),
        reads=load.reads * factor,
        writes=load.writes * factor,
        rows={plural: round(rows * factor) for plural, rows in load.rows.items()},
    )
    return replace(design, load=scaled)
