"""What is hidden stays hidden: the design `guarded`, built and asked over HTTP."""
