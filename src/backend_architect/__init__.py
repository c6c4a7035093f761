"""A backend architect as software: it designs a backend, explains it, builds it and runs it."""

__version__ = "0.2.0"
