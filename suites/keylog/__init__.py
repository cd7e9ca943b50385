"""keylog_filename and SSLKEYLOGFILE: the secrets of a connection, for those who debug it."""
