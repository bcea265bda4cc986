"""Three small programs on LangGraph that plan and do things physically; each runs offline, with no key.

They use what is public in ``hybrid.agents`` and nothing else of ``hybrid``; copy one and change it.
"""
