"""How people and teams do: figures with their definitions, each with the rows behind it."""
