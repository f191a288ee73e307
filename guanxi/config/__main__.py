"""``python -m guanxi.config`` is ``guanxi``, also where that is not on the path."""

from guanxi.config.cli import main

main()
