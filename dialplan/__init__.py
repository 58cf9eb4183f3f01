"""The centre as Asterisk's configuration files. Pure: settings in, file texts out."""
