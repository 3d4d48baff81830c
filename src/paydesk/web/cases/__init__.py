"""The inbox: cases in three panes, answers, calls, what a case is about and what may be done now."""
