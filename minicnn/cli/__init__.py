"""The subcommands of `minicnn`. A module NAME.py here is the command NAME:

    its docstring          what --help says
    arguments(parser)      adds the flags
    run(options)           does it and returns the exit status: 0 good, 1 a check failed, 2 bad input

Its one line in the list of commands stands in minicnn/__main__.py, so that a command imports nothing of the others.
"""
