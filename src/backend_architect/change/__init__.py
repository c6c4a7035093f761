"""A sentence about a backend that is there → the design that it becomes; nothing is written here."""

from backend_architect.change.model import DesignChange
from backend_architect.change.propose import propose_change

__all__ = ["DesignChange", "propose_change"]
