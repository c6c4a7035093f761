"""The one reader of SQL: a statement's tree, its query blocks with their tables, columns and conditions.

Statements are parsed by PostgreSQL's own parser, and their names are looked up as PostgreSQL does, over a catalog that
was read of a database.
"""
