"""A slow statement → the same rows by another: keyset pages, batched lookups, joins, NOT EXISTS, ranges, UNION ALL.

`rewrite` builds them from the parse tree and runs nothing; `check` runs both on generated rows and compares. What came
out different is never shown.
"""

from backend_architect.tune.rewrites.model import CannotRewrite, Rewrite, RewriteRefusal, RewriteVerdict
from backend_architect.tune.rewrites.propose import rewrite

__all__ = ["CannotRewrite", "Rewrite", "RewriteRefusal", "RewriteVerdict", "rewrite"]
