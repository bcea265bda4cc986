"""The command line ``hybrid``: commands parse, call one function of the rooms below, and present its answer.

May import everything in ``hybrid``. It does not know how anything is planned, stored or measured.
"""
