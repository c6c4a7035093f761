"""A rewrite → a verdict: the tables it reads made anew and filled, both statements run, their rows compared."""

from backend_architect.tune.rewrites.trial.check import check, check_all

__all__ = ["check", "check_all"]
