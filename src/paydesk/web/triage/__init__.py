"""What the desk thinks of a case first: the tree of categories, the model, what goes to risk."""
