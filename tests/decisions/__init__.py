"""Behaviour of the decisions, from outside."""
