"""Which indexes a whole workload wants: candidates from its statements, and the set that serves it best."""

from backend_architect.tune.indexes.model import Advice, NewIndex, NewKey, Recommended, StatementCost

__all__ = ["Advice", "NewIndex", "NewKey", "Recommended", "StatementCost"]
