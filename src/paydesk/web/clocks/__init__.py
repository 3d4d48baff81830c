"""What is due next and what is late: the clocks a person may see, each with its thing and who has it."""
