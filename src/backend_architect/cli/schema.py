"""`architect schema`: the language of design files as JSON Schema."""


def schema() -> int:
    """Print the JSON Schema of design files, for completion in editors.

    \b
    Example:
      architect schema > backend.schema.json
    """
    from backend_architect.cli.output import print_data
    from backend_architect.design.json_schema import design_json_schema

    print_data(design_json_schema())
    return 0
