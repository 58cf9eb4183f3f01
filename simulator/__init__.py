"""The production's own decisions on a clock that costs nothing: recorded and invented days."""
