"""`python -m werkbook.export`: the command, usable without the rest of the CLI."""

from werkbook.export.command import export_command

if __name__ == "__main__":
    export_command()
