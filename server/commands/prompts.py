"""`mowakaba prompts …`: what callers hear, looked after. Each sub-command is a module with `register(group)`."""

from importlib import import_module

import typer

SUBCOMMANDS = (
    "prompts_status",
    "prompts_synthesise",
    "prompts_export",
    "prompts_import",
    "prompts_versions",
)
"""In the order of the help; imported at every start, so they import heavy libraries in their functions."""

group = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@group.callback()
def prompts() -> None:
    """Prompts: which there are in each language, by which voice, and who reviewed them."""


def register(app: typer.Typer) -> None:
    """Add the group with all its commands."""
    for name in SUBCOMMANDS:
        import_module(f"server.commands.{name}").register(group)
    app.add_typer(group, name="prompts")
