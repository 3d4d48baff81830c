"""Text messages on the screen: gateways, what left through them, their part of a case."""
