"""What the administrator types. Each module is one command and has `register(app)`; `server/cli.py` lists them."""
