"""The backend: `main.py` puts it together, a folder holds a resource, the other files are what all of them use."""
