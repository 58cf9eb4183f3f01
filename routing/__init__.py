"""The desk: agents, queue entries, offers, callbacks, opening hours. Pure; standard library only."""
