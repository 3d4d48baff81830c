"""What waits for a second person, deciding on it, what one asked for; limits and absences."""
