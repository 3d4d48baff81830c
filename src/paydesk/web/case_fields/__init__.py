"""The fields that a company adds to its cases, as an administrator sets them up."""
