"""The command line: `graphql-api`, or `python -m graphql_api`."""

import signal

from graphql_api.cli.output import output_told


def main() -> None:
    """Run the command line."""
    usual = signal.getsignal(signal.SIGINT)
    if usual is signal.default_int_handler:
        # Nothing is done yet that an interrupt could leave half done, or that its traceback could tell of.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from graphql_api.cli.commands import app

    signal.signal(signal.SIGINT, usual)
    with output_told():
        app()


if __name__ == "__main__":
    main()
