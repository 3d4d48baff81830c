"""What providers and banks say: files, their statements, lines and rejected lines, stored once."""
