"""The design that an empty project begins with."""

STARTER = """\
# yaml-language-server: $schema=backend.schema.json
# The design of this backend: change it, then `architect check`, `architect decide`, `architect build`.
# Editors complete it by backend.schema.json; after an upgrade: `architect schema > backend.schema.json`.
design: 1
backend: <name>
summary: People keep notes that nobody else sees.

clients: [web, mobile]

load:                             # the busiest hour; decisions follow from these numbers
  users: 10_000
  reads: 40/s
  writes: 3/s
  p95: 200ms

auth:
  account: user                   # the entity that signs in
  sign_in: [password]

limits:                           # per user when signed in, else per IP
  sign_in: 5/minute per ip
  everything: 300/minute

entities:                         # ids and created_at / updated_at are implied
  user:
    fields:
      name: {type: text, max: 80}
    allow: {read: id = me, update: id = me, delete: id = me}

  note:
    fields:
      owner: {to: user, set: me, on_delete: cascade}    # set by the server, never taken from a client
      title: {type: text, min: 1, max: 200}
      body: {type: text, max: 10_000, optional: true}
    rules:
      mine: owner = me            # SQL; named once, used anywhere
    allow: {read: mine, create: signed_in, update: mine, delete: mine}    # an absent action does not exist

lists:                            # each is one planned, bounded query
  notes: {of: note, where: mine, order: newest, allow: signed_in}
"""


def starter_design(name: str) -> str:
    """Return a small, commented `backend.yaml` to begin with: accounts, and notes that only their owner sees."""
    return STARTER.replace("<name>", name)
