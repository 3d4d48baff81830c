"""Mail that led to no case: what a machine wrote, what could not be understood; a person decides."""
