"""Call flows, menus, prompts and what a call can do; no I/O of its own."""
