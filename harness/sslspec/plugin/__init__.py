"""The pytest plugin: from the items that pytest collects to executions that are watched, limited and judged.

``hooks`` is the plugin itself, loaded by name (``-p sslspec.plugin.hooks``, conftest.py); ``fixtures`` is what
scenarios ask for, ``session`` what one pytest session knows, ``scenario`` what is known of one item, ``execution`` its
way through pytest.
"""
