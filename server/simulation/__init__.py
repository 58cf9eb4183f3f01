"""The centre on a clock that jumps: the production's flows, desk and promises with simulated callers and agents."""
