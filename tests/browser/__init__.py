"""What only a real browser can show: the screens as people use them, read and keyed, light and dark."""
