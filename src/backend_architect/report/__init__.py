"""What the stages found, for people and for machines: terminal text, JSON, Markdown."""
