"""The command `claquewatch`: what it can do, how it fails (one sentence), with which exit code."""

import importlib
import logging
import os
import sys

import click

from agents.commands import COMMANDS
from agents.errors import ClaquewatchError
from agents.local.errors import LocalError
from agents.version import PACKAGE

INTERRUPTED = 130


class Commands(click.Group):
    """A group that imports a command only when it runs."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        found = importlib.import_module(COMMANDS[cmd_name][0]).command
        assert isinstance(found, click.Command)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, about) for name, (_, about) in COMMANDS.items()])


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(PACKAGE, prog_name="claquewatch")
def cli() -> None:
    """Sees hired applause in live commerce while the show runs: staged purchases, paid praise and their kin.

    Settings come from the environment (`claquewatch settings` lists them). Exit codes: 0 done; 1 failed, or a
    check found something; 2 usage; 3 done, but some input was rejected; 130 stopped by Ctrl-C.
    """


def main() -> None:
    """Run the command; an error that a person can mend is one sentence on stderr."""
    logging.getLogger().addHandler(logging.NullHandler())  # what libraries say beside it; a worker sets up its own
    try:
        code = cli.main(standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except click.exceptions.Exit as end:
        sys.exit(end.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (ClaquewatchError, LocalError) as error:
        click.echo(f"claquewatch: {error}", err=True)
        sys.exit(getattr(error, "exit_code", 1))
    except (click.Abort, KeyboardInterrupt):
        sys.exit(INTERRUPTED)
    except BrokenPipeError:  # who read our output has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except Exception as error:
        if not _is_kafka(error):
            raise
        click.echo(f"claquewatch: Kafka failed ({error!r}): `claquewatch doctor` looks at the broker", err=True)
        sys.exit(1)


def _is_kafka(error: Exception) -> bool:
    """Whether the Kafka client raised it; the client is only there where a command imported it."""
    errors = sys.modules.get("aiokafka.errors")
    return errors is not None and isinstance(error, errors.KafkaError)


if __name__ == "__main__":
    main()
