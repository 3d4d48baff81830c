"""Days of people at the demo company, each from beginning to end, as `test_demo_company` works them."""
