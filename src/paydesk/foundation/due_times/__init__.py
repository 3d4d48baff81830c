"""Due times that come from outside: changing one takes two people. Joins approvals to clocks."""
