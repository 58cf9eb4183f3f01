"""The Asterisk edge: AMI becomes typed events, and flows become AsyncAGI commands."""
