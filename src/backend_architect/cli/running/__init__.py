"""A built project on the disk → the project running: a database, its migrations, some data, a server, first requests.

Nothing here is needed to run a project elsewhere: each step is one that the project can do by itself.
"""
