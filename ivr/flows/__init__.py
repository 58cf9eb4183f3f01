"""One module per thing that happens to a call; each reads like the call it makes."""
