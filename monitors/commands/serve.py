"""`tallywatch serve`: the report as the history is now, with search and verdicts, on this machine's own address."""

from __future__ import annotations

import logging
from pathlib import Path

import click

from monitors.commands.shared import with_config

PORT = 8765
LEAST_TOKEN = 16
"""Characters that nobody guesses."""


@click.command(
    epilog="""\b
Examples:
  tallywatch serve                                   prints the address to open; Ctrl-C ends it
  tallywatch serve --host 0.0.0.0 --name desk.example.org --token-file token.txt
                                                     for others, behind a proxy that speaks https"""
)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at; any but this machine's own needs a token.")
@click.option("--port", default=PORT, show_default=True, type=click.IntRange(0, 65535), help="0: any that is free.")
@click.option("--name", "names", multiple=True, help="A host name under which others open it; may be given several times.")
@click.option("--token-file", type=click.Path(dir_okay=False, exists=True, path_type=Path), help="Holds the token; else one is made up.")
@with_config
def serve(host: str, port: int, names: tuple[str, ...], token_file: Path | None, config_file: Path | None) -> None:
    """Show the report of the history as it is now, with search, and let who has the token approve, reject and mute."""
    from secrets import token_urlsafe

    from waitress import create_server

    from monitors.config import read_config
    from monitors.history.store import open_history
    from monitors.web import LOOPBACK, make_app

    own = host in LOOPBACK
    token = read_token(token_file) if token_file else token_urlsafe(24)
    if not own and token_file is None:
        raise click.UsageError(f"--host {host} lets others in: name a --token-file; it holds {LEAST_TOKEN} characters or more")
    config = read_config(config_file)
    with open_history(config.database_url) as history:
        app = make_app(config, history, token, (*LOOPBACK, *names, *(() if own else (host,))), open_to_read=own)
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)
        try:
            server = create_server(app, host=host, port=port, threads=4, ident=None)
        except OSError as error:
            raise click.ClickException(f"{host}:{port} cannot be listened at: {error.strerror}; another --port may be free") from error
        address = f"http://{f'[{host}]' if ':' in host else host}:{server.effective_port}/"
        secret = f"?token={token}" if token_file is None else "?token=… (of the file)"
        click.echo(f"{address}{secret}\nReading needs {'no' if own else 'the'} token; Ctrl-C ends it.")
        try:
            server.run()
        except KeyboardInterrupt:
            click.echo("ended")


def read_token(file: Path) -> str:
    """The token in a file, which nobody may guess."""
    token = file.read_text(encoding="utf-8").strip()
    if len(token) < LEAST_TOKEN:
        raise click.UsageError(f"{file}: a token of {len(token)} characters can be guessed; use at least {LEAST_TOKEN}")
    return token
