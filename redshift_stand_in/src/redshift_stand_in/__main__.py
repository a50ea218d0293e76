"""Start the stand-in for use by hand, until Ctrl-C or SIGTERM."""

import argparse
import shlex
import signal
import sys
from collections.abc import Sequence

from redshift_stand_in.stand_in import RedshiftStandIn


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m redshift_stand_in", description=__doc__)
    parser.add_argument("--port", type=int, default=5439, help="0 takes a free one")
    parser.add_argument("--s3-endpoint", help="for COPY and UNLOAD, such as http://127.0.0.1:5000 of moto_server")
    parser.add_argument("--tls", action="store_true", help="offer encryption, with a certificate made for this run")
    parser.add_argument("--database", default="dev")
    parser.add_argument("--user", default="awsuser")
    parser.add_argument("--password", help="a random one if not given")
    parser.add_argument("--env-prefix", default="REDSHIFT_", help="of the environment variables which are printed")
    options = vars(parser.parse_args(arguments))
    prefix = options.pop("env_prefix")
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, signal.default_int_handler)
    try:
        with RedshiftStandIn(**options) as stand_in:
            print(connection_help(stand_in, prefix), flush=True)
            signal.pause()
    except KeyboardInterrupt:
        print("stopped")
    except OSError as error:
        sys.exit(f"Cannot listen on 127.0.0.1:{options['port']}: {error.strerror}. Choose another --port, or 0.")


def connection_help(stand_in: RedshiftStandIn, prefix: str) -> str:
    """How to connect, for people and for their shell."""
    arguments = ", ".join(f"{name}={value!r}" for name, value in stand_in.dsn.items())
    settings = {
        f"{prefix}HOST": stand_in.host,
        f"{prefix}PORT": stand_in.port,
        f"{prefix}DATABASE": stand_in.database,
        f"{prefix}USER": stand_in.user,
        f"{prefix}PASSWORD": stand_in.password,
    }
    if stand_in.certificate:
        settings["SSL_CERT_FILE"] = stand_in.certificate
    else:
        settings[f"{prefix}SSLMODE"] = "disable"
    if stand_in.s3_endpoint:
        settings["AWS_ENDPOINT_URL"] = stand_in.s3_endpoint
    lines = [
        f"host      {stand_in.host}",
        f"port      {stand_in.port}",
        f"database  {stand_in.database}",
        f"user      {stand_in.user}",
        f"password  {stand_in.password}",
        f"S3        {stand_in.s3_endpoint or 'none: COPY and UNLOAD fail'}",
        f"trust     {stand_in.certificate or 'not encrypted'}",
        "",
        f"redshift_connector.connect({arguments})",
        "",
        *(f"export {name}={shlex.quote(str(value))}" for name, value in settings.items()),
        "",
        "Ctrl-C stops it; nothing is kept.",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
