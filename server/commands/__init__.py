"""The command line: one file a command. Each has ``add(subparsers)`` and ``run(arguments) -> exit code``."""
