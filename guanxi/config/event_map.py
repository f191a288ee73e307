"""Show who reacts to what: ``make events``."""

import click

from guanxi.config.language import speak
from guanxi.config.prepare import set_up_django


def main() -> None:
    """Print every event with the rooms' handlers, and what the rooms do by the clock."""
    speak()
    set_up_django()
    from guanxi.foundation.rooms import rooms  # noqa: PLC0415 -- after the setup

    for room in rooms():
        for event, handlers in room.reacts.items():
            for handler in handlers:
                click.echo(f"{event.__module__}.{event.__name__} → {_name(handler)}")
        for cron, functions in room.clock.items():
            for function in functions:
                click.echo(f"{cron} → {_name(function)}")


def _name(function: object) -> str:
    return f"{getattr(function, '__module__', '')}.{getattr(function, '__name__', '')}"


if __name__ == "__main__":
    main()
