"""The set-up behind `make`: a virtual environment and private programs, for any user, repeatable.

Standard library only, run by the machine's own Python before anything is installed:

    python3 -m server.setup run     # what `make run` needs
    python3 -m server.setup demo    # that, and callers and a softphone
    python3 -m server.setup test    # that, and what `make test` needs
"""
