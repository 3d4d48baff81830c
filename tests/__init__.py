"""What crosses packages: journeys, house rules, the builders of the tests."""
