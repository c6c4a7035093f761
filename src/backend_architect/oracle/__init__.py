"""A second reading of a design's rules, which shares no code with the one that is compiled.

The compiled reading parses a rule and prints SQL of its own. Here the rule's text is given to PostgreSQL as it stands,
over views that have the design's names: PostgreSQL judges operators, precedence, NOT, types and NULL, and names alone
are replaced. Where the two readings differ, one of them is wrong: docs/decisions/0021-an-independent-oracle.md.
"""

from backend_architect.oracle.answers import NOBODY, Caller, Oracle
from backend_architect.oracle.installation import oracle_sql
from backend_architect.oracle.tables import tables_sql
from backend_architect.oracle.tokens import OracleError

__all__ = ["NOBODY", "Caller", "Oracle", "OracleError", "oracle_sql", "tables_sql"]
