"""What the log says of a time: each figure computed from records, with the rows it was made of. Pure."""
