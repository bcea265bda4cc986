"""The planner inside other people's LangGraph graphs: as a graph, as tools, as a store, and three examples.

May import everything of ``hybrid`` but the command line and the evaluation; knows no HTTP. What a run is about travels
as plain JSON values and ids; what it knows lies beside them in the SQL store.
"""
