"""The subcommands of `minicnn`. A module NAME.py here is the command NAME:

    its docstring          what --help says
    arguments(parser)      adds the flags
    run(options)           runs it and returns the exit status: 0 good, 1 a check failed, 2 bad input

Its line in the list of commands is in minicnn/__main__.py, so that `minicnn --help` imports no command. All commands
use arguments.py, a parser, and errors.py, errors of one line.
"""
