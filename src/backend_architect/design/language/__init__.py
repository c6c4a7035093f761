"""The language of `backend.yaml` as tables: one table a mapping, from which reading and the JSON Schema both follow."""
