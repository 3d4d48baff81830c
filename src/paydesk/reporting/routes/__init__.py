"""How long each step of a payment usually takes on its route, and where one payment stands against that."""
