"""The centre's one YAML file: read, checked in plain words, and turned into what the program thinks with."""
