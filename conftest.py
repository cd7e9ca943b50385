"""Loads the plugin, so that plain pytest in a checkout is a conformance run; nothing else belongs here."""

pytest_plugins = ["sslspec.plugin.hooks", "pytester"]
