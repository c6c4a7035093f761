"""The backend: a folder for each resource, `auth` for signing in, `core` for what all use; `main.py` joins them."""
