"""People's own voices: recordings of prompts, checked, kept with their versions, and the message of the day."""
