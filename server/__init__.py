"""The composition root: what starts, connects and stops the other rooms."""
